"""Costly things that several test files of the command line share."""

from collections.abc import Iterator

import pytest

from services import describe_labels
from tests.services.small_run import EPOCHS, TOPIC, Runs, draw_pair, ended, started


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Option -> value of a run that would succeed."""
    words = draw_pair(tmp_path_factory.mktemp("good"))
    return dict(zip(words[::2], words[1::2], strict=True))


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Several threads wait for each other longer than so small a model computes."""
    with describe_labels.one_thread():
        yield


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("run")
    home, out = folder / "home", folder / "out"
    words = ["run", *draw_pair(folder), "--epochs", str(EPOCHS), "--topic", TOPIC, "--out", str(out)]
    processes = [started(*words, env={"DIPTYCH_HOME": str(home), "OMP_NUM_THREADS": "1"}) for _ in range(2)]
    first, second = [ended(process) for process in processes]
    assert (first.code, second.code) == (0, 0), first.err + second.err
    return Runs(home, out, words, (first, second))
