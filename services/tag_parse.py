"""Tags out of what a chat model answers, in whatever form it comes (paper §3.4.2, §7.2).

The answer may say anything: what comes back is short, on one line and without control characters.
"""

import contextlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from services.labels import one_line
from services.tag_chatter import without_chatter

MAX_ANSWER_CHARS = 20_000
MAX_TAG_CHARS = 60
MAX_TAG_WORDS = 8  # of a line without number or bullet: a longer one is a remark
MAX_JSON_TRIES = 20  # brackets at which a list may begin
MAX_ENDS = 60  # marks of JSON that was cut off, from its end on, at which it may be closed

_NUMBER = r"(?:\(?\d{1,2}\s?[.．)）、]|（\d{1,2}）|[①-⑳]|[一二三四五六七八九十]{1,2}、)(?!\d)"
_LABELLED = r"(?:(?:tag|keyword|标签|关键词)\s*)?\d{1,2}\s?[:：](?!\d)"
_BRACKETED = r"[\[【]\d{1,2}[\]】]"
_LETTER = r"[(（]?(?:[A-Za-z]|[ivx]{2,4})[)）]"
_BULLET = r"(?:[-*•·●▪◦‣–—○★✓]\s|[-•·●▪◦‣○★✓](?=\w)|#(?=\w))"
_MARK = rf"(?:{_NUMBER}|{_BRACKETED}|{_LABELLED}|{_LETTER}|{_BULLET})"
_ITEM = re.compile(rf"\s*{_MARK}\s*(?P<text>.*)", re.IGNORECASE)
_DOTTED = re.compile(r"\s*(?P<mark>[A-Za-z]|[ivx]{2,4})[.．]\s+(?P<text>\S.*)")
_DOTTED_MARKS = (tuple("abcdefghijklmnopqrst"), ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
_AND = re.compile(r"(?:(?:and|or)\s+(?=\S)|以及)")
_JSON_START = re.compile(r'[\[{]\s*["\[{]')
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")  # below the head of a table
_COLUMN = re.compile(r"\W*(?:tags?|keywords?|标签|關鍵詞|关键词)\W*", re.IGNORECASE)
_INLINE_NUMBER = re.compile(rf"(?<=[^\s,，;；、])[\s,，;；、]+(?={_NUMBER}\s*\S)")
_COMMAS = re.compile(r"\s*(?:,(?!(?<=\d,)\d{3}(?!\d))|[，、;；|])\s*")  # not the one in 10,000
_HASHTAGS = re.compile(r"#(?=\w)")
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-zA-Z!/|][^<>\n]{0,40}>|\[/?INST\]|```\w*")
_LABEL = re.compile(r"(?:tags?|keywords?|标签|關鍵詞|关键词)\s*\d*\s*[:：]\s*", re.IGNORECASE)
_INTRODUCTION = re.compile(
    r"[^,，、;；:：]*(?:tags?|keywords?|标签|關鍵詞|关键词)[^,，、;；:：]{0,40}[:：]\s*(?=\S)", re.IGNORECASE
)
_REFERENCE = re.compile(r"^\s*\[\d{1,2}\]|\[\d{1,2}\]\s*$")
_SHARP = re.compile(r"(?<!\w)[A-Za-z]#$")  # C#, F#
_REMARK = re.compile(r"\s*[:：]\s+|：|\s+[-–—]\s+|\s*——\s*|\s*[(（]")
_BOLD = re.compile(r"\*\*(?P<text>[^*\n]+?)\*\*|__(?P<other>[^_\n]+?)__")
_REMARK_END = ("!", "?", "！", "？", ":", "：")
_SENTENCE_END = (*_REMARK_END, ".", "。", "…")
_SENTENCE = re.compile(r"[!?。！？]")
_EDGES = " \t.,;:!?。，、；：！？．…·*_`~#=|/\\\"'“”‘’«»「」『』《》〈〉【】[]{}<>-–—•\ufffd"


