"""What a recognizer heard, made fit to read: inventions and loops out, segments cut anew (paper §4.2.2)."""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.languages import primary
from services.records import Segment
from services.script import in_script, script_of_language

MAX_COMPRESSION = 2.4  # Whisper's own threshold: more is a text that repeats itself
UNSURE_SILENCE = 0.4  # probability of "no speech" from which a farewell or a loop is not believed at all
MIN_REPEATS = 4  # of a run of words before it is a loop; poems and slogans say things three times
MAX_RUN = 12  # words in the longest run that is looked for
PAUSE_S = 1.5  # silence that always ends a segment
MIN_S = 2.0  # shorter sentences are joined with the next one
# Written on subtitles that Whisper learnt from, and never spoken in the news.
_INVENTED = re.compile(
    r"(subtitles?|captions?|transcri(pt|bed|ption))\w*(by|provided).*"
    r"|.*(amaraorg|castingwords|opensubtitlesorg|zeoranger).*"
    r"|(please|dontforgetto)?(like(and)?)?(subscribe)(to(my|our|the)channel)?"
    r"|.*(请不吝点赞|點贊訂閱|点赞订阅|订阅转发|打赏支持|明镜与点点|明镜需要您的支持).*"
    r"|.*(中文)?字幕(由|by|提供|志愿者|制作|校对).*"
    r"|(请)?订阅(我的|我们的|本)?频道"
    r"|优优独播剧场.*|以下是普通话.*"
)
# Also said at the end of a programme: left out only where the recognizer heard hardly anything.
_FAREWELL = re.compile(
    r"(thankyou|thanks)(so|very)?(much)?(for(watching|listening|viewing))?|seeyou(nexttime|inthenextvideo)"
    r"|you|bye(bye)?|(谢谢|感谢|多谢)(大家|您|你们|您的)?(的)?(观看|收看|收听|聆听)?|(我们)?下(期|次)(再见|见)|再见"
)
_SENTENCE_ENDS = frozenset(".!?。！？…;；")
_CLAUSE_ENDS = frozenset(",:、，：")
_CLOSING = "\"'”’)）」』》"
_ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "no.", "vs.", "gen.", "sen.", "rep.", "gov."})
_FULL_WIDTH = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；"}


@dataclass(frozen=True, slots=True)
class SpokenWord:
    start_s: float
    end_s: float
    text: str  # with the space before it, where the language writes one
    ends_clause: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of the recognizer's output. no_speech: its probability that nothing was said."""

    words: tuple[SpokenWord, ...]
    no_speech: float = 0.0

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


def segments_of(utterances: Sequence[Utterance], language: str) -> tuple[Segment, ...]:
    """The utterances as segments with origin "asr", by start; those that were not spoken are left out.

    language: BCP 47; Chinese is cut at 10 s (§4.2.2), others at 15 s, both at ends of sentences before
    """
    believed = [u for u in utterances if not is_invented(u)]
    words = without_loops([word for utterance in believed for word in _closed(utterance.words)])
    longest_s = 10.0 if primary(language) in ("zh", "yue", "ja") else 15.0
    return tuple(_segment(piece, language) for piece in cut(words, longest_s))


def is_invented(utterance: Utterance) -> bool:
    """Whether these are words that Whisper puts where nothing is said, or one phrase over and over."""
    bare = _bare(in_script(utterance.text, "simplified"))
    if not bare or _INVENTED.fullmatch(bare):
        return True
    kept = without_loops(utterance.words)
    is_suspect = len(kept) < len(utterance.words) or _FAREWELL.fullmatch(bare)
    if is_suspect and utterance.no_speech >= UNSURE_SILENCE:
        return True
    rest = "".join(word.text for word in kept).encode()
    return len(rest) > 40 and len(rest) / len(zlib.compress(rest)) > MAX_COMPRESSION


def without_loops(words: Sequence[SpokenWord]) -> list[SpokenWord]:
    """The words, with a run that comes four times or more in a row once."""
    bare = [_bare(word.text) for word in words]
    kept: list[SpokenWord] = []
    at = 0
    while at < len(words):
        length, repeats = _loop_at(bare, at)
        kept += words[at : at + length]
        at += length * repeats
    return kept


