"""Only segments whose words differ are shown, with the words that differ marked."""

from hypothesis import given
from hypothesis import strategies as st

from services.disagreements import Disagreement, Piece, disagreements
from services.records import Segment
from services.segment_ids import numbered


def timed(*texts: str, each_s: float = 5.0, start_s: float = 0.0) -> tuple[Segment, ...]:
    return numbered(
        Segment(start_s + n * each_s, start_s + (n + 1) * each_s, text, "asr") for n, text in enumerate(texts)
    )


def one(speech: str, burnt_in: str) -> Disagreement:
    (found,) = disagreements(timed(speech), timed(burnt_in))
    return found


def test_script_width_signs_and_case_make_no_difference():
    speech = timed("這兩天，COVID-19 的案例", "older people, vaccinated", "疫苗2022年")
    assert (
        disagreements(speech, timed("这两天covid19的案例", "Older people vaccinated!", "疫苗２０２２年"))
        == ()
    )


def test_words_that_differ_are_marked_in_both_readings():
    found = one("这部证论大片披露了细节", "这部政论大片披露了细节。")
    assert (found.segment_id, found.start_s, found.end_s) == (0, 0.0, 5.0)
    assert "".join(p.text for p in found.speech if p.is_other).startswith("证论")
    assert "".join(p.text for p in found.burnt_in if p.is_other).startswith("政论")
    assert (found.speech_text, found.burnt_in_text) == ("这部证论大片披露了细节", "这部政论大片披露了细节。")


def test_english_words_are_compared_whole():
    found = one("Dr. Surge the old to get shots", "Doctors urge the old to get shots")
    assert found.burnt_in[-1] == Piece("the old to get shots", False)


def test_what_is_said_while_no_subtitle_is_shown_is_no_disagreement():
    speech = timed("第一句话在这里", "第二句话没有字幕")
    assert disagreements(speech, timed("第一句话在这里")) == ()
    assert disagreements(speech, []) == ()
    assert disagreements([], timed("字幕")) == ()


def test_several_subtitles_stand_beside_one_segment():
    speech = timed("那么到目前为止的话没有接种新冠疫苗", each_s=6)
    lines = timed("那么到目前为止的话", "没有接种新冠疫苗", each_s=3)
    assert disagreements(speech, lines) == ()


def test_a_word_that_the_other_reading_has_next_door_is_no_disagreement():
    speech = timed("老年人应该接种", "疫苗来保护自己")
    assert disagreements(speech, timed("老年人应该接种疫苗", "来保护自己")) == ()


def test_taking_the_burnt_in_text_does_not_repeat_the_segment_next_door():
    speech = timed("老年人应该接神", "疫苗来保护自己")
    (found,) = disagreements(speech, timed("老年人应该接种疫苗", "来保护自己"))
    assert found.burnt_in_text == "老年人应该接种"


texts = st.lists(st.text(alphabet="老年人接种疫苗 ab，。", min_size=1, max_size=12), max_size=6)


@given(texts)
def test_a_text_agrees_with_itself(lines: list[str]):
    assert disagreements(timed(*lines), timed(*lines)) == ()


@given(texts, texts)
def test_the_pieces_of_the_speech_are_its_text(speech: list[str], burnt_in: list[str]):
    segments = timed(*speech)
    for found in disagreements(segments, timed(*burnt_in)):
        said = next(segment.text for segment in segments if segment.id == found.segment_id)
        assert found.speech_text == said.strip()
        assert any(piece.is_other for piece in (*found.speech, *found.burnt_in))
