"""What a broadcaster draws over the pictures: channel bug, lower third, burnt-in subtitle."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH_PX, HEIGHT_PX = 854, 480
FONT = Path(__file__).parent.parent / "fonts" / "NotoSansSC-subset.otf"
WHITE = (255, 255, 255, 255)
PALE = (206, 219, 232, 255)
NAVY = (12, 30, 58, 225)
TEAL = (47, 160, 170, 255)
RED = (190, 32, 38, 235)


@dataclass(frozen=True, slots=True)
class Layer:
    """A rectangle of premultiplied colour and its opacity, with its place on the screen."""

    left_px: int
    top_px: int
    colour: np.ndarray  # (H, W, 3) float32 in [0, 255], already multiplied by opacity
    opacity: np.ndarray  # (H, W, 1) float32 in [0, 1]

    def over(self, picture: np.ndarray) -> np.ndarray:
        """The picture (480, 854, 3) uint8 with this layer on it, as a new array."""
        height_px, width_px = self.opacity.shape[:2]
        rows = slice(self.top_px, self.top_px + height_px)
        columns = slice(self.left_px, self.left_px + width_px)
        dressed = picture.copy()
        dressed[rows, columns] = (self.colour + picture[rows, columns] * (1 - self.opacity) + 0.5).astype(
            np.uint8
        )
        return dressed


def layer(canvas: Image.Image) -> Layer:
    """The drawn part of a full-screen RGBA canvas."""
    left, top, right, bottom = canvas.getbbox() or (0, 0, 1, 1)
    pixels = np.asarray(canvas.crop((left, top, right, bottom)), dtype=np.float32)
    opacity = pixels[..., 3:] / 255
    return Layer(left, top, pixels[..., :3] * opacity, opacity)


def blank() -> Image.Image:
    return Image.new("RGBA", (WIDTH_PX, HEIGHT_PX), (0, 0, 0, 0))


def font(size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size_px)


def channel_bug(language: str) -> Layer:
    """The channel's name in a corner, marked as a sample in the channel's own language."""
    canvas = blank()
    pen = ImageDraw.Draw(canvas)
    if language == "zh":
        pen.rounded_rectangle((24, 20, 132, 54), radius=5, fill=RED)
        pen.text((78, 37), "晨星新闻", font=font(23), fill=WHITE, anchor="mm")
        pen.text(
            (140, 37),
            "示例",
            font=font(16),
            fill=WHITE,
            anchor="lm",
            stroke_width=1,
            stroke_fill=(0, 0, 0, 150),
        )
    else:
        pen.rectangle((690, 20, 830, 48), fill=NAVY)
        pen.rectangle((690, 20, 695, 48), fill=TEAL)
        pen.text((763, 34), "MERIDIAN 24", font=font(18), fill=WHITE, anchor="mm")
        pen.text(
            (830, 60),
            "SAMPLE",
            font=font(12),
            fill=WHITE,
            anchor="rm",
            stroke_width=1,
            stroke_fill=(0, 0, 0, 150),
        )
    return layer(canvas)


def lower_third(headline: str, detail: str) -> Layer:
    """A two-line strap at the bottom left."""
    canvas = blank()
    pen = ImageDraw.Draw(canvas)
    width_px = 44 + max(pen.textlength(headline, font=font(25)), pen.textlength(detail, font=font(17)))
    pen.rectangle((40, 382, 40 + width_px, 446), fill=NAVY)
    pen.rectangle((40, 382, 46, 446), fill=TEAL)
    pen.text((62, 403), headline, font=font(25), fill=WHITE, anchor="lm")
    pen.text((62, 430), detail, font=font(17), fill=PALE, anchor="lm")
    return layer(canvas)


def subtitle(text: str) -> Layer:
    """One centred line near the bottom, white with a black outline."""
    canvas = blank()
    pen = ImageDraw.Draw(canvas)
    pen.text(
        (WIDTH_PX // 2, 440),
        text,
        font=font(32),
        fill=WHITE,
        anchor="mm",
        stroke_width=3,
        stroke_fill="black",
    )
    return layer(canvas)
