"""What went wrong at a chat server, in one sentence with the way on."""

from services.labels import one_line
from services.tag_server_settings import KEY, MODEL, URL, server_settings

REASON_CHARS = 160
_LENGTH_WORDS = ("context", "too long", "maximum length", "too many tokens")


def foreign_errors() -> tuple[type[Exception], ...]:
    """What the client raises for a server that refuses, is silent or speaks another language."""
    import httpx2  # what the client speaks with
    import openai

    return (
        *(openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError),
        RecursionError,  # JSON of many thousand brackets within one another
    )


def is_too_long(e: Exception) -> bool:
    """Whether the server refuses the question because the model cannot read so much."""
    return any(words in str(e).lower() for words in _LENGTH_WORDS)


def refusal(e: Exception, model: str) -> str:
    """The sentence for an error among foreign_errors(); it never has the key in it."""
    import httpx2
    import openai

    if isinstance(e, openai.AuthenticationError | openai.PermissionDeniedError):
        return (
            f"The chat server refuses the key ({e.status_code}). Set {KEY} to a valid one and start Diptych "
            "again."
        )
    if isinstance(e, openai.NotFoundError):
        return (
            f"The chat server knows no model '{model}', or {URL} is not its address (most end with /v1). "
            f"Set {MODEL} to a model that is on it."
        )
    if isinstance(e, openai.RateLimitError):
        return "The chat server is busy, or your quota there is used up (429). Try again later."
    if isinstance(e, openai.APITimeoutError | httpx2.TimeoutException | TimeoutError):
        return f"{model} on the chat server took too long. Try again, or choose a smaller model."
    if isinstance(e, openai.APIStatusError) and 300 <= e.status_code < 400:
        where = _shown(
            e.response.headers.get("Location", "").partition("?")[0].removesuffix("/chat/completions")
        )
        where = f": {where}" if where else ""
        return (
            f"The address in {URL} sends elsewhere ({e.status_code}{where}), and the key goes to no "
            f"other address than the one you name. Set {URL} to the final address (most end with /v1) and "
            "start Diptych again."
        )
    if isinstance(e, openai.APIStatusError):
        return (
            f"The chat server answered with an error ({e.status_code}{_reason(e)}). Look at its own messages."
        )
    if isinstance(e, openai.APIConnectionError | httpx2.TransportError | OSError):
        return (
            f"The chat server cannot be reached. Start it, or check {URL}; what was answered so far is kept."
        )
    return f"What {URL} names does not answer as a chat server does{_reason(e)}. Check the address."


def _reason(e: Exception) -> str:
    """The server's own words; those of Python about too deep a nesting say nothing to an analyst."""
    text = "" if isinstance(e, RecursionError) else _shown(str(e)).rstrip(". ")
    return f": {text}" if text else ""


def _shown(text: str) -> str:
    """What a server says, short, on one line and without the key."""
    settings = server_settings()
    line = one_line(text)
    if settings is not None and settings.key:
        line = line.replace(settings.key, "…")
    return line[:REASON_CHARS]
