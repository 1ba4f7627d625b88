"""Texts are corrected as groups: nothing is lost, whatever is done in whatever order, or fetched again."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import AnalysisError
from services.recipe import Piece, TextEdit
from services.records import Segment
from services.segment_edits import (
    SegmentGone,
    Texts,
    apply,
    inserted,
    merged,
    originals,
    restored,
    split,
    with_text,
    with_texts,
    with_times,
)
from services.segment_ids import numbered

WORDS = ("the rocket waits", "for its crew", "of three men", "on the pad", "at the sea")
ACTS = ("write", "move", "split", "merge", "insert", "restore")


def transcript(n: int = 5, shift_s: float = 0.0) -> tuple[Segment, ...]:
    return numbered(
        Segment(4.0 * row + shift_s, 4.0 * row + 3 + shift_s, WORDS[row % 5], "asr") for row in range(n)
    )


TEXTS = Texts(transcript())


def shown(edits: tuple[TextEdit, ...], original: tuple[Segment, ...] = TEXTS.original) -> list[str]:
    return [segment.text for segment in apply(original, edits)]


def acted(texts: Texts, act: str, place: int) -> Texts:
    """One correction of the segment at a place; what is refused changes nothing."""
    segments = texts.segments
    at = segments[place % len(segments)]
    try:
        if act == "write":
            edits = with_text(texts, at.id, f"{at.text} indeed")
        elif act == "move":
            edits = with_times(texts, at.id, start_s=at.start_s + 0.25)
        elif act == "split":
            edits = split(texts, at.id, len(at.text) // 2)
        elif act == "merge":
            edits = merged(texts, at.id)
        elif act == "insert":
            edits = inserted(texts, at.id, "more words")
        else:
            edits = restored(texts, at.id)
    except AnalysisError:
        return texts
    return Texts(texts.original, edits)


@st.composite
def corrected(draw: st.DrawFn) -> Texts:
    texts = Texts(transcript(draw(st.integers(1, 8))))
    for act, place in draw(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 20)), max_size=8)):
        texts = acted(texts, act, place)
    return texts


# What holds whatever is done


@given(corrected())
def test_groups_never_overlap_and_ids_stay_unique(texts: Texts):
    replaced = [one for edit in texts.edits for one in edit.replaces]
    assert len(replaced) == len(set(replaced))
    assert set(replaced) <= {segment.id for segment in texts.original}
    ids = [segment.id for segment in texts.segments]
    assert len(ids) == len(set(ids))


@given(corrected(), st.randoms())
def test_the_order_in_which_edits_are_stored_does_not_matter(texts: Texts, random: object):
    turned = list(texts.edits)
    random.shuffle(turned)  # pyright: ignore[reportAttributeAccessIssue]
    assert apply(texts.original, turned) == texts.segments


@given(corrected())
def test_segments_are_by_start_and_have_words_and_time(texts: Texts):
    segments = texts.segments
    assert list(segments) == sorted(segments, key=lambda s: (s.start_s, s.id))
    assert all(segment.text.strip() and segment.start_s < segment.end_s for segment in segments)


@given(corrected())
def test_restoring_every_changed_segment_brings_the_original_back(texts: Texts):
    while changed := originals(texts):
        texts = Texts(texts.original, restored(texts, next(iter(changed))))
    assert (texts.edits, texts.segments) == ((), texts.original)


@given(corrected(), st.integers(-450, 450))
def test_nothing_is_lost_when_captions_come_again_with_shifted_starts(texts: Texts, shift_ms: int):
    again = numbered(
        dataclasses.replace(s, start_s=s.start_s + 1 + shift_ms / 1000, end_s=s.end_s + 1 + shift_ms / 1000)
        for s in texts.original
    )
    there = numbered(dataclasses.replace(s, start_s=s.start_s + 1, end_s=s.end_s + 1) for s in texts.original)
    moved = tuple(
        TextEdit(
            tuple(one + 1000 for one in edit.replaces),
            tuple(Piece(p.id + 1000, p.start_s + 1, p.end_s + 1, p.text) for p in edit.by),
        )
        for edit in texts.edits
    )
    assert (
        sorted(shown(moved, again))
        == sorted(shown(moved, there))
        == sorted(shown(texts.edits, texts.original))
    )


@given(corrected())
def test_every_corrected_text_stays_on_a_quite_different_transcript(texts: Texts):
    other = numbered(Segment(1.7 * n, 1.7 * n + 1.2, f"other {n}") for n in range(9))
    made = [piece.text for edit in texts.edits for piece in edit.by]
    left = shown(texts.edits, other)
    assert all(left.count(text) >= made.count(text) for text in made)


@given(st.integers(0, 4), st.integers(1, 15))
def test_split_then_merge_gives_the_text_back(place: int, at: int):
    segment = TEXTS.original[place]
    at = min(at, len(segment.text) - 1)
    parts = Texts(TEXTS.original, split(TEXTS, segment.id, at))
    assert merged(parts, segment.id) == ()


def test_a_chinese_text_is_split_and_merged_without_a_space():
    texts = Texts(numbered([Segment(0, 4, "火箭在发射台上等候")]))
    parts = Texts(texts.original, split(texts, 0, 2))
    assert [s.text for s in parts.segments] == ["火箭", "在发射台上等候"]
    assert merged(parts, 0) == ()


def test_many_texts_at_once_are_as_one_after_the_other():
    new = {0: "one", 8000: "three"}
    one = Texts(TEXTS.original, with_text(TEXTS, 0, "one"))
    assert with_texts(TEXTS, new) == with_text(one, 8000, "three")


# Each correction


def test_a_rewritten_segment_keeps_its_id_its_times_and_its_origin():
    edits = with_text(TEXTS, 4000, "  for   the crew ")
    assert edits == (TextEdit((4000,), (Piece(4000, 4.0, 7.0, "for the crew"),)),)
    assert apply(TEXTS.original, edits)[1] == Segment(4.0, 7.0, "for the crew", "asr", 4000)


def test_the_original_text_written_again_is_no_correction():
    again = Texts(TEXTS.original, with_text(TEXTS, 4000, "else"))
    assert with_text(again, 4000, "for its crew") == ()


def test_other_times_keep_the_id_so_that_the_frame_choice_stays():
    later = apply(TEXTS.original, with_times(TEXTS, 4000, start_s=9.0, end_s=10.0))
    assert [s.id for s in later] == [0, 8000, 4000, 12000, 16000]


def test_a_split_divides_the_time_as_the_characters_or_where_it_is_told():
    first, second = apply(TEXTS.original, split(TEXTS, 0, 10))[:2]
    assert (first.text, second.text) == ("the rocket", "waits")
    assert (first.id, first.end_s, second.start_s, second.end_s) == (0, 1.875, 1.875, 3.0)
    assert apply(TEXTS.original, split(TEXTS, 0, 10, 2.5))[1].start_s == 2.5


def test_a_split_of_a_split_is_one_group():
    once = Texts(TEXTS.original, split(TEXTS, 0, 10))
    (edit,) = split(once, 0, 3)
    assert (edit.replaces, [piece.text for piece in edit.by]) == ((0,), ["the", "rocket", "waits"])


def test_a_merge_of_changed_neighbours_is_one_group():
    texts = Texts(TEXTS.original, with_text(TEXTS, 4000, "for the crew"))
    (edit,) = merged(texts, 0)
    assert edit == TextEdit((0, 4000), (Piece(0, 0.0, 7.0, "the rocket waits for the crew"),))


def test_an_inserted_segment_fills_the_gap_or_lies_over_what_follows():
    gap = apply(TEXTS.original, inserted(TEXTS, 0, "it is cold"))[1]
    assert (gap.start_s, gap.end_s, gap.origin, gap.id) == (3.0, 4.0, "edited", 3000)
    dense = Texts(numbered([Segment(0, 4, "a"), Segment(4, 8, "b")]))
    over = apply(dense.original, inserted(dense, 0, "c"))[2]
    assert (over.start_s, over.end_s, over.id) == (4.0, 6.0, 4001)


def test_a_segment_replaced_by_none_is_gone():
    assert len(apply(TEXTS.original, (TextEdit((4000,)),))) == 4


def test_what_a_changed_segment_stood_for_is_told():
    texts = Texts(TEXTS.original, inserted(Texts(TEXTS.original, merged(TEXTS, 0)), 16000, "end"))
    assert originals(texts) == {0: "the rocket waits for its crew", 19000: ""}


# Captions that came again


def test_a_change_without_its_segment_takes_the_place_of_what_it_overlaps_by_half():
    edits = with_text(TEXTS, 4000, "for the crew")
    anew = numbered([Segment(0, 3, "x"), Segment(4.8, 7.0, "for it's crew"), Segment(6.9, 9.9, "y")])
    assert shown(edits, anew) == ["x", "for the crew", "y"]


def test_a_change_without_a_place_stays_beside_the_rest():
    edits = with_text(TEXTS, 4000, "for the crew")
    assert shown(edits, numbered([Segment(20, 23, "x")])) == ["for the crew", "x"]


# Refusals


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_an_empty_and_an_overlong_text_are_refused(text: str):
    with pytest.raises(AnalysisError, match=r"The text at 0:04 would .* stays as it was"):
        with_text(TEXTS, 4000, text)


def test_a_text_of_two_thousand_characters_is_taken():
    assert shown(with_text(TEXTS, 4000, "猫" * 2000))[1] == "猫" * 2000


@pytest.mark.parametrize("times", [{"end_s": 4.0}, {"start_s": 7.5}, {"start_s": -1.0}])
def test_an_end_before_its_start_is_refused(times: dict[str, float]):
    with pytest.raises(AnalysisError, match=r"at 0:04 would start .* has to end after it starts"):
        with_times(TEXTS, 4000, **times)


@pytest.mark.parametrize("at", [0, 16])
def test_a_split_that_leaves_nothing_on_a_side_is_refused(at: int):
    with pytest.raises(AnalysisError, match="both parts need words"):
        split(TEXTS, 0, at)


def test_the_last_segment_cannot_be_merged_and_one_that_is_gone_cannot_be_changed():
    with pytest.raises(AnalysisError, match="last segment"):
        merged(TEXTS, 16000)
    with pytest.raises(SegmentGone, match="another tab"):
        with_text(TEXTS, 4321, "x")