def cut(words: Sequence[SpokenWord], longest_s: float) -> list[tuple[SpokenWord, ...]]:
    """The words in pieces: at ends of sentences and pauses, and so that none lasts longer than `longest_s`.

    A piece that grows too long is cut at its last clause in the second half, else at its widest gap there.
    A single word may last longer.
    """
    pieces: list[tuple[SpokenWord, ...]] = []
    piece: list[SpokenWord] = []
    for word in words:
        if piece and word.start_s - piece[-1].end_s >= PAUSE_S:
            pieces.append(tuple(piece))
            piece = []
        while piece and word.end_s - piece[0].start_s > longest_s:
            n_kept = _best_cut([*piece, word])
            pieces.append(tuple(piece[:n_kept]))
            piece = piece[n_kept:]
        piece.append(word)
        if _ends_sentence(word.text) and word.end_s - piece[0].start_s >= MIN_S:
            pieces.append(tuple(piece))
            piece = []
    return [*pieces, tuple(piece)] if piece else pieces


def written(text: str, language: str) -> str:
    """The text in the language's script, with full-width signs after Chinese characters."""
    script = script_of_language(language)
    if script is None:
        return text
    signs = "".join(_FULL_WIDTH)
    wide = re.sub(rf"(?<=[\u3400-\u9fff])[{signs}] ?", lambda found: _FULL_WIDTH[found[0][0]], text)
    return in_script(wide, script)


def _closed(words: Sequence[SpokenWord]) -> list[SpokenWord]:
    """The words, the last one marked and followed by a space: Whisper writes Chinese mostly without signs."""
    last = words[-1]
    return [*words[:-1], SpokenWord(last.start_s, last.end_s, f"{last.text} ", ends_clause=True)]


def _segment(piece: Sequence[SpokenWord], language: str) -> Segment:
    text = written(" ".join("".join(word.text for word in piece).split()), language)
    start_s, end_s = piece[0].start_s, max(word.end_s for word in piece)
    return Segment(round(start_s, 3), round(max(end_s, start_s + 0.1), 3), text, "asr")


def _best_cut(words: Sequence[SpokenWord]) -> int:
    """How many of the words come before the cut; at least one, and at least one stays."""
    middle_s = (words[0].start_s + words[-1].end_s) / 2
    later = [n for n in range(1, len(words)) if words[n].start_s >= middle_s] or [len(words) - 1]
    clauses = [n for n in later if _ends_clause(words[n - 1])]
    if clauses:
        return clauses[-1]
    return max(later, key=lambda n: (words[n].start_s - words[n - 1].end_s, n))


def _ends_clause(word: SpokenWord) -> bool:
    return word.ends_clause or word.text.strip().rstrip(_CLOSING)[-1:] in _CLAUSE_ENDS | _SENTENCE_ENDS


def _ends_sentence(text: str) -> bool:
    word = text.strip().rstrip(_CLOSING)
    is_initial = re.fullmatch(r"([A-Z]\.)+", word) is not None
    return word[-1:] in _SENTENCE_ENDS and not is_initial and word.lower() not in _ABBREVIATIONS


def _loop_at(bare: Sequence[str], at: int) -> tuple[int, int]:
    """Length and number of the run that repeats from here on; (1, 1) if none does often enough."""
    for length in range(1, min(MAX_RUN, (len(bare) - at) // MIN_REPEATS) + 1):
        repeats = sum(1 for _ in _repeats(bare, at, length))
        if repeats >= MIN_REPEATS:
            return length, repeats
    return 1, 1


def _repeats(bare: Sequence[str], at: int, length: int) -> Iterator[int]:
    run = bare[at : at + length]
    while bare[at : at + length] == run and any(run):
        yield at
        at += length


def _bare(text: str) -> str:
    """Lower case letters, digits and characters alone."""
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).lower() if ch.isalnum())
