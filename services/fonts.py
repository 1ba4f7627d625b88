"""Fonts for pictures with Chinese names: the bundled one first, then what the system has."""

import logging
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

log = logging.getLogger(__name__)

BUNDLED = Path(__file__).resolve().parent.parent / "assets" / "fonts" / "NotoSansSC-subset.otf"
# Traditional characters and rare ones are not in the bundled subset (GB 2312).
SYSTEM_FAMILIES = (
    "Noto Sans CJK TC",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans TC",
    "Source Han Sans SC",
    "PingFang TC",
    "PingFang SC",
    "Heiti TC",
    "Microsoft JhengHei",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Arial Unicode MS",
)
LAST_FAMILY = "DejaVu Sans"  # comes with matplotlib; Latin, Greek, Cyrillic and signs


@cache
def families() -> tuple[str, ...]:
    """Font families to draw with, in the order in which a character is looked for."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    system = [name for name in SYSTEM_FAMILIES if name in known]
    font_manager.fontManager.addfont(str(BUNDLED))
    bundled = font_manager.FontProperties(fname=str(BUNDLED)).get_name()
    return tuple(dict.fromkeys((bundled, *system, LAST_FAMILY)))


def drawable(text: str) -> str:
    """The text with each character that no font here has replaced by '□' ('?' if even that lacks)."""
    have = _characters()
    stand_in = "□" if ord("□") in have else "?"
    lacking = sorted({ch for ch in text if ord(ch) not in have and not ch.isspace()})
    if lacking:
        log.warning("no font on this machine has %s", " ".join(f"U+{ord(ch):04X}" for ch in lacking))
    return "".join(stand_in if ch in lacking else ch for ch in text)


@cache
def _characters() -> frozenset[int]:
    found: set[int] = set()
    for family in families():
        path = font_manager.findfont(family, fallback_to_default=False)
        found.update(FT2Font(path).get_charmap())
    return frozenset(found)
