"""The output folder: every file, its columns, and what happens when it cannot be written."""

import csv
import dataclasses
import errno
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from services import export as exporting
from services.captions import read_captions
from services.errors import AnalysisError
from services.export import NotFinished, export, write_whole
from services.export_tables import comparison_json, csv_bytes, segments_srt, similarity_csv
from services.recipe import ClusterChoice
from services.records import AlignedPairs, Segment, Transcript
from services.stages import key, load, load_comparison, load_significance, significance_key
from tests.filled import filled_workspace


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+SUM(A1)", "-2+3+cmd|' /C calc'!A0", " =A1"])
def test_a_text_that_a_spreadsheet_would_run_has_an_apostrophe_before_it(text: str):
    assert csv_bytes(("text",), [(text,)]).decode().splitlines()[1].strip('"').startswith("'")


@pytest.mark.parametrize("text", ["- Hello!", "-Hello!", "-Well-known (laughs)", "+1", "-3.5", "a = b"])
def test_other_texts_stand_in_tables_as_they_are(text: str):
    assert csv_bytes(("text",), [(text,)]).decode().splitlines()[1] == text


SIDE_FILES = {
    "segments.srt",
    "pairs.csv",
    "training.csv",
    "latents.npy",
    "k_sweep.csv",
    "clusters.csv",
    "projection.csv",
    "descriptions.csv",
    "tags.json",
}
FILES = {
    "project.json",
    "similarity.csv",
    "cells.csv",
    "comparison.json",
    "heatmap.png",
    "heatmap.svg",
    "report.html",
    "report.zh.html",
} | {f"{side}/{name}" for side in ("left", "right") for name in SIDE_FILES}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return filled_workspace(tmp_path_factory.mktemp("filled"))


@pytest.fixture(scope="module")
def out(filled, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "results"
    export(*filled, folder)
    return folder


def columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_the_folder_holds_every_file_and_nothing_else(out):
    assert {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} == FILES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pairs.csv", ["pair", "segment", "frame", "time_s", "text"]),
        (
            "training.csv",
            ["epoch", "image_mse", "text_mse", "total", "image_fvu", "text_fvu", "seconds"],
        ),
        (
            "k_sweep.csv",
            [
                *("k", "within", "between", "stability", "silhouette", "stability_low", "stability_high"),
                *("seed_stability", "gap", "gap_error", "inertia", "davies_bouldin", "calinski_harabasz"),
                *("coherence", "noise", "min_pairs", "sizes", "silhouettes", "jaccards"),
            ],
        ),
        ("clusters.csv", ["pair", "time_s", "cluster"]),
        ("projection.csv", ["pair", "time_s", "x", "y"]),
        ("descriptions.csv", ["frame", "time_s", "sentence", "labels", "on_screen"]),
    ],
)
def test_tables_have_the_promised_columns(out, name, expected):
    assert columns(out / "left" / name) == expected
    assert columns(out / "right" / name) == expected


def test_pairs_keep_chinese_text(out, filled):
    ws, project = filled
    table = pd.read_csv(out / "right" / "pairs.csv")
    assert tuple(table["text"]) == load(ws.store, project.right, "pairs").texts


def test_latents_are_read_back_without_pickle(out, filled):
    ws, project = filled
    mu = np.load(out / "left" / "latents.npy", allow_pickle=False)
    assert np.array_equal(mu, load(ws.store, project.left, "latents").mu)


def test_every_row_of_the_training_is_there(out):
    table = pd.read_csv(out / "left" / "training.csv")
    assert list(table["epoch"]) == list(range(1, 21))


def test_tags_name_their_medium(out):
    clusters = json.loads((out / "right" / "tags.json").read_text("utf-8"))
    assert [c["cluster"] for c in clusters] == [0, 1, 2, 3]
    assert clusters[0]["name"] == "开幕式彩排"
    assert {t["medium"] for c in clusters for t in c["tags"]} == {"image", "text", "both", "unsupported"}
    assert {"text", "medium", "score"} <= set(clusters[0]["tags"][0])


def test_json_keeps_chinese_readable(out):
    assert "开幕式彩排" in (out / "comparison.json").read_text("utf-8")


def test_comparison_tells_matrix_names_orders_and_measure(out, filled):
    ws, project = filled
    told, comparison = json.loads((out / "comparison.json").read_text()), load_comparison(ws.store, project)
    assert np.allclose(told["matrix"], comparison.similarity)
    assert told["left_names"] == list(comparison.left_names)
    assert told["right_names"] == list(comparison.right_names)
    assert told["row_order"] == list(comparison.row_order)
    assert told["measure"] == comparison.measure


def test_comparison_tells_what_chance_gives_and_how_sure_a_value_is(out, filled):
    ws, project = filled
    told, found = json.loads((out / "comparison.json").read_text()), load_significance(ws.store, project)
    assert told["null"]["kind"] == "blocks"
    assert np.allclose(told["null"]["mean"], found.null_mean)
    for name in ("z", "p", "q"):
        assert np.allclose(told[name], getattr(found, name))
    assert np.allclose(np.array(told["interval"])[:, :, 1], found.high)
    assert told["above_chance"] == found.is_above.tolist()


