"""Which medium a tag comes from: the pictures, the words, both, or neither (paper §5.3.2, tables 3 and 4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from services.material import Material
from services.phrases import encode_phrases
from services.records import Medium, Tag
from services.script import simplified
from services.tag_candidates import candidates
from services.tokens import is_han, tokenize

# Cosine from which a phrase counts as saying the same. Measured with the embedded default (USE-multilingual):
# of the tags of a video about another topic 2 to 3 in 100 find a cosine of 0.6 in a cluster of some forty
# phrases (9 to 14 in 100 at 0.5); three in four tags find it in the same theme told in the other language.
# Other encoders have other scales: read their marks with care.
SUPPORT = 0.6

Vectors = Mapping[str, NDArray[np.float32]]


def place_tags(
    tags: Sequence[Sequence[str]], materials: Sequence[Material], phrases: str
) -> tuple[tuple[Tag, ...], ...]:
    """Each cluster's tags with their medium, and as score the cosine of the best support, in [0, 1].

    A tag that stands word for word in a segment or a description scores 1. Otherwise it is compared with
    whole segments, sentences, labels and lines, and with the phrases in them.
    phrases: backend for phrase vectors
    Raises AnalysisError when it cannot be had.
    """
    sides = [(_spoken(material), _pictured(material)) for material in materials]
    vectors = _vectors([*tags, *(texts for pair in sides for texts in pair)], phrases)
    return tuple(
        tuple(_placed(tag, spoken, pictured, vectors) for tag in cluster_tags)
        for cluster_tags, (spoken, pictured) in zip(tags, sides, strict=True)
    )


def _placed(tag: str, spoken: Sequence[str], pictured: Sequence[str], vectors: Vectors) -> Tag:
    in_text, in_image = _support(tag, spoken, vectors), _support(tag, pictured, vectors)
    return Tag(tag, _medium(in_text, in_image), round(max(in_text, in_image), 4))


def _medium(in_text: float, in_image: float) -> Medium:
    if min(in_text, in_image) >= SUPPORT:
        return "both"
    if max(in_text, in_image) < SUPPORT:
        return "unsupported"
    return "text" if in_text >= SUPPORT else "image"


def _support(tag: str, texts: Sequence[str], vectors: Vectors) -> float:
    """1 if the tag stands in a text, else its best cosine with one of them, at least 0."""
    if not texts:
        return 0.0
    wanted = _plain(tag)
    if wanted.strip() and any(wanted in _plain(text) for text in texts):
        return 1.0
    best = max(float(vectors[tag] @ vectors[text]) for text in texts)
    return min(max(best, 0.0), 1.0)


def _plain(text: str) -> str:
    """Words in lower case without plural "s", between spaces; Chinese simplified, without spaces."""
    words = map(simplified, tokenize(text))
    plain = "".join(word if is_han(word) else f" {_singular(word)} " for word in words)
    return plain.replace("  ", " ")


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _spoken(material: Material) -> list[str]:
    return _with_phrases(material.segments)


def _pictured(material: Material) -> list[str]:
    return _with_phrases([t for f in material.frames for t in (f.sentence, *f.labels, *f.on_screen) if t])


def _with_phrases(texts: Sequence[str]) -> list[str]:
    """The texts and the phrases in them, each once: a short tag is best compared with something as short."""
    whole = dict.fromkeys(texts)
    return list(whole | dict.fromkeys(candidate.text for text in whole for candidate in candidates(text)))


def _vectors(groups: Sequence[Sequence[str]], phrases: str) -> Vectors:
    texts = sorted({text for group in groups for text in group})
    return dict(zip(texts, encode_phrases(texts, phrases), strict=True)) if texts else {}
