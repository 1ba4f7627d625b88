"""Where what was heard in a video and what is burnt into its picture disagree (paper §4.2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.records import Segment
from services.script import in_script
from services.subtitle_lines import bare
from services.subtitle_segments import joined_lines
from services.tokens import jieba_tokenizer


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text; is_other where the other reading has other words, more or fewer."""

    text: str
    is_other: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One segment of the recognized speech, with what the picture shows while it is said."""

    segment_id: int
    start_s: float
    end_s: float
    speech: tuple[Piece, ...]
    burnt_in: tuple[Piece, ...]

    @property
    def speech_text(self) -> str:
        return _text(self.speech)

    @property
    def burnt_in_text(self) -> str:
        return _text(self.burnt_in)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str  # as it stands, with signs and spaces that follow it
    form: str  # what is compared: lower case, half width, Simplified characters


def disagreements(speech: Sequence[Segment], burnt_in: Sequence[Segment]) -> tuple[Disagreement, ...]:
    """The segments of speech whose words are not those of the subtitles shown meanwhile, by time.

    Script, width, case, punctuation and spaces make no difference, nor does a word that the other reading has
    in the segment next to it. Where no subtitle is shown there is nothing to disagree with.
    """
    heard = [_words(segment.text) for segment in speech]
    seen = [_words(text) for text in _beside(speech, burnt_in)]
    found: list[Disagreement] = []
    for number, segment in enumerate(speech):
        if not seen[number]:
            continue
        said = _own(heard[number], seen, number)
        shown = _own(seen[number], heard, number)
        if _form(said) == _form(shown) or not shown:
            continue
        pieces = _marked(heard[number], shown)
        found.append(Disagreement(segment.id, segment.start_s, segment.end_s, pieces[0], pieces[1]))
    return tuple(found)


def _beside(speech: Sequence[Segment], burnt_in: Sequence[Segment]) -> list[str]:
    """For each segment of speech the subtitles that are shown during it; each belongs to one segment."""
    lines: list[list[str]] = [[] for _ in speech]
    for subtitle in burnt_in:
        overlaps_s = [min(s.end_s, subtitle.end_s) - max(s.start_s, subtitle.start_s) for s in speech]
        best = max(range(len(speech)), key=overlaps_s.__getitem__, default=None)
        if best is not None and overlaps_s[best] > 0:
            lines[best].append(subtitle.text)
    return [joined_lines(texts) for texts in lines]


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    for piece in jieba_tokenizer().lcut(text):
        form = bare(in_script(piece, "simplified"))
        if form or not words:
            words.append(_Word(piece, form))
        else:
            words[-1] = _Word(words[-1].text + piece, words[-1].form)
    return words


def _own(words: Sequence[_Word], others: Sequence[Sequence[_Word]], number: int) -> list[_Word]:
    """The words without those at its ends that the other reading has in the segment before or after."""
    before = others[number - 1] if number else []
    after = others[number + 1] if number + 1 < len(others) else []
    first = _shared_edge([w.form for w in words], [w.form for w in before], [w.form for w in others[number]])
    own = list(words[first:])
    backwards = [w.form for w in reversed(own)]
    last = _shared_edge(
        backwards, [w.form for w in reversed(after)], [w.form for w in reversed(others[number])]
    )
    return own[: len(own) - last]


def _shared_edge(words: Sequence[str], before: Sequence[str], here: Sequence[str]) -> int:
    """How many of the first words end `before`, and do not begin `here`."""
    for length in range(min(len(words), len(before)), 0, -1):
        is_shared = list(words[:length]) == list(before[-length:])
        if is_shared and sum(map(len, words[:length])) >= 2 and list(here[:length]) != list(words[:length]):
            return length
    return 0


def _marked(said: Sequence[_Word], shown: Sequence[_Word]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both readings in pieces, those words marked in which they differ."""
    matcher = SequenceMatcher(None, [w.form for w in said], [w.form for w in shown], autojunk=False)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        for pieces, words in ((left, said[a:b]), (right, shown[c:d])):
            if words:
                pieces.append(Piece("".join(word.text for word in words), kind != "equal"))
    return tuple(left), tuple(right)


def _form(words: Sequence[_Word]) -> str:
    return "".join(word.form for word in words)


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces).strip()
