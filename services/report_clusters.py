"""What the report shows of one cluster: frames, texts, facts, and tags with what speaks for them."""

import base64
import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.labels import clock, cluster_label, shortened
from services.palette import cluster_colour
from services.profile_records import ClusterProfile, Profile
from services.recipe import Recipe, Side
from services.records import AlignedPairs, Evidence, Frames, Tag, Theme, Themes, VideoFile
from services.said import Said, Tell
from services.stages import load
from services.store import Store

N_FRAMES, N_TEXTS, THUMB_WIDTH_PX = 5, 3, 240
MARKS = {"image": "*", "text": "†", "both": "*†", "unsupported": ""}  # as in the paper's tables 3 and 4
MEANINGS = {
    "image": Said("from the pictures"),
    "text": Said("from the words"),
    "both": Said("from pictures and words"),
    "unsupported": Said("found neither in the pictures nor in the words"),
}
HOLDS = {
    "picture": Said("held together by the picture"),
    "words": Said("held together by the words"),
    "both": Said("held together by either, picture or words"),
    "together": Said("held together by picture and words only at once"),
}
STABILITY = {
    "stable": Said("found again whatever part of the video is left out (Jaccard index {jaccard:.2f})"),
    "doubtful": Said("mostly found again when a part of the video is left out (Jaccard index {jaccard:.2f})"),
    "dissolves": Said("falls apart when a part of the video is left out (Jaccard index {jaccard:.2f})"),
}
SOURCES = {"keywords": Said("keyword"), "hand": Said("added by hand")}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    text: str
    link: str  # the second in the video on YouTube, or ""


@dataclass(frozen=True, slots=True)
class TagView:
    text: str
    gloss: str
    medium: str
    mark: str
    says: str
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class ClusterView:
    anchor: str
    name: str
    colour: str
    size: str
    tags: tuple[TagView, ...]
    frames: tuple[tuple[str, str], ...]  # data URI and time
    texts: tuple[str, ...]
    facts: tuple[str, ...]


def anchor(side: Side, cluster: int) -> str:
    return f"{side}-{cluster + 1}"


def cluster_view(
    store: Store, recipe: Recipe, side: Side, theme: Theme, themes: Themes, video: VideoFile, tell: Tell
) -> ClusterView:
    """Raises StageMissing."""
    pairs: AlignedPairs = load(store, recipe, "pairs")
    frames: Frames = load(store, recipe, "frames")
    profile: Profile = load(store, recipe, "profile")
    known = profile.clusters[theme.cluster]
    return ClusterView(
        anchor=anchor(side, theme.cluster),
        name=cluster_label(theme.cluster, tuple(t.name for t in themes.themes)),
        colour=cluster_colour(theme.cluster),
        size=tell(
            "{n} pairs, {time} on screen ({share:.0%})",
            n=known.n_pairs,
            time=clock(known.screen_s),
            share=known.screen_share,
        ),
        tags=tuple(map(partial(_tag, video=video, tell=tell), theme.tags)),
        frames=tuple(
            (_thumb(frames.path(int(pairs.frame_index[p]))), clock(float(pairs.times_s[p])))
            for p in known.typical[:N_FRAMES]
        ),
        texts=tuple(shortened(pairs.texts[p], 160) for p in known.telling[:N_TEXTS]),
        facts=_facts(known, tell),
    )


def _facts(known: ClusterProfile, tell: Tell) -> tuple[str, ...]:
    facts: list[str] = []
    if known.words:
        facts.append(tell("Words that mark it out: {words}", words=", ".join(known.words)))
    marks: list[str] = []
    if known.stability in STABILITY:
        marks.append(tell(STABILITY[known.stability].pattern, jaccard=known.jaccard))
    if known.hold in HOLDS:
        marks.append(tell(HOLDS[known.hold]))
    if known.shot is not None:
        marks.append(tell("one repeated shot ({share:.0%} of its pairs)", share=known.shot.share))
    return (*facts, *(["; ".join(marks)] if marks else []))


def _tag(tag: Tag, video: VideoFile, tell: Tell) -> TagView:
    says = tell(MEANINGS[tag.medium])
    if tag.source in SOURCES:
        says += f" ({tell(SOURCES[tag.source])})"
    return TagView(
        tag.text,
        tag.gloss,
        tag.medium,
        MARKS[tag.medium],
        says,
        tuple(map(partial(_evidence, video=video, tell=tell), tag.evidence)),
    )


_PLACES = {
    "picture": Said("seen at {time}: “{text}” ({cosine:.2f})"),
    "screen": Said("written at {time}: “{text}” ({cosine:.2f})"),
    "speech": Said("said at {time}: “{text}” ({cosine:.2f})"),
}


def _evidence(found: Evidence, video: VideoFile, tell: Tell) -> EvidenceView:
    told = tell(
        _PLACES[found.place], time=clock(found.time_s), text=shortened(found.text, 80), cosine=found.cosine
    )
    address = address_of(video)
    is_watched = address.startswith("https://www.youtube.com/watch?v=")
    return EvidenceView(told, f"{address}&t={int(found.time_s)}s" if is_watched else "")


def address_of(video: VideoFile) -> str:
    """An address to follow, or ""."""
    return video.url if video.url.startswith(("https://", "http://")) else ""


def _thumb(path: Path) -> str:
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMB_WIDTH_PX, THUMB_WIDTH_PX))
        out = io.BytesIO()
        small.save(out, format="JPEG", quality=72)
    return data_uri(out.getvalue(), "image/jpeg")


def data_uri(data: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
