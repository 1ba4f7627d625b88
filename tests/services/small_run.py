"""The real command line on two small drawn videos: what it is told, what it says."""

import contextlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from services.__main__ import main
from services.captions import write_srt
from services.recipe import Project
from services.records import Segment
from services.workspace import Workspace, open_workspace
from tests import drawn

ROOT = Path(__file__).parents[2]
N_PAIRS, INTERVAL_S, EPOCHS = 10, 2.0, 2
TOPIC = "Harbour 港口"
ENGLISH = ("blue sky over the harbour", "red brick houses", "ships wait at the pier")
CHINESE = ("蓝天下的港口", "红砖房子", "船只在码头等待")


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """The lines of stderr that are no progress."""
        return [line for line in self.err.splitlines() if line.rstrip().endswith((".", "!", "--help"))]


@dataclass(frozen=True)
class Runs:
    """Two runs of one command, started together by two processes on a workspace of their own."""

    home: Path
    out: Path
    words: list[str]
    told: tuple[Told, Told]


def told(*words: object) -> Told:
    """What the command line answers in this process."""
    out, err = io.StringIO(), io.StringIO()
    with _log_of_before(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return Told(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _log_of_before() -> Iterator[None]:
    """Let this process log as before when the command has ended."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    yield
    for handler in [handler for handler in logger.handlers if handler not in handlers]:
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


def started(*words: object, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "services", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Told:
    out, err = process.communicate(timeout=300)
    return Told(process.returncode, out, err)


def draw_pair(folder: Path) -> list[str]:
    """The words that name two different videos with captions, drawn into `folder`."""
    words: list[str] = []
    for side, lines, fps in (("left", ENGLISH, 5), ("right", CHINESE, 4)):
        video = drawn.write_video(
            folder / f"{side}.mp4", drawn.steady_times_ms(int(N_PAIRS * INTERVAL_S), fps)
        )
        captions = folder / f"{side}.srt"
        write_captions(captions, lines)
        words += [f"--{side}", str(video), f"--{side}-captions", str(captions)]
    return words


def write_captions(path: Path, lines: tuple[str, ...], n: int = N_PAIRS, first_s: float = 0.0) -> Path:
    """`n` segments of 2 s from `first_s` on, each line for some of them in a row."""
    starts_s = [first_s + i * INTERVAL_S for i in range(n)]
    texts = [f"{lines[i * len(lines) // n]} {i + 1}" for i in range(n)]
    segments = [Segment(s, s + INTERVAL_S, text) for s, text in zip(starts_s, texts, strict=True)]
    path.write_text(write_srt(segments), encoding="utf-8")
    return path


def run_with(good: dict[str, str], out: Path, *more: object, **other: object) -> Told:
    """The answer to a run with some options replaced; `left_captions` stands for --left-captions."""
    options = good | {f"--{name.replace('_', '-')}": str(value) for name, value in other.items()}
    return told(
        "run", *(word for pair in options.items() for word in pair), "--epochs", 1, "--out", out, *more
    )


def assert_one_sentence(answer: Told, *says: str) -> None:
    assert (answer.code, answer.out) == (2, ""), answer
    (sentence,) = answer.sentences
    for words in says:
        assert words in sentence
    assert answer.err.endswith(sentence + "\n")
    assert "Traceback" not in answer.err


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# Bodies of fixtures


def home_of_runs(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("DIPTYCH_HOME", str(runs.home))
    monkeypatch.setenv("DIPTYCH_SCHEDULER", "")  # --scheduler sets it; what a test sets is taken back
    with threadpool_limits(1):  # threads that wait for each other beside other programs take long
        yield runs.home


def workspace_of_runs(diptych_home: Path) -> Workspace:
    return open_workspace()


def project_of_runs(ws: Workspace) -> Project:
    """The project that the two runs made together."""
    return next(p for p in ws.projects.all() if p.project_id in ids_of_runs(ws))


def ids_of_runs(ws: Workspace) -> list[str]:
    return [p.project_id for p in ws.projects.all() if p.topic == TOPIC]
