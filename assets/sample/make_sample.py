"""Makes the sample pair from photos/ and the two stories: en.mp4, zh.mp4, en.srt, zh.srt, scenes.json.

    python assets/sample/make_sample.py

Needs av (requirements-dev.txt). Takes two minutes on two cores.
"""

import itertools
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import pysubs2
from dressing import HEIGHT_PX, WIDTH_PX, Layer, channel_bug, lower_third, subtitle
from PIL import Image
from story import SHARED, THEMES, TITLE, Scene, Shot, Side, View
from story_en import ENGLISH
from story_zh import CHINESE

HERE = Path(__file__).parent
FRAMES_PER_S = 25
FADE_S = 0.6  # a cross-fade ends where its scene begins, so that scenes.json stays exact
PAUSE_S = 0.08  # between two captions
STRAP_DELAY_S = 0.6


@dataclass(frozen=True, slots=True)
class Caption:
    """One line and when it is said, in seconds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Overlay:
    """One layer and when it is on screen, in seconds."""

    layer: Layer
    start_s: float
    end_s: float


def scene_starts_s(side: Side) -> list[float]:
    """Where each scene begins, and last where the video ends."""
    ends_s = itertools.accumulate(scene.duration_s for scene in side.scenes)
    return [0.0, *(round(end_s, 2) for end_s in ends_s)]


def captions(side: Side) -> list[Caption]:
    """The side's lines with times: a scene is shared out among its lines, longer lines getting more of it."""
    timed: list[Caption] = []
    for scene, start_s in zip(side.scenes, scene_starts_s(side), strict=False):
        weights = np.sqrt([len(line) for line in scene.lines])
        ends_s = start_s + scene.duration_s * np.cumsum(weights) / weights.sum()
        starts_s = [start_s, *ends_s[:-1]]
        for line, line_start_s, line_end_s in zip(scene.lines, starts_s, ends_s, strict=True):
            timed.append(Caption(line, float(line_start_s), float(line_end_s) - PAUSE_S))
    return timed


def view_at(shot: Shot, time_s: float) -> View:
    """What the camera is pointed at `time_s` seconds into a shot: eased from start to end, swaying."""
    share = min(max(time_s / shot.duration_s, 0.0), 1.0)
    eased = share * share * (3 - 2 * share)
    width_px = shot.start.width_px + (shot.end.width_px - shot.start.width_px) * eased
    sway_px = shot.sway * width_px
    sway_x_px = sway_px * (math.sin(2.1 * time_s) + 0.5 * math.sin(3.7 * time_s + 1))
    sway_y_px = sway_px * 0.7 * math.sin(2.7 * time_s + 2)
    return View(
        shot.start.x_px + (shot.end.x_px - shot.start.x_px) * eased + sway_x_px,
        shot.start.y_px + (shot.end.y_px - shot.start.y_px) * eased + sway_y_px,
        width_px,
    )