def test_cells_stand_in_the_heatmaps_order_with_their_chance(out, filled):
    ws, project = filled
    comparison, table = load_comparison(ws.store, project), pd.read_csv(out / "cells.csv")
    row, column = comparison.row_order[0], comparison.column_order[1]
    assert tuple(table.iloc[1][["left", "right"]]) == (
        comparison.left_names[row],
        comparison.right_names[column],
    )
    assert table["above_chance"].sum() == 2
    assert table["p"].between(0, 1).all()


def test_a_comparison_that_was_not_held_against_chance_says_null_and_is_exported(tmp_path):
    ws, project = filled_workspace(tmp_path)
    ws.store.discard(significance_key(project))
    export(ws, project, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert told["null"] is None
    assert told["interval"] is None
    assert pd.read_csv(tmp_path / "out" / "cells.csv")["q"].isna().all()


def test_similarity_table_can_be_read_as_a_matrix_in_the_heatmaps_order(filled):
    ws, project = filled
    turned = dataclasses.replace(load_comparison(ws.store, project), row_order=(2, 0, 1))
    lines = list(csv.reader(similarity_csv(turned).decode().splitlines()))
    assert [line[0] for line in lines[1:]] == [turned.left_names[r] for r in (2, 0, 1)]
    assert float(lines[1][1]) == pytest.approx(float(turned.similarity[2, 0]), abs=1e-6)


def test_a_cell_without_a_value_is_null_in_json_and_empty_in_csv(filled):
    ws, project = filled
    comparison = load_comparison(ws.store, project)
    similarity = comparison.similarity.copy()
    similarity[0, 0] = np.nan
    gap = dataclasses.replace(comparison, similarity=similarity)
    assert json.loads(comparison_json(gap, {}))["matrix"][0][0] is None
    assert ",," in similarity_csv(gap).decode()


def test_project_file_names_recipe_versions_backends_and_seconds(out, filled):
    told = json.loads((out / "project.json").read_text("utf-8"))
    assert told["topic"] == filled[1].topic
    assert told["recipe"]["left"]["clustering"]["k"] == 3
    assert told["recipe"]["comparing"]["n_best"] == 10
    assert {"python", "torch", "numpy"} <= set(told["versions"])
    assert told["backends"]["tags"]["name"] == "keywords"
    assert all({"revision", "licence"} <= set(b) for b in told["backends"].values())
    assert told["seconds"]["left"]["model"] == 8.0


def test_segments_in_no_pair_are_not_in_the_transcript_and_those_in_several_are_once():
    segments = Transcript((Segment(0, 2, "right"), Segment(2, 4, "dropped"), Segment(4, 6, "kept")), "en")
    rows = np.array([0, 0, 2])
    pairs = AlignedPairs(rows, rows, rows * 2.0, ("right", "right", "kept"), "all_frames", "")
    told = segments_srt(segments, pairs).decode()
    assert [told.count(word) for word in ("right", "dropped", "kept")] == [1, 0, 1]


def test_transcript_can_be_read_again(out, filled):
    ws, project = filled
    again = read_captions(out / "right" / "segments.srt", "zh-Hans")
    assert [s.text for s in again.segments] == list(load(ws.store, project.right, "pairs").texts)


def test_heatmap_is_a_picture(out):
    assert Image.open(out / "heatmap.png").width > 1500


def test_exporting_again_touches_no_file(filled, out):
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
    export(*filled, out)
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()} == before


def test_an_unfinished_project_is_told_in_one_sentence(filled, tmp_path):
    ws, project = filled
    other = project.with_recipe("left", dataclasses.replace(project.left, clustering=ClusterChoice(5)))
    with pytest.raises(NotFinished, match=r"lacks: Clusters \(English video\).*Comparison"):
        export(ws, other, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_is_no_folder_gives_a_sentence(filled, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AnalysisError, match="cannot be made"):
        export(*filled, tmp_path / "file" / "out")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_gives_a_sentence(filled, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(AnalysisError, match="cannot be written"):
        export(*filled, tmp_path / "out")


@pytest.mark.parametrize(
    ("number", "says"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "cannot be written")]
)
def test_trouble_of_the_disk_gives_a_sentence_and_leaves_no_part_of_a_file(
    filled, tmp_path, monkeypatch, number, says
):
    def fails(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(AnalysisError, match=says):
        export(*filled, tmp_path / "out")
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]


def test_a_file_is_replaced_at_one_stroke(tmp_path, monkeypatch):
    path = tmp_path / "table.csv"
    write_whole(path, b"old")

    def fails(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_progress_names_each_file(filled, out):
    heard: list[str] = []
    export(*filled, out, lambda done, total, note: heard.append(f"{done}/{total} {note}"))
    assert len(heard) == len(FILES) + 1
    assert heard[-2].endswith(" Writing: project.json")


def test_a_lost_result_counts_as_not_computed(filled, tmp_path):
    ws, project = filled_workspace(tmp_path)
    ws.store.discard(key(project.left, "dataset"))
    assert exporting.not_computed(ws.store, project) == ["Word vectors and pictures (English video)"]
