"""The report: whole in one file, true to the results, harmless with hostile texts."""

import ast
import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from services.project_file import command_line
from services.recipe import SIDES, Comparing
from services.records import Evidence, Tag, Theme, Themes
from services.report import report_html
from services.report_cells import findings, matches
from services.report_views import side_view
from services.said import Said, catalogue, teller, told
from services.shared_themes import shared_themes
from services.stages import key, load, load_comparison, load_significance, significance_key
from services.variants import Variant, with_model
from tests.filled import LEFT_STORY, RIGHT_STORY, fill_comparison, fill_side, filled_workspace, put

ROOT = Path(__file__).resolve().parents[2]
SAYING = ("cautions.py", "labels.py", "shared_themes.py")
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
    assert all(address.startswith(("data:image/", "#")) for address in reader.found)
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
    assert re.search(r'class="unsupported"[^>]*>crane 4', page)


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


def test_every_link_within_the_report_leads_somewhere(page):
    reader = Addresses()
    reader.feed(page)
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert {address[1:] for address in reader.found if address.startswith("#")} - targets == set()


def test_what_is_found_leads_to_its_evidence(filled):
    ws, project = filled
    tell = teller("en")
    comparison, significance = load_comparison(ws.store, project), load_significance(ws.store, project)
    themes = [load(ws.store, recipe, "themes") for recipe in (project.left, project.right)]
    shared = shared_themes(comparison, significance, *themes)
    sides = {side: side_view(ws.store, project, side, tell) for side in SIDES}
    anchors = {match.anchor for match in matches(shared, sides, significance, tell)}
    assert len(anchors) == shared.n_above > 0
    links = {anchor for finding in findings(shared, sides, tell) for anchor, _ in finding.links}
    assert links <= anchors
    assert f"{shared.n_above} of 12 cells are above chance" in report_html(ws, project)


def test_without_a_test_against_chance_the_report_claims_nothing(tmp_path):
    ws, project = filled_workspace(tmp_path)
    ws.store.discard(significance_key(project))
    report = report_html(ws, project)
    assert "were not held against chance" in report
    assert "Both tell:" not in report
    assert 'class="dark chance"' not in report


def test_evidence_of_a_youtube_video_leads_to_the_second(tmp_path):
    ws, project = filled_workspace(tmp_path)
    video = load(ws.store, project.left, "video")
    ws.store.discard(key(project.left, "video"))
    watched = dataclasses.replace(video, url="https://www.youtube.com/watch?v=doP5UacBlt0")
    put(ws.store, project.left, "video", watched)
    told_of = Tag("crane", "image", 0.8, evidence=(Evidence("picture", 0, 12.7, "a <b>crane</b>", 0.8),))
    themes = Themes(tuple(Theme(c, f"theme {c}", (told_of,)) for c in range(3)))
    ws.store.discard(key(project.left, "themes"))
    put(ws.store, project.left, "themes", themes)
    report = report_html(ws, project)
    assert "https://www.youtube.com/watch?v=doP5UacBlt0&amp;t=12s" in report
    assert "seen at 0:13: “a &lt;b&gt;crane&lt;/b&gt;” (0.80)" in report


def test_the_chinese_report_says_in_chinese_what_diptych_says(filled):
    page = report_html(*filled, "zh")
    assert '<html lang="zh-Hans">' in page
    for text in (
        "可以说什么",
        "仅见于英语视频",
        "个单元格中有",
        "在画面和文字中都找不到依据",
        "训练随机种子",
    ):
        assert text in page
    for text in ("What can be said", "above chance", "pairs of frame", "Licence", "English video"):
        assert text not in page


def test_every_sentence_of_the_report_has_its_chinese_form_with_the_same_values():
    known = catalogue("zh")
    patterns = _patterns()
    assert len(patterns) > 80
    assert patterns - known.keys() == set()
    fields = re.compile(r"\{[^}]*\}")
    for english, chinese in known.items():
        assert set(fields.findall(chinese)) == set(fields.findall(english)), english


def _patterns() -> set[str]:
    """What code and templates hand to tell(), Said() and t()."""
    found: set[str] = set()
    for path in [*(ROOT / "services").glob("report*.py"), *(ROOT / "services" / n for n in SAYING)]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                if node.func.id in ("tell", "Said") and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    for path in (ROOT / "assets" / "report").glob("*.j2"):
        for match in re.finditer(r"""\bt\(\s*("[^"]*"|'[^']*')""", path.read_text("utf-8")):
            found.add(ast.literal_eval(match.group(1)))
    return found


def test_a_said_text_is_told_with_its_values_told_too():
    text = Said("{name}: {n} corrected by hand", name=Said("{language} video", language=Said("English")), n=3)
    assert text == "English video: 3 corrected by hand"
    assert told(text, "en") == text
    assert told(Said("{language} video", language=Said("English")), "zh") == "英语视频"
    assert told(Said("“{a}” with “{b}”", a="Training", b="Model"), "zh").count("Training") == 1
    assert told("a title with {braces}", "zh") == "a title with {braces}"


def test_the_command_quotes_what_a_shell_would_take_apart(filled):
    project = dataclasses.replace(filled[1], topic="it's $(rm -rf /)")
    assert "'it'\"'\"'s $(rm -rf /)'" in command_line(project)