def crop(photo: np.ndarray, view: View) -> np.ndarray:
    """The view at screen size, (480, 854, 3) uint8, moved inward where it would leave the photograph."""
    height_px, width_px = photo.shape[:2]
    view_width_px = min(view.width_px, width_px, height_px * WIDTH_PX / HEIGHT_PX)
    view_height_px = view_width_px * HEIGHT_PX / WIDTH_PX
    left_px = min(max(view.x_px - view_width_px / 2, 0), width_px - view_width_px)
    top_px = min(max(view.y_px - view_height_px / 2, 0), height_px - view_height_px)
    scale = WIDTH_PX / view_width_px
    # A warp, not a resize: crops move by fractions of a pixel, and whole pixels would judder.
    to_screen = np.array([[scale, 0, -left_px * scale], [0, scale, -top_px * scale]])
    screen = (WIDTH_PX, HEIGHT_PX)
    return cv2.warpAffine(photo, to_screen, screen, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def scene_picture(scene: Scene, photos: dict[str, np.ndarray], time_s: float) -> np.ndarray:
    """The undressed picture `time_s` seconds into a scene; a little before it starts, its first picture."""
    for shot in scene.shots[:-1]:
        if time_s < shot.duration_s:
            return crop(photos[shot.photo], view_at(shot, time_s))
        time_s -= shot.duration_s
    return crop(photos[scene.shots[-1].photo], view_at(scene.shots[-1], time_s))


def pictures(side: Side, photos: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
    """Every undressed picture of a side in order, cuts and cross-fades included."""
    starts_s = scene_starts_s(side)
    for i, scene in enumerate(side.scenes):
        following = side.scenes[i + 1] if i + 1 < len(side.scenes) else None
        for frame in range(round(scene.duration_s * FRAMES_PER_S)):
            time_s = frame / FRAMES_PER_S
            picture = scene_picture(scene, photos, time_s)
            left_s = starts_s[i + 1] - starts_s[i] - time_s
            if following is not None and following.fades_in and left_s < FADE_S:
                upcoming = scene_picture(following, photos, 0.0)
                picture = cv2.addWeighted(upcoming, 1 - left_s / FADE_S, picture, left_s / FADE_S, 0)
            yield picture


def load_photos(side: Side) -> dict[str, np.ndarray]:
    """The side's photographs by name, (H, W, 3) uint8 RGB."""
    names = {shot.photo for scene in side.scenes for shot in scene.shots}
    return {name: np.asarray(Image.open(HERE / "photos" / f"{name}.jpg").convert("RGB")) for name in names}


def overlays(side: Side, timed: list[Caption]) -> list[Overlay]:
    """All that is drawn over the pictures: the bug throughout, and straps or else subtitles."""
    starts_s = scene_starts_s(side)
    drawn = [Overlay(channel_bug(side.language), 0.0, starts_s[-1])]
    if not side.straps:
        return drawn + [Overlay(subtitle(line.text), line.start_s, line.end_s) for line in timed]
    for scene, start_s, end_s in zip(side.scenes, starts_s, starts_s[1:], strict=False):
        strap = lower_third(*side.straps[scene.theme])
        drawn.append(Overlay(strap, start_s + STRAP_DELAY_S, end_s - FADE_S))
    return drawn


def write_video(side: Side, timed: list[Caption]) -> Path:
    """Path of the side's MP4: H.264, 854 x 480, 25 frames a second, a key frame every 2 s, no sound."""
    photos = load_photos(side)
    drawn = overlays(side, timed)
    path = HERE / f"{side.language}.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_S)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.options = {"crf": "31", "preset": "slow", "g": str(2 * FRAMES_PER_S)}
        for i, picture in enumerate(pictures(side, photos)):
            time_s = i / FRAMES_PER_S
            for overlay in drawn:
                if overlay.start_s <= time_s < overlay.end_s:
                    picture = overlay.layer.over(picture)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def write_captions(side: Side, timed: list[Caption]) -> Path:
    """Path of the side's SRT."""
    subtitles = pysubs2.SSAFile()
    subtitles.events = [
        pysubs2.SSAEvent(start=round(line.start_s * 1000), end=round(line.end_s * 1000), text=line.text)
        for line in timed
    ]
    path = HERE / f"{side.language}.srt"
    subtitles.save(str(path))
    return path


def side_record(side: Side) -> dict[str, object]:
    """The side's entry in scenes.json."""
    starts_s = scene_starts_s(side)
    scenes = [
        {"start_s": start_s, "end_s": end_s, "theme": scene.theme}
        for scene, start_s, end_s in zip(side.scenes, starts_s, starts_s[1:], strict=False)
    ]
    return {"language": side.language, "duration_s": starts_s[-1], "scenes": scenes}


def write_scenes() -> Path:
    """Path of scenes.json, the ground truth: which theme is on screen when, and which themes are shared."""
    truth = {
        "title": TITLE,
        "left": side_record(ENGLISH),
        "right": side_record(CHINESE),
        "shared": SHARED,
        "unique_left": [theme for theme in ENGLISH.themes if theme not in SHARED],
        "unique_right": [theme for theme in CHINESE.themes if theme not in SHARED],
        "themes": THEMES,
    }
    path = HERE / "scenes.json"
    path.write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    written = [write_scenes()]
    for broadcast in (ENGLISH, CHINESE):
        spoken = captions(broadcast)
        written += [write_captions(broadcast, spoken), write_video(broadcast, spoken)]
    for file in written:
        sys.stdout.write(f"{file.name} {file.stat().st_size / 1e6:.2f} MB\n")
