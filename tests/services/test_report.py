"""The report: whole in one file, true to the results, harmless with hostile texts."""

import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from services.project_file import command_line
from services.recipe import Comparing
from services.records import Tag, Theme, Themes
from services.report import findings, report_html
from services.report_views import typical
from services.stages import key, load, load_comparison
from services.variants import Variant, with_model
from tests.filled import LEFT_STORY, RIGHT_STORY, fill_comparison, fill_side, filled_workspace, put

HOSTILE = '</title><script>alert("x")</script><img src=x onerror=alert(1)>'


class Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.found += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action")]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return filled_workspace(tmp_path_factory.mktemp("filled"))


@pytest.fixture(scope="module")
def page(filled) -> str:
    return report_html(*filled)


def test_the_report_loads_nothing_from_anywhere(page):
    reader = Addresses()
    reader.feed(page)
    assert reader.found
    assert all(address.startswith("data:image/") for address in reader.found)
    assert "url(" not in page
    assert "@import" not in page


def test_the_report_forbids_scripts_and_requests(page):
    assert "default-src 'none'" in page
    assert "<script" not in page


def test_the_report_names_topic_sources_backends_licences_and_command(page, filled):
    project = filled[1]
    for text in (project.topic, "冬奥会开幕式幕后", "Keywords of each cluster", "Apache-2.0", "--k-right 4"):
        assert text in page


def test_the_report_says_which_model_was_trained(page):
    for text in ("CRVAE: pictures and words", "LSTM, 2 × 128", "Teacher forcing"):
        assert text in page


def test_the_report_of_a_model_of_pictures_alone_has_no_settings_of_words(tmp_path):
    ws, project = filled_workspace(tmp_path)
    other = with_model(project, Variant("dense"))
    for side, story in (("left", LEFT_STORY), ("right", RIGHT_STORY)):
        fill_side(ws.store, other.recipe(side), story, seed=1)
    fill_comparison(ws.store, other)
    report = report_html(ws, other)
    assert "Dense CVAE: pictures alone" in report
    assert "Teacher forcing" not in report


def test_every_cluster_is_there_with_name_tags_and_frames(page, filled):
    ws, project = filled
    for side in (project.left, project.right):
        for theme in load(ws.store, side, "themes").themes:
            assert theme.name in page
            assert all(tag.text in page for tag in theme.tags)
    assert page.count("data:image/jpeg") >= 7 * 4


def test_tags_bear_the_papers_marks(page):
    assert re.search(r"crane 2<sup>\*</sup>", page)
    assert re.search(r"Venues under construction 1<sup>†</sup>", page)
    assert re.search(r'class="unsupported"[^>]*>crane 4</li>', page)


def test_hostile_texts_are_shown_as_text(tmp_path):
    ws, project = filled_workspace(tmp_path)
    project = dataclasses.replace(project, topic=HOSTILE, comparing=Comparing(n_best=9))
    themes = Themes(tuple(Theme(c, HOSTILE, (Tag(HOSTILE, "text", 0.5),)) for c in range(3)))
    ws.store.discard(key(project.left, "themes"))
    put(ws.store, project.left, "themes", themes)
    fill_comparison(ws.store, project)
    reader = Addresses()
    reader.feed(report_html(ws, project))
    assert "script" not in reader.tags
    assert "x" not in reader.found


def test_an_address_that_is_no_web_page_is_not_linked(tmp_path):
    ws, project = filled_workspace(tmp_path)
    video = dataclasses.replace(load(ws.store, project.left, "video"), url="javascript:alert(1)")
    ws.store.discard(key(project.left, "video"))
    put(ws.store, project.left, "video", dataclasses.replace(video, path=tmp_path / "video.mp4"))
    assert "javascript:" not in report_html(ws, project)


def test_the_same_project_gives_the_same_report(page, filled):
    assert report_html(*filled) == page


def test_findings_name_the_most_alike_and_the_farthest_clusters(filled):
    ws, project = filled
    comparison = dataclasses.replace(
        load_comparison(ws.store, project),
        similarity=np.array([[0.9, 0.1, 0.2, 0.3], [0.2, 0.2, 0.2, 0.2], [0.5, 0.3, 0.6, 0.4]], np.float32),
    )
    told = findings(comparison, "English video", "Chinese video")
    assert "“Venues under construction”" in told[0]
    assert "0.90" in told[0]
    assert "“Steel frameworks”" in told[1]
    assert "“总导演专访”" in told[2]


def test_findings_pass_over_clusters_without_tags(filled):
    ws, project = filled
    similarity = np.full((3, 4), np.nan, np.float32)
    comparison = dataclasses.replace(load_comparison(ws.store, project), similarity=similarity)
    assert findings(comparison, "a", "b") == []


def test_typical_frames_are_different_and_nearest_first(filled):
    ws, project = filled
    recipe = project.left
    mu = load(ws.store, recipe, "latents").mu
    clustering, pairs = load(ws.store, recipe, "clusters"), load(ws.store, recipe, "pairs")
    shown = typical(mu, clustering, 1, pairs, 4)
    distances = np.linalg.norm(mu[shown] - clustering.centroids[1], axis=1)
    assert (np.diff(distances) >= 0).all()
    assert len({int(pairs.frame_index[p]) for p in shown}) == 4
    assert {int(clustering.labels[p]) for p in shown} == {1}


def test_the_command_quotes_what_a_shell_would_take_apart(filled):
    project = dataclasses.replace(filled[1], topic="it's $(rm -rf /)")
    assert "'it'\"'\"'s $(rm -rf /)'" in command_line(project)
