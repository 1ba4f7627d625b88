import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.tag_parse import MAX_TAG_CHARS, is_list, merge_tags, parse_tags, without_stump

FOUR = ("nucleic acid test", "Elderly vaccination", "老年人接种", "COVID-19")
LISTS = {
    "numbers": "1. nucleic acid test\n2) Elderly vaccination\n(3) 老年人接种\n4: COVID-19",
    "Chinese numbers": "1、nucleic acid test\n2、Elderly vaccination\n三、老年人接种\n④ COVID-19",
    "numbers in a line": "1. nucleic acid test, 2. Elderly vaccination, 3. 老年人接种, 4. COVID-19",
    "bullets": "- nucleic acid test\n* Elderly vaccination\n• 老年人接种\n– COVID-19",
    "bullets without a space": "-nucleic acid test\n-Elderly vaccination\n•老年人接种\n-COVID-19",
    "commas": "nucleic acid test, Elderly vaccination, 老年人接种, COVID-19.",
    "Chinese commas": "标签：nucleic acid test，Elderly vaccination、老年人接种；COVID-19。",
    "bars": "nucleic acid test | Elderly vaccination | 老年人接种 | COVID-19",
    "lines": "nucleic acid test\nElderly vaccination\n老年人接种\nCOVID-19",
    "hashtags": "#nucleic acid test #Elderly vaccination #老年人接种 #COVID-19",
    "JSON": '["nucleic acid test", "Elderly vaccination", "老年人接种", "COVID-19"]',
    "JSON in an object": '{"n": 4, "tags": ["nucleic acid test", "Elderly vaccination", "老年人接种", '
    '"COVID-19"]}',
    "JSON of objects": '[{"id": 1, "tag": "nucleic acid test"}, {"tag": "Elderly vaccination"}, '
    '{"tag": "老年人接种"}, {"tag": "COVID-19", "why": "it is named"}]',
    "a list of Python": "['nucleic acid test', 'Elderly vaccination', '老年人接种', 'COVID-19']",
    "quotes": '1. "nucleic acid test"\n2. “Elderly vaccination”\n3. 「老年人接种」\n4. `COVID-19`',
    "labels": "Tag 1: nucleic acid test\nTag 2: Elderly vaccination\n标签3：老年人接种\nTag 4: COVID-19",
}
MARKS = st.sampled_from(
    [*"\n\n\r\t ,，、;:：.。-*#|[]{}()\"'<>=/!?123", "1. ", "- ", "\u2028", "\x00", "\u202e", "ß"]
)


@pytest.mark.parametrize("form", LISTS)
def test_tags_are_found_in_every_form_of_list(form):
    assert parse_tags(LISTS[form], 4) == FOUR


@pytest.mark.parametrize("form", [f for f in LISTS if f not in ("hashtags", "lines", "labels")])
def test_what_is_said_before_and_after_is_no_tag(form):
    answer = f"Sure! Here are 4 short tags for these frames, as asked:\n\n{LISTS[form]}\n\nI hope this helps!"
    assert parse_tags(answer, 4) == FOUR


def test_json_with_too_few_tags_gives_just_them():
    assert parse_tags(LISTS["JSON in an object"], 10) == FOUR


def test_fenced_json_is_read():
    assert parse_tags(f"Here it is:\n```json\n{LISTS['JSON']}\n```\nDone.", 4) == FOUR


def test_what_is_said_behind_a_tag_is_left_out():
    answer = (
        "1. **Mass testing** - people stand in line\n2. Lockdown: the streets are empty\n"
        "3. Press conference (a man speaks)\n4. **Masks:** all wear them\n5. white coats – in the lab"
    )
    assert parse_tags(answer, 5) == ("Mass testing", "Lockdown", "Press conference", "Masks", "white coats")


def test_a_tag_comes_once_whatever_its_case():
    assert parse_tags("1. Masks\n2. masks\n3. MASKS\n4. vaccine", 10) == ("Masks", "vaccine")


def test_no_more_tags_than_asked_for_come_back():
    assert parse_tags("a1x, b2x, c3x, d4x", 2) == ("a1x", "b2x")
    assert parse_tags("a1x, b2x, c3x", 0) == ()


