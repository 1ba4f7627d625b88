"""The topic of a project: what both videos are about, in a few words."""

from services.errors import AnalysisError

TOPIC_MAX = 200  # characters
OPENED_TOPIC_MAX = 500  # of a bundle: earlier versions knew no limit


def checked_topic(topic: str) -> str:
    """The topic without spaces around it. Raises AnalysisError if it is empty or too long."""
    plain = topic.strip()
    if not plain:
        raise AnalysisError("The topic is empty. Write a few words that say what both videos are about.")
    if len(plain) > TOPIC_MAX:
        raise AnalysisError(
            f"The topic has {len(plain)} characters, and at most {TOPIC_MAX} are kept. Write fewer words."
        )
    return plain


def cut_topic(topic: str, most: int = TOPIC_MAX) -> str:
    """The topic's beginning, at most so many characters, with an ellipsis where it was cut."""
    plain = topic.strip()
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"
