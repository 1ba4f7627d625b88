"""The command line: python -m services COMMAND (docs/command-line.md). Exit codes: 0, 1, 2, 130."""

import io
import logging
import os
import sys
from collections.abc import Callable, Sequence

from services.cli_build import JobFailed
from services.cli_parser import parse
from services.errors import AnalysisError
from services.logs import log_folder, log_to
from services.store import told_in_words
from services.workspace import Workspace, open_workspace

log = logging.getLogger(__name__)

DONE, PROGRAM_FAILED, USER_MISTAKE, STOPPED = 0, 1, 2, 130


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 the program failed, 2 a mistake of the user, 130 stopped by Ctrl-C."""
    ws: Workspace | None = None
    # Threads that wait by spinning make a step ten times slower beside another busy program; read at import.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese must not end the command
    try:
        options = parse(words)
        ws = open_workspace(is_cleaning=options.command == "prune")
        with told_in_words("The log", ws.root):
            log_to(ws.root, "command-line")
        logging.captureWarnings(True)
        log.info("%s", " ".join(words if words is not None else sys.argv[1:]))
        _say(_command(options.command)(ws, options))
    except AnalysisError as e:
        log.info("ended by: %s", e)
        return _told(str(e), USER_MISTAKE)
    except KeyboardInterrupt:
        return _told("Stopped. What was finished is kept; the same command goes on from there.", STOPPED)
    except JobFailed as e:
        return _told(f"{e} The log is in {_log_place(ws)}.", PROGRAM_FAILED)
    except Exception as e:  # the last place where a bug can be turned into a sentence
        log.critical("the command failed", exc_info=e)
        return _told(
            f"Something in Diptych went wrong ({type(e).__name__}). The log is in {_log_place(ws)}.",
            PROGRAM_FAILED,
        )
    return DONE


def _command(name: str) -> Callable[..., str]:
    from services import cli_project
    from services.cli_prune import prune

    if name == "run":
        from services.cli_run import run

        return run
    return {
        "build": cli_project.build,
        "status": cli_project.status,
        "export": cli_project.export_project,
        "bundle": cli_project.bundle_project,
        "import": cli_project.import_bundle,
        "prune": prune,
    }[name]


def _say(summary: str) -> None:
    try:
        print(summary, flush=True)
    except BrokenPipeError:  # "| head" has seen enough; what is left must not fail when the program ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _log_place(ws: Workspace | None) -> str:
    return "the messages above" if ws is None else str(log_folder(ws.root))


if __name__ == "__main__":
    sys.exit(main())