def parse_tags(answer: str, n_tags: int) -> tuple[str, ...]:
    """At most n_tags different tags of the answer, in its order; () where it holds none.

    Understood are JSON, numbered and bulleted lists, comma lists (，、; too), hashtags and one tag a line,
    with remarks before, after and behind the tags.
    """
    text = _plain(answer)
    return merge_tags([_from_json(text) or _from_lines(text, n_tags)], n_tags)


def is_list(answer: str) -> bool:
    """Whether the tags are told apart by JSON, a table, numbers or bullets, not guessed from plain lines."""
    text = _plain(answer)
    return bool(_from_json(text) or _items(text))


def without_stump(answer: str) -> str:
    """An answer that was cut off, without the item, or the line, at which that happened."""
    if (closed := _closed_json(answer)) is not None:
        return closed
    head, line_end, last = answer.rpartition("\n")
    hashes = [match.start() for match in _HASHTAGS.finditer(last)]
    starts = [match.start() for match in _INLINE_NUMBER.finditer(last)] or (hashes if len(hashes) > 1 else [])
    if not starts and not _ITEM.fullmatch(last):
        starts = [match.start() for match in _COMMAS.finditer(last)]
    return head + line_end + last[: max(starts, default=0)]


def _closed_json(answer: str) -> str | None:
    """The answer up to the last whole item of its JSON, and what closes that; None if it has no JSON."""
    begun = _JSON_START.search(answer)
    if begun is None:
        return None
    start = begun.start()
    ends = [match.end() for match in re.finditer(r'["}\]]', answer)]
    for end in reversed(ends[-MAX_ENDS:]):
        for closing in ("", "]", "]}"):
            with contextlib.suppress(ValueError, RecursionError):
                if _strings(json.loads(answer[start:end] + closing)):
                    return answer[:end] + closing
    return answer[:start]


def merge_tags(lists: Iterable[Sequence[str]], n_tags: int) -> tuple[str, ...]:
    """The first n_tags tags of the lists, one after the other, each once whatever its case."""
    merged: dict[str, str] = {}
    for tag in (tag for tags in lists for tag in tags):
        merged.setdefault(unicodedata.normalize("NFKC", tag).casefold(), tag)
    return tuple(merged.values())[: max(n_tags, 0)]


def _plain(answer: str) -> str:
    """Lines without control characters, markup of models and what they say while they think."""
    lines = [one_line(line) for line in answer[:MAX_ANSWER_CHARS].splitlines()]
    return _MARKUP.sub(" ", _THINKING.sub("\n", "\n".join(lines)))


def _from_json(text: str) -> list[str]:
    """The strings of the first JSON list that has any."""
    decoder = json.JSONDecoder()
    for start in [match.start() for match in re.finditer(r"[\[{]", text)][:MAX_JSON_TRIES]:
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if strings := _strings(value):
            return [tag for string in strings if (tag := _clean(string))]
    return []


def _strings(value: Any) -> list[str]:
    """Strings of a list, the first of each object in it ({"tag": …}), or those of an object's first list."""
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        return _strings(lists[0]) if lists else []
    if not isinstance(value, list):
        return []
    items = [list(item.values()) if isinstance(item, dict) else [item] for item in value]
    firsts = [next((x for x in values if isinstance(x, str)), "") for values in items]
    return [first for first in firsts if first]


def _from_lines(text: str, n_tags: int) -> list[str]:
    items = _items(text)
    if not items:
        return _from_bare_lines(text.split("\n"))
    # A few items for many tags: each is a list of its own, such as one of the pictures and one of the words.
    if len(items) * 2 <= n_tags:
        items = [piece for item in items for piece in _pieces(item)]
    return [tag for item in items if (tag := _tag_of_item(item))]


def _items(text: str) -> list[str]:
    """The texts of a table's rows, or behind numbers, letters and bullets; [] where there are none."""
    lines = text.split("\n")
    if cells := _cells(lines):
        return cells
    lines = [line for raw in lines for line in _INLINE_NUMBER.sub("\n", raw).split("\n")]
    return [match["text"] for line in lines if (match := _ITEM.fullmatch(line))] or _dotted(lines)


