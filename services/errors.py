"""What the analyst is told when something needs their hand."""


class AnalysisError(Exception):
    """Its text goes to the analyst as it is: which thing, what happened, what to do next."""


class NeedsSource(AnalysisError):
    """The same video or captions will fail again: only others help."""


class StageMissing(AnalysisError):
    """A result was asked for that nobody has computed yet."""

    def __init__(self, stage: str):
        """stage: its title, or its key where the title is not known"""
        super().__init__(f"The step '{stage}' has not been computed for these settings yet. Start it first.")
        self.stage = stage


class Cancelled(Exception):
    """Raised by a progress call when the analyst pressed Stop; steps let it pass."""
