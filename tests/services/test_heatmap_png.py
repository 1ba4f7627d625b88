"""The heatmap for print: whole, sharp, and with Chinese names."""

import dataclasses
import io
import logging

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from services import fonts
from services.heatmap_png import ScreenTimes, heatmap_png, heatmap_svg
from services.records import Comparison
from tests.filled import fill_chance


def comparison(
    left: tuple[str, ...], right: tuple[str, ...], nan_at: tuple[int, int] | None = None
) -> Comparison:
    similarity = (
        np.linspace(0.8, 0.2, len(left) * len(right)).reshape(len(left), len(right)).astype(np.float32)
    )
    if nan_at:
        similarity[nan_at] = np.nan
    return Comparison(
        similarity=similarity,
        tag_similarity=np.zeros((len(left), len(right), 10, 10), np.float32),
        row_order=tuple(range(len(left))),
        column_order=tuple(range(len(right))),
        left_names=left,
        right_names=right,
        measure="mean of the 10 best cosines of the tags",
    )


SMALL = comparison(("Launch", "Crew"), ("发射", "航天员", "音乐会"))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"))


def test_the_picture_is_a_png_of_300_dots_per_inch():
    image = Image.open(io.BytesIO(heatmap_png(SMALL, title="Topic")))
    assert image.format == "PNG"
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize(
    "name",
    [
        "Impacts and strategies of the health authorities in all provinces and in both capitals",
        "国家卫生健康委员会关于老年人新冠疫苗接种工作的通知以及各地落实情况的报道",
        "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente",
    ],
)
def test_long_names_leave_an_empty_margin_on_every_side(name):
    picture = pixels(heatmap_png(comparison((name, "x"), (name, "y")), title=name, left_title=name, dpi=80))
    edges = (picture[:3], picture[-3:], picture[:, :3], picture[:, -3:])
    assert all(bool((edge == 255).all()) for edge in edges)


def test_every_character_of_gb2312_is_in_the_bundled_font():
    both = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    hanzi = {ch for pair in both for ch in pair.decode("gb2312", errors="ignore")}
    assert len(hanzi) == 6763
    assert {ord(ch) for ch in hanzi} <= set(TTFont(fonts.BUNDLED).getBestCmap())


def test_the_bundled_font_is_asked_first():
    assert fonts.families()[0] == "Noto Sans SC"


def test_chinese_names_are_drawn_without_a_missing_glyph(caplog, recwarn):
    with caplog.at_level(logging.WARNING):
        heatmap_png(SMALL, title="新冠疫情：老年人接种疫苗", dpi=60)
    assert not [w for w in recwarn if "Glyph" in str(w.message)]
    assert not caplog.records


def test_a_character_that_no_font_has_is_replaced_visibly_and_logged(caplog):
    with caplog.at_level(logging.WARNING):
        assert fonts.drawable("a\U0010fffdb") in ("a□b", "a?b")
    assert "U+10FFFD" in caplog.text


def test_traditional_characters_are_drawn_by_a_system_font_or_replaced(recwarn):
    heatmap_png(comparison(("臺灣防疫", "x"), ("體育", "y")), title="繁體", dpi=60)
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_dollar_signs_are_letters_and_not_formulas():
    heatmap_png(comparison(("A $5 price and $x_{", "b"), ("c", "d")), title="$\\frac$", dpi=60)


def test_a_cluster_without_tags_has_a_dash_and_no_colour():
    plain = pixels(heatmap_png(comparison(("a", "b"), ("c", "d")), dpi=60))
    with_gap = pixels(heatmap_png(comparison(("a", "b"), ("c", "d"), nan_at=(0, 0)), dpi=60))
    assert (with_gap == 241).sum() > (plain == 241).sum() + 500


def test_one_cluster_on_each_side_is_drawn():
    assert pixels(heatmap_png(comparison(("only",), ("只有",)), dpi=60)).std() > 0


def test_rows_stand_in_the_order_of_the_comparison():
    turned = dataclasses.replace(SMALL, row_order=(1, 0))
    assert heatmap_png(SMALL, dpi=60) != heatmap_png(turned, dpi=60)


def test_the_same_comparison_gives_the_same_bytes():
    assert heatmap_png(SMALL, dpi=60) == heatmap_png(SMALL, dpi=60)


# Chance, screen time, SVG

TIMES = ScreenTimes(np.array([61.0, 12.0]), np.array([30.0, 20.0, 5.0]))


def test_cells_that_are_not_above_chance_are_hatched():
    svg = heatmap_svg(SMALL, significance=fill_chance(SMALL)).decode()
    assert "<pattern" in svg
    assert svg.count("url(#h") == 4  # of six cells two are above chance
    assert "<pattern" not in heatmap_svg(SMALL).decode()


def test_screen_times_stand_beside_rows_and_above_columns():
    svg = heatmap_svg(SMALL, seconds=TIMES, title="Topic").decode()
    assert len(svg) > len(heatmap_svg(SMALL, title="Topic").decode())
    assert pixels(heatmap_png(SMALL, seconds=TIMES, dpi=60)).size > pixels(heatmap_png(SMALL, dpi=60)).size


def test_the_svg_is_the_same_each_time_and_needs_no_font():
    told = heatmap_svg(SMALL, title="航天员", significance=fill_chance(SMALL), seconds=TIMES)
    assert told == heatmap_svg(SMALL, title="航天员", significance=fill_chance(SMALL), seconds=TIMES)
    assert b"<text" not in told
    assert b"<?xml" in told[:100]


def test_names_that_look_like_markup_stay_letters_in_the_svg():
    svg = heatmap_svg(comparison(("<script>alert(1)</script>", "b"), ("c", "d"))).decode()
    assert "<script" not in svg
