"""Links are read strictly; downloads and captions against a local server; every refusal has its words."""

import time
from pathlib import Path

import pytest
import requests
import yt_dlp

from services.errors import AnalysisError, Cancelled
from services.video_reader import probe_video
from services.youtube import (
    DownloadLimits,
    NotAVideoLink,
    fetch_captions,
    fetch_video,
    is_link,
    video_id,
    watch_address,
)
from services.youtube_errors import YouTubeTrouble, trouble_of_download
from tests.fakes import CAPTCHA_PAGE, Answer, FakeYouTube, stream

ID = "doP5UacBlt0"
ENGLISH = ((0.0, 3.76, "health officials here"), (1.92, 3.68, "in new york city"))
CHINESE = ((0.0, 8.0, "老年人要接种新冠疫苗吗？"), (8.0, 8.0, "左右的保护。"))


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}",
        f"https://www.youtube.com/watch?app=desktop&v={ID}&t=42s&list=PL123&index=2",
        f"https://m.youtube.com/watch?v={ID}",
        f"https://music.youtube.com/watch?v={ID}&feature=share",
        f"https://youtu.be/{ID}",
        f"https://youtu.be/{ID}?si=abcdefgh&t=3",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=shared",
        f"https://www.youtube.com/embed/{ID}?start=5",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"youtube.com/watch?v={ID}",
        f"  https://WWW.YOUTUBE.com/watch?v={ID}#t=1  ",
    ],
)
def test_every_form_of_link_gives_the_id(link: str):
    assert is_link(link.strip())
    assert video_id(link) == ID


@pytest.mark.parametrize(
    "link",
    [
        "https://www.youtube.com/playlist?list=PL123456789ab",
        "https://www.youtube.com/@cbsmornings",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/watch?v={ID}x",
        f"https://www.youtube.com.evil.example/watch?v={ID}",
        f"https://www.youtube.com@evil.example/watch?v={ID}",
        f"https://evil.example/?u=https://youtu.be/{ID}",
        f"http://127.0.0.1:8000/watch?v={ID}",
        f"https://www.youtube.com:8443/watch?v={ID}",
        f"file:///watch?v={ID}",
        f"ytsearch:{ID}",
        "https://vimeo.com/12345678",
        "https://[bad/watch?v=doP5UacBlt0",
        "https://www.youtube.com/watch?v=doP5UacBlt0;rm -rf",
        "https://",
    ],
)
def test_anything_else_is_refused_with_an_example_of_a_link(link: str):
    with pytest.raises(NotAVideoLink, match="not a link to one YouTube video"):
        video_id(link)


def test_the_address_is_rebuilt_from_the_id_and_nothing_else():
    assert watch_address(ID) == f"https://www.youtube.com/watch?v={ID}"
    with pytest.raises(ValueError, match="video id"):
        watch_address("../../etc/pas")


# Captions


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


# Videos


def test_the_largest_stream_up_to_480_lines_is_fetched_without_sound(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    streams = [stream(fake_youtube.add_stream(f"{h}.mp4", body), h) for h in (144, 360, 480, 720, 1080)]
    sound = stream(fake_youtube.add_stream("a.m4a", b"x"), 0, format_id="140", vcodec="none", acodec="mp4a")
    heard: list[tuple[int, int]] = []
    video = fetch_video(
        ID,
        tmp_path,
        lambda done, total, note: heard.append((done, total)),
        extract=fake_youtube.telling(ID, sound, *streams),
    )
    assert fake_youtube.asked == ["/streams/480.mp4"]
    assert video.path == tmp_path / f"{ID}.480.mp4"
    assert video.path.read_bytes() == body
    assert (video.title, video.channel) == ("Officials / sound: the *alarm*", "CBS Mornings")
    assert (video.url, video.duration_s, video.height_px) == (watch_address(ID), 20.0, 480)
    assert heard[-1] == (len(body), len(body))
    assert probe_video(video.path).duration_s == pytest.approx(20, abs=0.2)


def test_a_codec_that_opencv_cannot_read_is_passed_over(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    new = stream(fake_youtube.add_stream("av1.mp4", body), 480, format_id="397", vcodec="av01.0.04M.08")
    old = stream(fake_youtube.add_stream("vp9.webm", body), 360, ext="webm", vcodec="vp9")
    fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, old, new))
    assert fake_youtube.asked == ["/streams/vp9.webm"]


def test_an_upright_video_is_measured_by_its_shorter_side(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    streams = [
        stream(fake_youtube.add_stream(f"{w}.mp4", body), w * 16 // 9, width=w, format_id=str(w))
        for w in (144, 480, 1080)
    ]
    fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, *streams))
    assert fake_youtube.asked == ["/streams/480.mp4"]