def _cells(lines: Sequence[str]) -> list[str]:
    """A Markdown table's column of tags: the one whose head says so, else the first that has words."""
    rule = next((i for i, line in enumerate(lines) if i and "|" in line and _RULE.fullmatch(line)), 0)
    if not rule:
        return []
    head, *rows = [_row(line) for line in (lines[rule - 1], *lines[rule + 1 :]) if "|" in line] or [[]]
    named = [i for i, title in enumerate(head) if _COLUMN.fullmatch(title)]
    cells = [cell for row in rows if (cell := _cell(row, named))]
    return [match["text"] if (match := _ITEM.fullmatch(cell)) else cell for cell in cells]


def _row(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _cell(row: Sequence[str], named: Sequence[int]) -> str:
    """The cell of the row in the first of these columns, else the first that has a letter, else ""."""
    if named and named[0] < len(row):
        return row[named[0]]
    return next((cell for cell in row if any(c.isalpha() for c in cell)), "")


def _dotted(lines: Sequence[str]) -> list[str]:
    """The texts behind "a.", "b." or "i.", "ii." where all are in order: "A. Smith" alone is a name."""
    matches = [match for line in lines if (match := _DOTTED.fullmatch(line))]
    marks = tuple(match["mark"].lower() for match in matches)
    is_list = len(marks) >= 2 and any(marks == known[: len(marks)] for known in _DOTTED_MARKS)
    return [match["text"] for match in matches] if is_list else []


def _from_bare_lines(lines: Sequence[str]) -> list[str]:
    """Tags from lines without number or bullet: comma lists if there are any, else one a line."""
    said = [without_chatter(line.strip()) for line in lines if not line.strip().endswith(_REMARK_END)]
    lists = [pieces for line in said if len(pieces := _pieces(line)) >= 3]
    if not lists:
        short = [line for line in said if _is_short(line) and not line.endswith(_SENTENCE_END)]
        lists = [_pieces(line) for line in short if not _SENTENCE.search(line)]
    return [tag for pieces in lists for piece in pieces if _is_short(piece) and (tag := _clean(piece))]


def _pieces(line: str) -> list[str]:
    """What stands between commas or hashes, after an introduction that ends with a colon."""
    if match := _INTRODUCTION.match(line):
        line = line[match.end() :]
    introduction, colon, rest = line.replace("：", ":").rpartition(":")
    line = rest if colon and _COMMAS.search(rest) and not _COMMAS.search(introduction[-20:]) else line
    separator = _HASHTAGS if len(_HASHTAGS.findall(line)) >= 2 else _COMMAS
    pieces = [piece for piece in separator.split(line) if piece.strip()]
    return [*pieces[:-1], _AND.sub("", pieces[-1], count=1)] if len(pieces) > 1 else pieces


def _tag_of_item(item: str) -> str:
    """The tag of "**tag**: why", "Tag 3: tag", "tag – why" or "tag (why)"."""
    item = item.strip()
    if label := _LABEL.match(item):
        item = item[label.end() :]
    if item.rstrip("*_ ").endswith((":", "：")):
        return ""  # a heading
    bold = _BOLD.match(item)
    if bold and (tag := _clean(bold["text"] or bold["other"] or "")):
        return tag
    return next((tag for part in _REMARK.split(item) if (tag := _clean(part))), "")


def _is_short(text: str) -> bool:
    return len(text.split()) <= MAX_TAG_WORDS and len(text.strip()) <= MAX_TAG_CHARS


def _clean(text: str) -> str:
    """The text on one line, without marks around it, at most 60 characters; "" if it says nothing."""
    shown = _REFERENCE.sub("", one_line(text))
    tag = shown.strip(_EDGES)
    if _SHARP.search(shown.rstrip(_EDGES.replace("#", ""))):
        tag += "#"
    if len(tag) > MAX_TAG_CHARS:
        cut = tag[: MAX_TAG_CHARS + 1]
        tag = (cut.rsplit(" ", 1)[0] if " " in cut else cut[:MAX_TAG_CHARS]).strip(_EDGES)
    # A number such as [1] is a reference; 2022 may be a tag.
    return tag if any(c.isalpha() for c in tag) or sum(c.isalnum() for c in tag) > 2 else ""
