"""Progress of a step that has several parts."""

from services.records import Progress

WHOLE = 1000


def stretch(progress: Progress, begin: float, end: float) -> Progress:
    """A progress call that fills another's bar from `begin` to `end`, shares of the whole in [0, 1]."""

    def told(done: int, total: int, note: str) -> None:
        share = min(max(done / total, 0.0), 1.0) if total else 0.0
        progress(round(WHOLE * (begin + (end - begin) * share)), WHOLE, note)

    return told
