"""The artefact cache: write-once, whole or absent, no pickle, words for a full disk."""

import errno
import multiprocessing
import os
import pickle
import sqlite3
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.errors import AnalysisError, StageMissing
from services.records import Frames, Segment
from services.store import Store, told_in_words

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def put_segment(store: Store, text: str = "hello") -> None:
    store.put(KEY, Segment(0.0, 1.0, text), {"stage": "test"})


def test_a_result_comes_back_with_what_made_it(store: Store):
    put_segment(store)
    assert store.get(KEY, Segment) == Segment(0.0, 1.0, "hello")
    assert store.meta(KEY)["stage"] == "test"
    assert store.meta(KEY)["bytes"] > 0


def test_files_made_in_scratch_belong_to_the_result_and_work_is_thrown_away(store: Store):
    scratch = store.scratch(KEY)
    (scratch / "frames").mkdir()
    (scratch / "frames" / "00000.jpg").write_bytes(b"jpeg")
    (scratch / "work").mkdir()
    (scratch / "work" / "checkpoint").write_bytes(b"big")
    store.put(KEY, Frames(np.array([0.0]), scratch / "frames", 8, 4), {})
    frames = store.get(KEY, Frames)
    assert frames.path(0).read_bytes() == b"jpeg"
    assert not (store.folder(KEY) / "work").exists()


def test_an_absent_result_says_so(store: Store):
    with pytest.raises(StageMissing):
        store.get(KEY, Segment)


def test_a_result_whose_files_were_deleted_is_absent(store: Store):
    put_segment(store)
    (store.folder(KEY) / "value.json").unlink()
    with pytest.raises(StageMissing):
        store.get(KEY, Segment)
    assert KEY not in store


def test_what_a_killed_run_left_is_found_again_and_can_be_finished(store: Store):
    (store.scratch(KEY) / "part").write_bytes(b"1")
    again = Store(store.root)
    assert (again.scratch(KEY) / "part").exists()
    put_segment(again)
    assert KEY in store


def test_a_folder_that_never_reached_the_index_is_replaced(store: Store):
    store.folder(KEY).mkdir(parents=True)
    (store.folder(KEY) / "junk").write_bytes(b"1")
    assert KEY not in store
    put_segment(store)
    assert not (store.folder(KEY) / "junk").exists()


def test_a_planted_pickle_is_not_opened(store: Store, tmp_path: Path):
    put_segment(store)
    witness = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(witness),)

    with sqlite3.connect(store.root / "index" / "cache.db") as db:
        db.execute("UPDATE Cache SET mode = 4, value = ?", (pickle.dumps(Evil()),))
    with pytest.raises(ValueError, match="not text"):
        store.meta(KEY)
    assert not witness.exists()


def test_folders_are_private(store: Store):
    for folder in (store.root, store.root / "index", store.scratch(KEY)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_remembered_value_is_computed_once_even_by_another_store(store: Store):
    calls: list[int] = []

    def compute() -> list[str]:
        calls.append(1)
        return ["猫"]

    assert store.remember("labels:v1:abc", compute) == ["猫"]
    assert Store(store.root).remember("labels:v1:abc", compute) == ["猫"]
    assert calls == [1]


def test_prune_frees_what_it_says(store: Store):
    put_segment(store)
    size = store.meta(KEY)["bytes"]
    assert store.discard(KEY) == size
    assert KEY not in store
    assert not store.folder(KEY).exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_or_forbidden_disk_is_told_in_words(number: int, tmp_path: Path):
    with (
        pytest.raises(AnalysisError, match=r"full|cannot be written"),
        told_in_words("The result", tmp_path),
    ):
        raise OSError(number, os.strerror(number))


def _hold(root: str, ready: "multiprocessing.synchronize.Event") -> None:
    with Store(Path(root)).lock(KEY):
        ready.set()
        multiprocessing.Event().wait(60)


def test_the_lock_of_a_killed_process_is_free(store: Store):
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(str(store.root), ready))
    holder.start()
    assert ready.wait(30)
    notes: list[str] = []
    holder.kill()
    holder.join()
    with store.lock(KEY, lambda done, total, note: notes.append(note)):
        pass


def test_a_disk_that_fills_up_while_storing_leaves_checkpoint_and_files(store: Store, monkeypatch: Any):
    work = store.scratch(KEY) / "work"
    work.mkdir()
    (work / "checkpoint").write_bytes(b"hours of work")

    def fails(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(AnalysisError, match="is full"):
        put_segment(store)
    assert (work / "checkpoint").read_bytes() == b"hours of work"
    assert KEY not in store


def test_what_somebody_computes_is_not_discarded(store: Store):
    (store.scratch(KEY) / "half").write_bytes(b"begun")
    with store.lock(KEY):
        assert store.discard(KEY) == 0
    assert (store.scratch(KEY) / "half").exists()


def test_all_that_can_be_discarded_has_a_key(store: Store):
    put_segment(store)
    begun, shown, lost = "a" * 32, "b" * 32, "c" * 32
    store.scratch(begun)
    (store.root / "thumbs" / shown[:2] / shown / "240").mkdir(parents=True)
    store.folder(lost).mkdir(parents=True)
    assert store.keys() == sorted([KEY, begun, shown, lost])
    for key in list(store.keys()):
        store.discard(key)
    assert store.keys() == []


def test_sqlites_words_for_a_full_disk_are_understood(tmp_path: Path):
    with pytest.raises(AnalysisError, match="is full"), told_in_words("The result", tmp_path):
        raise sqlite3.OperationalError("database or disk is full")


def test_a_damaged_disk_is_told_in_words(tmp_path: Path):
    with pytest.raises(AnalysisError, match="reports an error"), told_in_words("The result", tmp_path):
        raise sqlite3.OperationalError("disk I/O error")
