"""What a broadcast is made of, and the themes of the sample: one invented Moon launch, told twice."""

from dataclasses import dataclass

TITLE = {"en": "A crew leaves for the Moon", "zh": "航天员启程奔月"}

# Three themes are told by both sides, two by each side alone. Within a theme the pictures keep one look, and
# a theme told once sounds like nothing in the other broadcast: analyses can be held against scenes.json.
THEMES = {
    "launch": {"en": "Launch pad and countdown", "zh": "发射台与倒计时"},
    "crew": {"en": "The astronauts", "zh": "航天员乘组"},
    "moon": {"en": "The lunar surface", "zh": "月球表面"},
    "wetland": {"en": "Birds of the wetland", "zh": "湿地的鸟类"},
    "budget": {"en": "Congress and the price of Mars", "zh": "国会与火星经费"},
    "concert": {"en": "A symphony concert", "zh": "交响音乐会"},
    "tourism": {"en": "Holiday crowds at old monuments", "zh": "假日古迹游"},
}
SHARED = ["launch", "crew", "moon"]


@dataclass(frozen=True, slots=True)
class View:
    """A 16:9 crop of a photograph: its centre and width in the photograph's pixels."""

    x_px: float
    y_px: float
    width_px: float


@dataclass(frozen=True, slots=True)
class Shot:
    """One camera move over one photograph."""

    photo: str  # file name in photos/, without suffix
    start: View
    end: View
    duration_s: float
    sway: float = 0.0  # hand-held sway, as a share of the crop's width


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of one theme: its shots, what is said over them, and how it begins."""

    theme: str
    shots: tuple[Shot, ...]
    lines: tuple[str, ...]
    fades_in: bool = False

    @property
    def duration_s(self) -> float:
        return sum(shot.duration_s for shot in self.shots)


@dataclass(frozen=True, slots=True)
class Side:
    """One broadcast: its scenes in order and the text on its lower third, per theme."""

    language: str
    scenes: tuple[Scene, ...]
    straps: dict[str, tuple[str, str]]

    @property
    def themes(self) -> list[str]:
        return [theme for theme in THEMES if any(scene.theme == theme for scene in self.scenes)]