def test_stop_ends_a_download_at_once(fake_youtube: FakeYouTube, tmp_path: Path):
    slow = fake_youtube.add_stream("slow.mp4", b"\0" * 20_000_000, delay_s=0.05)

    def stop(done: int, total: int, note: str) -> None:
        if done > 100_000:
            raise Cancelled

    started = time.monotonic()
    with pytest.raises(Cancelled):
        fetch_video(ID, tmp_path, stop, extract=fake_youtube.telling(ID, stream(slow, 480)))
    assert time.monotonic() - started < 5  # all of it would take 15 s
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_video_above_the_size_limit_is_told_before_it_is_fetched(fake_youtube: FakeYouTube, tmp_path: Path):
    url = fake_youtube.add_stream("big.mp4", b"\0" * 3_000_000, delay_s=0.05)
    with pytest.raises(YouTubeTrouble, match=r"too large \(more than 1 MB\)") as caught:
        fetch_video(
            ID,
            tmp_path,
            limits=DownloadLimits(max_bytes=10**6),
            extract=fake_youtube.telling(ID, stream(url, 480)),
        )
    assert caught.value.code == "too_large"
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_video_that_is_too_long_is_told_with_both_lengths(fake_youtube: FakeYouTube, tmp_path: Path):
    url = fake_youtube.add_stream("long.mp4", b"x")
    with pytest.raises(YouTubeTrouble, match=r"too long \(240 minutes, and at most 180"):
        fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, stream(url, 480), duration=4 * 3600))
    assert fake_youtube.asked == []


def test_a_running_live_stream_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    with pytest.raises(YouTubeTrouble, match="live stream"):
        fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, live_status="is_live"))


def test_a_stream_that_is_gone_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    gone = fake_youtube.add_stream("gone.mp4", b"", status=404)
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, stream(gone, 480)))
    assert caught.value.code == "gone"


def test_a_video_with_sound_alone_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    sound = stream(fake_youtube.add_stream("a.m4a", b"x"), 0, vcodec="none", acodec="mp4a")
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, sound))
    assert caught.value.code == "no_stream"


@pytest.mark.parametrize(
    "address",
    [
        "{local}/streams/x.mp4",
        "file:///etc/passwd",
        "ytsearch:news",
        "https://www.youtube.com/playlist?list=PL1",
    ],
)
def test_the_downloader_itself_refuses_all_but_youtube_videos(
    fake_youtube: FakeYouTube, tmp_path: Path, address: str
):
    given = address.format(local=fake_youtube.address)
    with pytest.raises(YouTubeTrouble):
        fetch_video(
            ID,
            tmp_path,
            extract=lambda downloader, _: downloader.extract_info(given, download=False, process=False),
        )
    assert fake_youtube.asked == []


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            "Unable to download API page: HTTPSConnection(host='x', port=443): Failed to resolve",
            "unreachable",
        ),
        (
            "Unable to download API page: ('Unable to connect to proxy', OSError('Tunnel'))",
            "unreachable",
        ),
        (
            "Unable to download API page: HTTP Error 404: Not Found (caused by <HTTPError 404: Not Found>)",
            "gone",
        ),
        ("Video unavailable", "gone"),
        ("Video unavailable. This video has been removed by the uploader", "gone"),
        (
            "This video is no longer available because the YouTube account has been terminated.",
            "gone",
        ),
        ("Sign in to confirm you’re not a bot. Use --cookies-from-browser or --cookies", "blocked"),
        ("unable to download video data: HTTP Error 403: Forbidden", "blocked"),
        ("HTTP Error 429: Too Many Requests", "blocked"),
        ("Sign in to confirm your age. This video may be inappropriate for some users.", "sign_in"),
        ("Private video. Sign in if you've been granted access to this video.", "sign_in"),
        ("Join this channel to get access to members-only content like this video.", "sign_in"),
        ("The uploader has not made this video available in your country", "region"),
        ("This live event will begin in 2 hours.", "live"),
        ("Premieres in 3 days", "live"),
        (
            "Requested format is not available. Use --list-formats for a list of available formats",
            "no_stream",
        ),
        ("This video is DRM protected", "no_stream"),
        ("unable to write data: [Errno 28] No space left on device", "disk_full"),
        ("Something nobody has seen", "refused"),
    ],
)
def test_yt_dlps_messages_are_told_in_our_words(message: str, code: str):
    error = trouble_of_download(ID, yt_dlp.utils.DownloadError(f"ERROR: [youtube] {ID}: {message}"))
    assert error.code == code
    assert "--cookies" not in str(error)
