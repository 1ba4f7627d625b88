"""What went wrong at the Hugging Face hub, in one sentence with the way on."""

import contextlib
import errno
import json
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from services.backends import Backend
from services.errors import AnalysisError

NAME_CHARS = 80


@contextlib.contextmanager
def told_in_words(backend: Backend) -> Iterator[None]:
    """Turn the errors of the hub's client while getting the backend's model into AnalysisError.

    Others, such as Cancelled, rise as they are.
    """
    import httpx2  # what the hub's client speaks with
    from huggingface_hub import errors

    try:
        yield
    except errors.HFValidationError as e:
        raise AnalysisError(f"'{backend.model_id}' is no model name. Write OWNER/MODEL.") from e
    except errors.OfflineModeIsEnabled as e:
        raise AnalysisError(_offline(backend)) from e
    except errors.HfHubHTTPError as e:
        raise AnalysisError(_refused(backend, e)) from e
    except (httpx2.RequestError, httpx2.InvalidURL, errors.LocalEntryNotFoundError) as e:
        raise AnalysisError(_no_connection(backend, e)) from e
    except json.JSONDecodeError as e:
        raise AnalysisError(
            f"{_endpoint()} does not answer as the Hugging Face hub does, so {backend.title} was not "
            "downloaded. Check HF_ENDPOINT, and whether this network asks you to log in first."
        ) from e
    except OSError as e:
        # Without a number it is the client's word for a file that came too short.
        text = _no_connection(backend, e) if e.errno is None else _not_saved(backend, e)
        if not text:
            raise
        raise AnalysisError(text) from e


def check_names(backend: Backend, names: Sequence[str]) -> None:
    """Raises AnalysisError if a file's name would lead out of the model's folder, here or on Windows."""
    for name in names:
        paths = PurePosixPath(name), PureWindowsPath(name)
        if any(".." in path.parts or path.anchor for path in paths):
            raise AnalysisError(
                f"{backend.model_id} names a file that would lie outside its folder ({name[:NAME_CHARS]!a}), "
                "so nothing of it was downloaded. Choose another revision or model."
            )


def _not_saved(backend: Backend, e: OSError) -> str:
    """The sentence for a disk that takes no more, or "" for another error."""
    if e.errno in (errno.ENOSPC, errno.EDQUOT):
        size = f" (the model needs {backend.size_mb} MB)" if backend.size_mb else ""
        return (
            f"{backend.title} could not be saved: the disk is full. Free some space{size}, "
            "or set HF_HOME to a folder on another disk."
        )
    if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return (
            f"{backend.title} could not be saved: {e.filename} cannot be written. "
            "Set HF_HOME to a folder that you may write to."
        )
    return ""


def _refused(backend: Backend, e: Exception) -> str:
    """The sentence for an answer of the hub that is not the file."""
    from huggingface_hub import errors

    status = e.response.status_code if isinstance(e, errors.HfHubHTTPError) else 0
    if isinstance(e, errors.GatedRepoError):
        return (
            f"{backend.title} is given only to those who have accepted its licence. Accept it at "
            f"{_page(backend)}, set HF_TOKEN to your access token, start Diptych again, and download once "
            "more; or choose another model."
        )
    if isinstance(e, errors.RevisionNotFoundError):
        return (
            f"{backend.model_id} has no revision '{backend.revision}'. "
            f"Look at {_page(backend)} for those that there are."
        )
    if isinstance(e, errors.RepositoryNotFoundError):
        return (
            f"There is no model {backend.model_id} at {_endpoint()}, or it is private. Check its name; "
            "for a private model set HF_TOKEN to your access token and start Diptych again."
        )
    if status in (401, 403):
        return (
            f"The hub refuses the access token for {backend.model_id} ({status}). Make a new one at "
            f"{_endpoint()}/settings/tokens, set HF_TOKEN to it, and start Diptych again."
        )
    if isinstance(e, errors.EntryNotFoundError):
        return f"A file of {backend.model_id} has gone from the hub. Choose another revision or model."
    return (
        f"{_endpoint()} answered with an error ({status}) while {backend.title} was downloaded. "
        "Try again later; files that have arrived whole are kept."
    )


def _offline(backend: Backend) -> str:
    return (
        f"{backend.title} is not on this machine, and HF_HUB_OFFLINE forbids downloads. "
        "Unset it and start Diptych again, or choose another model."
    )


def _no_connection(backend: Backend, e: Exception) -> str:
    from huggingface_hub import errors

    if isinstance(e.__cause__, errors.HfHubHTTPError):
        return _refused(backend, e.__cause__)
    return (
        f"{_endpoint()} cannot be reached, so {backend.title} was not downloaded. Check the connection, or "
        "set HF_ENDPOINT to a mirror and start Diptych again; files that have arrived whole are kept."
    )


def _endpoint() -> str:
    from huggingface_hub import constants

    return constants.ENDPOINT


def _page(backend: Backend) -> str:
    return f"{_endpoint()}/{backend.model_id}"
