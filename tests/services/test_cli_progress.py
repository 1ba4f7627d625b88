"""Progress where stderr is no terminal: few lines, each of which stands by itself."""

import pytest

from services import cli_progress
from services.cli_progress import Bars, stopped_by_ctrl_c
from services.errors import Cancelled


def test_a_step_that_is_quick_writes_one_line(capsys: pytest.CaptureFixture[str]):
    bars = Bars()
    for epoch in range(61):
        bars(epoch, 60, f"Training: epoch {epoch} of 60")
    bars(0, 1, "Latent vectors")
    bars.close()
    assert capsys.readouterr().err == "Training: epoch 0 of 60\nLatent vectors\n"


def test_a_long_step_writes_where_it_is_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli_progress, "LINE_S", 0.0)
    bars = Bars()
    bars(0, 1, "Training")
    bars(30, 60, "Training: epoch 30 of 60")
    assert capsys.readouterr().err == "Training\nTraining: 30/60 epoch 30 of 60\n"


def test_the_next_video_begins_its_steps_anew(capsys: pytest.CaptureFixture[str]):
    bars = Bars()
    for _ in ("left", "right"):
        bars(0, 1, "Pairs")
        bars.close()
    assert capsys.readouterr().err == "Pairs\nPairs\n"


def test_after_stop_the_next_word_ends_the_work():
    bars = Bars()
    bars.stop()
    with pytest.raises(KeyboardInterrupt), stopped_by_ctrl_c(bars):
        bars(1, 60, "Training: epoch 1 of 60")
    with pytest.raises(Cancelled):
        bars.check()
