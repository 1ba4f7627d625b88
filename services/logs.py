"""Log files in the workspace; called by programs when they start, never at import."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FILE_BYTES = 2_000_000
N_OLD_FILES = 3


def log_folder(root: Path) -> Path:
    folder = root / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class LogFile(RotatingFileHandler):
    """A log file that keeps silent when its disk is full: the sentence that says so must be seen."""

    def handleError(self, record: logging.LogRecord) -> None:
        return


def log_to(root: Path, name: str) -> None:
    """Write this process's log from INFO on to logs/NAME.log of the workspace folder `root`, kept small.

    One process, one name: two processes must not rotate the same file.
    """
    path = log_folder(root) / f"{name}.log"
    logger = logging.getLogger()
    if any(Path(getattr(handler, "baseFilename", "")) == path for handler in logger.handlers):
        return
    handler = LogFile(path, maxBytes=FILE_BYTES, backupCount=N_OLD_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    logger.addHandler(handler)
    logger.setLevel(min(logger.level or logging.INFO, logging.INFO))
