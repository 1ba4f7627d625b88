"""Burnt-in subtitles are read from drawn videos by the real reader."""

import dataclasses
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from services.context import Context
from services.errors import Cancelled
from services.fonts import BUNDLED
from services.recipe import TranscriptChoice
from services.subtitles import NoSubtitles, likeness, read_subtitles, strokes

pytestmark = pytest.mark.models
WIDTH_PX, HEIGHT_PX, FPS, EACH_S = 640, 360, 8, 2
CHINESE = ("老年人应该接种疫苗", "今天上午举行发布会", "专家回答记者提问")
ENGLISH = ("Older people should be vaccinated", "A press conference was held", "Experts answered questions")


def picture(number: int, text: str) -> NDArray[np.uint8]:
    """A moving disc, a logo, and the text at the bottom, centred, white with a dark edge."""
    image = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (60, 90, 120))
    draw = ImageDraw.Draw(image)
    left = number * 7 % (WIDTH_PX - 80)
    draw.ellipse((left, 60, left + 80, 140), fill=(180, 120, 60))
    draw.text((20, 250), "晚间新闻", font=ImageFont.truetype(str(BUNDLED), 22), fill="yellow")
    font = ImageFont.truetype(str(BUNDLED), 28)
    draw.text(
        (WIDTH_PX / 2, 330), text, font=font, fill="white", anchor="mm", stroke_width=2, stroke_fill="black"
    )
    return np.asarray(image, np.uint8)


def write(path: Path, texts: tuple[str, ...]) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for number in range(len(texts) * EACH_S * FPS):
            rgb = picture(number, texts[number // (EACH_S * FPS)])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(("language", "texts"), [("zh", CHINESE), ("en", ENGLISH)])
def test_subtitles_are_read_with_their_times_and_the_logo_is_left_out(
    language: str, texts: tuple[str, ...], tmp_path: Path, ctx: Context
):
    path = write(tmp_path / "news.mp4", texts)
    transcript = read_subtitles(path, "News", TranscriptChoice("subtitles", language), ctx)
    assert [segment.text for segment in transcript.segments] == list(texts)
    assert [segment.start_s for segment in transcript.segments] == pytest.approx([0, 2, 4], abs=0.5)
    assert {segment.origin for segment in transcript.segments} == {"subtitles"}
    assert (transcript.language, transcript.is_generated) == (language, True)


def test_a_video_without_subtitles_is_told(drawn_video: Path, ctx: Context):
    with pytest.raises(NoSubtitles, match=r"News: no subtitles are found.*speech recognition"):
        read_subtitles(drawn_video, "News", TranscriptChoice("subtitles", "en"), ctx)


def test_reading_hears_of_stop_and_tells_how_far_it_is(tmp_path: Path, ctx: Context):
    path = write(tmp_path / "news.mp4", CHINESE[:1])
    notes: list[str] = []

    def stop(done: int, total: int, note: str) -> None:
        notes.append(note)
        raise Cancelled

    with pytest.raises(Cancelled):
        read_subtitles(path, "News", TranscriptChoice("subtitles"), dataclasses.replace(ctx, progress=stop))
    assert notes == ["reading, 0 of 2 s"]


def test_another_text_has_other_strokes_and_a_disc_that_moves_above_has_none():
    first, moved, other = picture(0, CHINESE[0]), picture(5, CHINESE[0]), picture(0, CHINESE[1])
    assert likeness(strokes(first), strokes(moved)) == 1
    assert likeness(strokes(first), strokes(other)) < 0.7
