"""What a chat model says beside its tags, told by how a line begins: refusals, polite words (paper §7.2)."""

import re

# "I-95", "Iran" and "I Have a Dream" begin no remark: one goes on with a small letter after "I ".
_REFUSAL = re.compile(
    r"(?:I['’]m|I am|I)\s+(?:\w+\s+){0,2}?"
    r"(?:cannot|can['’]t|couldn['’]t|unable|not|sorry|don['’]t|won['’]t|apologi[sz]e)\b"
    r"|(?i:as an?\s+(?:(?:\w+\s+){0,3}(?:model|assistant)|AI)\b)"
    r"|(?i:(?:my apologies|apologies|unfortunately)\b)"
    r"|(?i:sorry(?:[,.!:]|\s+(?:but|I|for|about|that|we)\b))"
    r"|(?:非常|很|十分)?抱歉|对不起|對不起|作为(?:一[个名位]|AI|人工|语言|大|助)|作為(?:一[個名位]|AI|人工|語言|大|助)"
    r"|我(?:无法|無法|不能|没法|没有办法|很?抱歉)"
)
_POLITE = re.compile(
    r"I(?:['’](?:m|ve|ll|d)\b|\s+(?!have a dream|beams?\b|love\b)[a-z])"
    r"|(?i:(?:sure|okay|ok|absolutely|great)[,.!:])"
    r"|(?i:(?:sure thing|certainly|of course)\b)"
    r"|(?i:here(?:\s+(?:are|is)\b|['’]s\b))"
    r"|(?i:based on (?:the|your)\s+(?:images?|captions?|texts?|frames?|provided|given|video|descriptions?)\b)"
    r"|(?i:please\s+(?:provide|share|upload|note|let)\b|let me\b|thank(?:s| you) for\b)"
    r"|以下|(?:好的|当然|當然)(?:[，,。.！!：:]|可以|[，,]?以下|\s*$)|我(?:是一|可以|将为|将會|来为|为[您你])"
)
_COLON = re.compile(r"[:：]")


def without_chatter(line: str) -> str:
    """The line, what is behind the colon of polite words ("Sure, here they are: ice, snow"), or ""."""
    if _REFUSAL.match(line):
        return ""
    if not _POLITE.match(line):
        return line
    colon = _COLON.search(line)
    return line[colon.end() :].strip() if colon else ""
