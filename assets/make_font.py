"""Cuts Noto Sans SC down to the characters Diptych draws: Latin, punctuation, GB2312.

    python assets/make_font.py [NotoSansCJK-Regular.ttc]

Needs fonttools and brotli (requirements-dev.txt). Traditional characters are left out: they would add 15 MB.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
DEBIAN_COLLECTION = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")  # package fonts-noto-cjk
SIMPLIFIED_CHINESE = 2  # index of the SC face in the collection
FAMILY = "Noto Sans SC"
PUNCTUATION_AND_SYMBOLS = [
    (0x0020, 0x024F),  # Latin with its accents
    (0x0370, 0x03FF),  # Greek: σ, λ, μ in figures
    (0x2000, 0x22FF),  # dashes, quotes, currencies, arrows, mathematical operators
    (0x2500, 0x25FF),  # box drawing and geometric shapes
    (0x3000, 0x303F),  # Chinese punctuation
    (0xFF00, 0xFFEF),  # full-width forms
]


def gb2312_code_points() -> set[int]:
    """Code points of the 7,445 characters of GB2312-80 (the standard's rows 1 to 9 and 16 to 87)."""
    cells = (bytes([row, column]) for row in range(0xA1, 0xF8) for column in range(0xA1, 0xFF))
    characters = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    return {ord(character) for character in characters}


def wanted_code_points() -> set[int]:
    """Code points the subset keeps, where the source font has them."""
    ranges = {code for first, last in PUNCTUATION_AND_SYMBOLS for code in range(first, last + 1)}
    return ranges | gb2312_code_points()


def rename(font: TTFont) -> None:
    """Give the subset its own family name, so that a system's Noto Sans CJK SC is never taken for it."""
    names = {1: FAMILY, 2: "Regular", 4: f"{FAMILY} Regular", 6: "NotoSansSC-Regular"}
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    for name_id in (3, 16, 17):
        font["name"].removeNames(nameID=name_id)
    top = font["CFF "].cff
    top.fontNames = [names[6]]
    top[0].FamilyName, top[0].FullName = FAMILY, names[4]


def make(collection: Path) -> list[Path]:
    """Paths of the subset written as OpenType and, for browsers, as WOFF2."""
    options = Options()
    options.font_number = SIMPLIFIED_CHINESE
    options.layout_features = []  # no vertical writing, no alternates
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = ["*"]
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.recalc_timestamp = False
    font = load_font(str(collection), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted_code_points())
    subsetter.subset(font)
    rename(font)
    FONTS.mkdir(exist_ok=True)
    written = [FONTS / "NotoSansSC-subset.otf", FONTS / "NotoSansSC-subset.woff2"]
    save_font(font, str(written[0]), options)
    options.flavor = "woff2"
    save_font(font, str(written[1]), options)
    return written


if __name__ == "__main__":
    for path in make(Path(sys.argv[1]) if len(sys.argv) > 1 else DEBIAN_COLLECTION):
        sys.stdout.write(f"{path} {path.stat().st_size / 1e6:.2f} MB\n")
