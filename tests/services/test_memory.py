"""Memory that is free, used, and was used at most."""

import sys

import numpy as np
import pytest

from services import memory

MANY = 150_000_000


def test_free_memory_is_no_more_than_the_machine_has():
    import psutil

    assert 0 < memory.free_bytes() <= psutil.virtual_memory().total


def test_a_full_container_has_no_free_memory(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 700\ninactive_file 150\n")
    assert memory.free_bytes() == 250  # files that are only remembered make room
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_bytes() > 100


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell no peak that begins anew")
def test_the_peak_is_of_the_time_since_it_was_forgotten():
    memory.forget_peak("cpu")
    before = memory.peak_bytes("cpu")
    held = np.ones(MANY, np.uint8)
    del held
    assert memory.peak_bytes("cpu") >= before + 0.9 * MANY
    memory.forget_peak("cpu")
    assert memory.peak_bytes("cpu") < before + 0.5 * MANY
    assert memory.used_bytes("cpu") < before + 0.5 * MANY
