"""Times, names and long texts as they stand in figures and in the report."""

import html
import re
import unicodedata

from crvae.records import ClusterMethod
from services.languages import LANGUAGES, primary
from services.palette import SIDE_NAMES
from services.recipe import ClusterChoice, Project, Sampling, Side
from services.said import Said

METHOD_NAMES: dict[ClusterMethod, str] = {
    "kmeans": "k-means",
    "ward": "Ward",
    "gmm": "Gaussian mixture",
    "hdbscan": "HDBSCAN",
}


_LIVE = re.compile(r":(?=[^\W\d]|/)|www(?=\.)|@", re.IGNORECASE)


def clock(seconds: float) -> str:
    """Seconds as m:ss, or h:mm:ss from one hour on."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def cluster_label(cluster: int, names: tuple[str, ...] | None = None) -> str:
    """The cluster's name; people count clusters from 1, files and records from 0 (-1: in no cluster)."""
    if cluster < 0:
        return "In no cluster"
    if names is not None and cluster < len(names) and names[cluster].strip():
        return names[cluster]
    return f"Cluster {cluster + 1}"


def choice_label(choice: ClusterChoice) -> str:
    """'K = 3', with the method where it is not the paper's; HDBSCAN is told by its smallest cluster."""
    if not choice.is_chosen:
        return "K not chosen yet"
    if choice.method == "hdbscan":
        return f"HDBSCAN with at least {choice.min_pairs} pairs"
    return f"K = {choice.k}" + ("" if choice.method == "kmeans" else f" ({METHOD_NAMES[choice.method]})")


def video_label(project: Project, side: Side) -> str:
    """'English video', or 'Left video' when the two languages do not tell the videos apart."""
    languages = {s: _language_name(project.recipe(s).transcript.language) for s in SIDE_NAMES}
    if languages["left"] == languages["right"] or not languages[side]:
        return Said(SIDE_NAMES[side])
    return Said("{language} video", language=Said(languages[side]))


def _language_name(tag: str) -> str:
    base = primary(tag)
    return {**LANGUAGES, "zh": "Chinese", "yue": "Cantonese"}.get(base, "")


def sampling_label(sampling: Sampling) -> str:
    """How frames are drawn, as it goes on after 'one frame'."""
    return "from each shot" if sampling.method == "shots" else f"every {sampling.interval_s:g} s"


def measure_label(measure: str) -> str:
    """A comparison's measure without its notes, for the colour bar."""
    return measure.split(",")[0].split(";")[0]


def is_wide(character: str) -> bool:
    """Whether it is as wide as a Chinese character."""
    return unicodedata.east_asian_width(character) in "WF"


def wide(text: str) -> int:
    """Width of a text in half-width columns: a Chinese character takes two."""
    return sum(2 if is_wide(ch) else 1 for ch in text)


def one_line(text: str) -> str:
    """The text on one line, with single spaces and without control characters."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())


def shortened(text: str, columns: int) -> str:
    """The text's beginning with an ellipsis, at most `columns` half-width columns wide."""
    flat = " ".join(text.split())
    if wide(flat) <= columns:
        return flat
    kept = ""
    for ch in flat:
        if wide(kept + ch) > columns - 1:
            break
        kept += ch
    return kept.rstrip() + "…"


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns` half-width columns, nothing left out.

    Lines break at spaces and between Chinese characters; a longer word is cut.
    """
    lines = [""]
    for piece in _pieces(" ".join(text.split())):
        for part in _cut(piece, columns):
            if wide(lines[-1] + part.rstrip()) > columns and lines[-1]:
                lines.append("")
            lines[-1] += part
    return [line.strip() for line in lines]


def _pieces(text: str) -> list[str]:
    """Words with the space after them, and wide characters one by one; closing marks stay where they are."""
    pieces: list[str] = []
    for ch in text:
        is_wide = unicodedata.east_asian_width(ch) in "WF"
        closes = ch in "，。、！？；：」』）》”’"
        starts = not pieces or pieces[-1].endswith(" ") or (wide(pieces[-1][-1]) == 2 and ch != " ")
        if not pieces or ((is_wide or starts) and not closes):
            pieces.append(ch)
        else:
            pieces[-1] += ch
    return pieces


def _cut(piece: str, columns: int) -> list[str]:
    parts: list[str] = [""]
    for ch in piece:
        if wide((parts[-1] + ch).rstrip()) > columns:
            parts.append("")
        parts[-1] += ch
    return parts


def plain(text: str) -> str:
    """Text that plotly shows as it is: captions may hold what looks like markup."""
    return html.escape(text, quote=False)


def stacked(text: str, columns: int) -> str:
    """Wrapped text for a plotly label."""
    return "<br>".join(plain(line) for line in wrapped(text, columns))


def without_markdown(text: str) -> str:
    """Text of people, videos and the address as Markdown that shows it, links nowhere and fetches nothing.

    Addresses, icons and emoji are found in the text after Markdown is read, so no backslash helps there: a
    word joiner, which nobody sees, takes them apart.
    """
    apart = _LIVE.sub(lambda found: f"{found[0]}\u2060", text)
    return "".join(f"\\{c}" if c in "\\`*_[]()<>#$~:|" else c for c in apart)