def test_headings_between_items_are_no_tags():
    answer = "* **Image tags:**\n  * mask\n  * lab coat\n* **Text tags:**\n  * lockdown"
    assert parse_tags(answer, 3) == ("mask", "lab coat", "lockdown")


def test_a_few_items_that_are_lists_are_split():
    assert parse_tags("- Pictures: mask, lab coat\n- Words: snow, ice", 10) == (
        "mask",
        "lab coat",
        "snow",
        "ice",
    )


def test_a_comma_within_one_of_many_items_stays():
    assert parse_tags("1. Beijing, China\n2. masks\n3. 10,000 people", 3) == (
        "Beijing, China",
        "masks",
        "10,000 people",
    )


def test_numbers_in_tags_are_kept():
    answer = "1. 2022 Winter Olympics\n2. 3.5 million doses\n3. 60岁以上老人优先\n4. 5G"
    assert parse_tags(answer, 4) == ("2022 Winter Olympics", "3.5 million doses", "60岁以上老人优先", "5G")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n ",
        "1.",
        "[1]",
        "I cannot give tags for that.",
        "很抱歉，我不能这样做。",
        "[" * 5000,
        "...",
        "!!!",
    ],
)
def test_an_answer_without_tags_gives_none(answer):
    assert parse_tags(answer, 10) == ()


def test_what_a_model_thinks_is_left_out():
    assert parse_tags("<think>\n1. maybe this\n</think>\n1. mask\n2. lab", 5) == ("mask", "lab")
    assert parse_tags("<think>\n1. never came to an end", 5) == ()


def test_markup_and_control_characters_are_removed():
    answer = "1. ma\x1b[31msk\x00\n2. <script>lab</script>\n3. [INST] ice [/INST]</s>\n4. \u202esnow"
    assert parse_tags(answer, 4) == ("ma [31msk", "lab", "ice", "snow")


def test_a_long_tag_is_cut_between_words():
    tag = parse_tags("1. " + "people who wait " * 20, 1)[0]
    assert tag == "people who wait people who wait people who wait people who"
    assert len(parse_tags("1. " + "字" * 500, 1)[0]) == MAX_TAG_CHARS


def test_merging_keeps_the_first_of_each_tag():
    assert merge_tags((("Ice", "snow"), ("SNOW", "ice", "sun")), 3) == ("Ice", "snow", "sun")


@given(
    st.one_of(st.text(max_size=300), st.lists(st.one_of(MARKS, st.text(max_size=8))).map("".join)),
    st.integers(0, 12),
)
@example("<!" + "a" * 40 + "\n>,[{}", 3)
def test_any_answer_gives_a_few_clean_tags(answer, n_tags):
    tags = parse_tags(answer, n_tags)
    assert len(tags) <= n_tags
    assert len({tag.casefold() for tag in tags}) == len(tags)
    for tag in tags:
        assert 0 < len(tag) <= MAX_TAG_CHARS
        assert tag == tag.strip()
        assert not any(unicodedata.category(c)[0] == "C" or c in "\n\u2028\u2029" for c in tag)


@given(
    st.lists(st.from_regex(r"[a-z]{3,9}( [a-z]{3,9})?", fullmatch=True), min_size=1, max_size=10, unique=True)
)
def test_a_plain_numbered_list_comes_back_whole(tags):
    answer = "\n".join(f"{n}. {tag}" for n, tag in enumerate(tags, 1))
    assert parse_tags(answer, len(tags)) == tuple(tags)


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        (
            "Tags: moon dust, Apollo: the return, footprints",
            ("moon dust", "Apollo: the return", "footprints"),
        ),
        ("Here are 3 tags for it: ice, Mars: a dream, budget", ("ice", "Mars: a dream", "budget")),
        ("标签：月球、火星：梦想、经费", ("月球", "火星：梦想", "经费")),
        ("[1] moon\n[2] dust\n[3] C#", ("moon", "dust", "C#")),
        ("【1】月球\n【2】月尘", ("月球", "月尘")),
        ("moon [1], dust [2], ice [3]", ("moon", "dust", "ice")),
        ("[1] moon, [2] dust, [3] ice", ("moon", "dust", "ice")),
        ("C#, F#, #Python", ("C#", "F#", "Python")),
        ("1. **C#**\n2. C++", ("C#", "C++")),
    ],
)
def test_odd_lists_are_read_as_they_are_meant(answer, tags):
    assert parse_tags(answer, 3) == tags


