"""Captions come from a local server that answers as YouTube does; each of its refusals has its words."""

import time

import pytest
import requests

from services.errors import AnalysisError, Cancelled
from services.youtube_captions import fetch_captions
from services.youtube_errors import YouTubeTrouble
from tests.fakes import CAPTCHA_PAGE, Answer, FakeYouTube

ID = "doP5UacBlt0"
ENGLISH = ((0.0, 3.76, "health officials here"), (1.92, 3.68, "in new york city"))
CHINESE = ((0.0, 8.0, "老年人要接种新冠疫苗吗？"), (8.0, 8.0, "左右的保护。"))


def test_captions_come_with_chinese_text_times_and_track(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("zh-Hans", CHINESE)])
    transcript = fetch_captions(ID, "zh", session=fake_youtube.session())
    assert [s.text for s in transcript.segments] == ["老年人要接种新冠疫苗吗？", "左右的保护。"]
    assert transcript.segments[1].start_s == 8.0
    assert (transcript.language, transcript.is_generated) == ("zh-Hans", False)
    assert transcript.source == "YouTube: zh-Hans captions"


def test_overlapping_captions_keep_their_times(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("en", ENGLISH, is_generated=True)])
    first, second = fetch_captions(ID, "en", session=fake_youtube.session()).segments
    assert (first.end_s, second.start_s) == (3.76, 1.92)


@pytest.mark.parametrize(
    ("wish", "manual", "generated", "expected"),
    [
        ("zh", ["zh-TW", "zh-Hans"], [], ("zh-Hans", False)),
        ("zh", ["zh-TW", "en"], ["zh-Hans"], ("zh-TW", False)),
        ("zh", ["en"], ["zh"], ("zh", True)),
        ("zh-Hant", ["zh-CN", "zh-HK"], [], ("zh-HK", False)),
        ("en", ["zh"], ["en"], ("en", True)),
        ("en", ["en-GB"], ["en"], ("en-GB", False)),
        ("en", ["en-nP7-2PuUl7o"], [], ("en-nP7-2PuUl7o", False)),
        ("de", ["de-AT", "en"], [], ("de-AT", False)),
    ],
)
def test_the_best_track_of_the_language_is_taken_and_written_ones_before_automatic_ones(
    fake_youtube: FakeYouTube,
    wish: str,
    manual: list[str],
    generated: list[str],
    expected: tuple[str, bool],
):
    tracks = [fake_youtube.add_track(code, ENGLISH) for code in manual]
    tracks += [fake_youtube.add_track(code, ENGLISH, is_generated=True) for code in generated]
    fake_youtube.add_player(ID, tracks=tracks)
    transcript = fetch_captions(ID, wish, session=fake_youtube.session())
    assert (transcript.language, transcript.is_generated) == expected


def trouble(fake: FakeYouTube, language: str = "en") -> YouTubeTrouble:
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_captions(ID, language, session=fake.session())
    assert isinstance(caught.value, AnalysisError)
    assert str(caught.value).startswith(f"YouTube video {ID}: ")
    assert "github" not in str(caught.value).lower()
    return caught.value


def test_captions_that_are_turned_off_are_told(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID)
    error = trouble(fake_youtube)
    assert error.code == "no_captions"
    assert "there are none at all" in str(error)


def test_a_language_without_captions_is_told_with_those_there_are(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track(code, ENGLISH) for code in ("es", "en")])
    error = trouble(fake_youtube, "zh")
    assert error.code == "no_captions"
    assert "(zh; there are: en, es)" in str(error)


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot", "blocked"),
        ("LOGIN_REQUIRED", "This video may be inappropriate for some users.", "sign_in"),
        ("LOGIN_REQUIRED", "This video is private", "sign_in"),
        ("ERROR", "This video is unavailable", "gone"),
        ("UNPLAYABLE", "The uploader has not made this video available in your country", "region"),
        ("UNPLAYABLE", "Join this channel to get access to members-only content", "sign_in"),
        ("LIVE_STREAM_OFFLINE", "This live event will begin in 3 hours.", "live"),
        ("UNPLAYABLE", "The moon is in the way", "refused"),
    ],
)
def test_a_video_that_youtube_does_not_play_is_told_by_its_cause(
    fake_youtube: FakeYouTube, status: str, reason: str, code: str
):
    fake_youtube.add_player(ID, status=status, reason=reason)
    assert trouble(fake_youtube).code == code


def test_captions_behind_a_token_are_told(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("en", ENGLISH, needs_token=True)])
    assert trouble(fake_youtube).code == "token"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (Answer(b"", 429), "blocked"),
        (Answer(CAPTCHA_PAGE.encode()), "blocked"),
        (Answer(b"", 404), "gone"),
        (Answer(b"<html>something new</html>"), "refused"),
    ],
)
def test_a_watch_page_that_is_refused_is_told(fake_youtube: FakeYouTube, page: Answer, code: str):
    fake_youtube.add_player(ID, page=page)
    assert trouble(fake_youtube).code == code


def test_an_answer_that_is_no_json_is_told(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID)
    fake_youtube.answers[f"/player?{ID}"] = Answer(b"<html>")
    assert "its answer cannot be read" in str(trouble(fake_youtube))


def test_an_empty_caption_track_is_told(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("en", ENGLISH)])
    fake_youtube.answers["/api/timedtext/en"] = Answer(b"")
    assert "its answer cannot be read" in str(trouble(fake_youtube))


def test_a_network_that_is_down_is_told(fake_youtube: FakeYouTube):
    session: requests.Session = fake_youtube.session()
    fake_youtube.close()
    with pytest.raises(YouTubeTrouble, match=r"cannot be reached .* or upload"):
        fetch_captions(ID, "en", session=session)


def test_stop_is_heard_while_youtube_is_silent(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, page=Answer(b"x" * 100, delay_s=5))
    started = time.monotonic()

    def stop(done: int, total: int, note: str) -> None:
        if time.monotonic() - started > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_captions(ID, "en", stop, session=fake_youtube.session())
    assert time.monotonic() - started < 2


def test_captions_that_send_on_to_another_place_are_not_followed(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("en", ENGLISH)])
    fake_youtube.add_redirect("/api/timedtext/en", f"{fake_youtube.address}/secret")
    assert trouble(fake_youtube).code == "elsewhere"
    assert "/secret" not in fake_youtube.asked


def test_the_page_for_suspected_robots_is_told_as_a_block(fake_youtube: FakeYouTube):
    fake_youtube.add_player(ID)
    fake_youtube.add_redirect(f"/watch?{ID}", "https://www.google.com/sorry/index?continue=x")
    assert trouble(fake_youtube).code == "blocked"
