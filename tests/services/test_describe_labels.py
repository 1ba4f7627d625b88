import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from services.context import Context
from services.describe_labels import describe_labels, name_things, read_lines, weights_file
from services.errors import AnalysisError, Cancelled
from services.records import Frames

FONT = Path(__file__).resolve().parents[2] / "assets" / "fonts" / "NotoSansSC-subset.otf"
Picture = NDArray[np.uint8]


def screen() -> Picture:
    """A news graphic: a headline, boxes and small lines."""
    picture = np.full((360, 640, 3), 245, np.uint8)
    picture[:50] = (120, 60, 20)
    for left in (20, 220, 420):
        cv2.rectangle(picture, (left, 100), (left + 180, 250), (200, 200, 200), -1)
    for top in range(110, 250, 20):
        cv2.putText(picture, "news item", (30, top), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1)
    cv2.putText(picture, "VACCINE CLINIC", (30, 38), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255, 255, 255), 3)
    cv2.putText(picture, "open from 9 to 17", (40, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2)
    return picture


def traffic_light() -> Picture:
    picture = np.full((360, 360, 3), (230, 200, 150), np.uint8)
    cv2.rectangle(picture, (130, 40), (230, 320), (20, 20, 20), -1)
    for top, colour in ((90, (0, 0, 255)), (180, (0, 220, 255)), (270, (0, 200, 0))):
        cv2.circle(picture, (180, top), 38, colour, -1)
    return picture


def plain() -> Picture:
    return np.full((180, 320, 3), (200, 120, 40), np.uint8)


@pytest.fixture
def frames(tmp_path: Path) -> Frames:
    folder = tmp_path / "frames"
    folder.mkdir()
    for frame, picture in enumerate((screen(), traffic_light(), plain())):
        cv2.imwrite(str(folder / f"{frame:05d}.jpg"), picture)
    return Frames(np.arange(3) * 2.0, folder, 640, 360)


def test_lines_on_a_screen_are_read_from_top_to_bottom_each_once():
    assert read_lines(screen()) == ("VACCINE CLINIC", "news item", "open from 9 to 17")


def test_chinese_lines_are_read_too():
    image = Image.new("RGB", (480, 120), "white")
    font = ImageFont.truetype(str(FONT), 48)
    ImageDraw.Draw(image).text((30, 30), "老年人接种疫苗", font=font, fill="black")
    assert read_lines(np.asarray(image, np.uint8)) == ("老年人接种疫苗",)


def test_a_thing_in_a_picture_is_named():
    assert name_things(traffic_light()) == ("traffic light",)


def test_a_screen_of_text_and_boxes_is_not_called_a_web_site():
    assert name_things(screen()) == ("screen graphics",)


def test_a_plain_picture_has_neither_lines_nor_labels():
    assert read_lines(plain()) == ()
    assert name_things(plain()) == ()


def test_frames_are_described_in_the_order_of_the_indices_without_a_sentence(frames, ctx):
    found = describe_labels(frames, [1, 0, 2], ctx)
    assert [d.frame for d in found] == [1, 0, 2]
    assert [d.sentence for d in found] == ["", "", ""]
    assert [d.labels for d in found] == [("traffic light",), ("screen graphics",), ()]
    assert found[1].on_screen[0] == "VACCINE CLINIC"
    assert found[2].text == ""


def test_a_picture_is_looked_at_once_whatever_its_frame(frames, tmp_path):
    memory: dict[str, str] = {}

    def remember(name, compute):
        if name not in memory:
            memory[name] = json.dumps(compute())
        return json.loads(memory[name])

    ctx = Context(tmp_path, remember)
    frames.path(3).write_bytes(frames.path(1).read_bytes())
    first, copy = describe_labels(frames, [1, 3], ctx)
    assert len(memory) == 1
    assert (first.labels, copy.frame) == (copy.labels, 3)


def test_a_frame_that_cannot_be_read_is_told_in_words(frames, ctx):
    frames.path(0).write_bytes(b"no picture")
    with pytest.raises(AnalysisError, match=r"cannot be read as a picture\. Sample the frames"):
        describe_labels(frames, [0], ctx)
    frames.path(0).unlink()
    with pytest.raises(AnalysisError, match=r"Frame 00000\.jpg cannot be read"):
        describe_labels(frames, [0], ctx)


def test_a_stop_comes_through_between_frames(frames, tmp_path):
    def stop(done: int, total: int, note: str) -> None:
        if done == 1:
            raise Cancelled

    seen: list[str] = []

    def remember(name, compute):
        seen.append(name)
        return {"on_screen": [], "labels": []}

    with pytest.raises(Cancelled):
        describe_labels(frames, [0, 1, 2], Context(tmp_path, remember, progress=stop))
    assert len(seen) == 1


def test_the_packaged_weights_are_the_known_ones():
    assert weights_file().is_file()