@pytest.mark.parametrize(
    "answer",
    [
        "I cannot assist with that",
        "As an AI, I'm unable to view images, watch videos, or analyze frames",
        "Sure, here are some thoughts, as you asked, about the moon",
        "Unfortunately, there are no frames, captions, or images",
        "Sorry, but this is hard, long, and dull",
        "I’m sorry, but I can’t, will not, and must not",
        "抱歉，我无法查看图片，视频，和字幕",
        "作为一个AI，我不能看图，听声，说话",
        "对不起，图片，视频，字幕",
    ],
)
def test_refusals_and_polite_words_are_no_tags(answer):
    assert parse_tags(answer, 10) == ()


@pytest.mark.parametrize(
    "answer",
    [
        "Sure, here are 3 tags: moon, crater, dust",
        "Of course! Here is what I see: moon, crater, and dust",
        "I cannot see pictures, videos, or sounds\nmoon, crater, dust",
    ],
)
def test_tags_behind_polite_words_are_kept(answer):
    assert parse_tags(answer, 10) == ("moon", "crater", "dust")


@pytest.mark.parametrize("separator", ["\n", ", "])
@pytest.mark.parametrize(
    "first", ["Ice rink", "Surface", "Iran", "I-95", "I Have a Dream", "以色列", "我国经济"]
)
def test_tags_that_begin_like_chatter_are_kept(first, separator):
    tags = (first, "Sure Start", "moon")
    assert parse_tags(separator.join(tags), 10) == tags


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        ("１．月球着陆\n２．登月舱", ("月球着陆", "登月舱")),
        ("a) moon\nb) crater", ("moon", "crater")),
        ("(i) moon\n(ii) crater", ("moon", "crater")),
        ("i. moon\nii. crater", ("moon", "crater")),
        ("A. moon\nB. crater", ("moon", "crater")),
        ("a cappella\nA. Smith", ("a cappella", "A. Smith")),
        ("A. Smith\nC. difficile", ("A. Smith", "C. difficile")),
        ("| Tag | Why |\n|---|---|\n| moon | round |\n| crater | deep |", ("moon", "crater")),
        ("| # | Word |\n|:-:|---|\n| 1 | moon |\n| 2 | crater |", ("moon", "crater")),
        ("moon, crater, and flag planting", ("moon", "crater", "flag planting")),
        ("月球、登月舱，以及国旗", ("月球", "登月舱", "国旗")),
        ("Andes, orbit, andirons", ("Andes", "orbit", "andirons")),
    ],
)
def test_marks_heads_and_conjunctions_are_no_part_of_tags(answer, tags):
    assert parse_tags(answer, 10) == tags


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        ("1. moon landing\n2. lunar du", ("moon landing",)),
        ("1. moon landing 2. lunar du", ("moon landing",)),
        ("1. moon landing\n2. lunar dust\n", ("moon landing", "lunar dust")),
        ("1. moon landing\n2. Beijing, Chi", ("moon landing",)),
        ("Tags: moon, crater, lunar du", ("moon", "crater")),
        ("moon landing\nlunar du", ("moon landing",)),
        ('["moon landing", "lunar du', ("moon landing",)),
        ('Here:\n```json\n{"tags": [\n"moon landing",\n"lunar du', ("moon landing",)),
        ('[{"tag": "moon landing", "why": "x"}, {"tag": "lunar du', ("moon landing",)),
        ('[{"tag": "moon landing", "why": "x', ()),
        ("lunar du", ()),
        ("", ()),
    ],
)
def test_an_answer_that_was_cut_off_loses_its_last_item_alone(answer, tags):
    assert parse_tags(without_stump(answer), 10) == tags


@given(st.lists(st.one_of(MARKS, st.text(max_size=8))).map("".join))
def test_what_is_left_of_a_cut_answer_is_its_beginning(answer):
    assert answer.startswith(without_stump(answer).rstrip("]}"))


@pytest.mark.parametrize("form", LISTS)
def test_lists_are_told_from_plain_lines(form):
    plain = ("commas", "Chinese commas", "bars", "lines", "a list of Python")
    assert is_list(LISTS[form]) == (form not in plain)
