"""Videos come from a local server through yt-dlp; what YouTube refuses has its words."""

import time
from pathlib import Path

import av
import pytest

from services.errors import Cancelled
from services.video_file import probe_video
from services.youtube_errors import YouTubeTrouble
from services.youtube_links import watch_address
from services.youtube_video import DownloadLimits, fetch_video
from tests.drawn import write_sound
from tests.fakes import Answer, FakeYouTube, sound, stream

ID = "doP5UacBlt0"


def test_the_largest_stream_up_to_480_lines_is_fetched(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    streams = [stream(fake_youtube.add_stream(f"{h}.mp4", body), h) for h in (144, 360, 480, 720, 1080)]
    heard: list[tuple[int, int]] = []
    video = fetch_video(
        ID,
        tmp_path,
        lambda done, total, note: heard.append((done, total)),
        session=fake_youtube.session(),
        extract=fake_youtube.telling(ID, *streams),
    )
    assert fake_youtube.asked == ["/streams/480.mp4"]
    assert video.path == tmp_path / f"{ID}.480.mp4"
    assert video.path.read_bytes() == body
    assert (video.title, video.channel) == ("Officials / sound: the *alarm*", "CBS Mornings")
    assert (video.url, video.duration_s, video.height_px) == (watch_address(ID), 20.0, 480)
    assert video.published == "2022-02-04"
    assert heard[-1] == (len(body), len(body))
    assert probe_video(video.path).duration_s == pytest.approx(20, abs=0.2)


def test_a_codec_that_is_slow_to_decode_is_passed_over(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    new = stream(fake_youtube.add_stream("av1.mp4", body), 480, format_id="397", vcodec="av01.0.04M.08")
    old = stream(fake_youtube.add_stream("vp9.webm", body), 360, ext="webm", vcodec="vp9")
    fetch_video(ID, tmp_path, session=fake_youtube.session(), extract=fake_youtube.telling(ID, old, new))
    assert fake_youtube.asked == ["/streams/vp9.webm"]


def test_an_upright_video_is_measured_by_its_shorter_side(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    body = drawn_video.read_bytes()
    streams = [
        stream(fake_youtube.add_stream(f"{w}.mp4", body), w * 16 // 9, width=w, format_id=str(w))
        for w in (144, 480, 1080)
    ]
    fetch_video(ID, tmp_path, session=fake_youtube.session(), extract=fake_youtube.telling(ID, *streams))
    assert fake_youtube.asked == ["/streams/480.mp4"]


def test_stop_ends_a_download_at_once(fake_youtube: FakeYouTube, tmp_path: Path):
    slow = fake_youtube.add_stream("slow.mp4", b"\0" * 20_000_000, delay_s=0.05)

    def stop(done: int, total: int, note: str) -> None:
        if done > 100_000:
            raise Cancelled

    started = time.monotonic()
    with pytest.raises(Cancelled):
        fetch_video(
            ID,
            tmp_path,
            stop,
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, stream(slow, 480)),
        )
    assert time.monotonic() - started < 5  # all of it would take 15 s
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_video_above_the_size_limit_is_told_before_it_is_fetched(fake_youtube: FakeYouTube, tmp_path: Path):
    url = fake_youtube.add_stream("big.mp4", b"\0" * 3_000_000, delay_s=0.05)
    with pytest.raises(YouTubeTrouble, match=r"too large \(more than 1 MB\)") as caught:
        fetch_video(
            ID,
            tmp_path,
            limits=DownloadLimits(max_bytes=10**6),
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, stream(url, 480)),
        )
    assert caught.value.code == "too_large"
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_video_that_is_too_long_is_told_with_both_lengths(fake_youtube: FakeYouTube, tmp_path: Path):
    url = fake_youtube.add_stream("long.mp4", b"x")
    with pytest.raises(YouTubeTrouble, match=r"too long \(240 minutes, and at most 180"):
        fetch_video(
            ID,
            tmp_path,
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, stream(url, 480), duration=4 * 3600),
        )
    assert fake_youtube.asked == []


def test_a_running_live_stream_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    with pytest.raises(YouTubeTrouble, match="live stream"):
        fetch_video(
            ID,
            tmp_path,
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, live_status="is_live"),
        )


def test_a_stream_that_is_gone_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    gone = fake_youtube.add_stream("gone.mp4", b"", status=404)
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(
            ID, tmp_path, session=fake_youtube.session(), extract=fake_youtube.telling(ID, stream(gone, 480))
        )
    assert caught.value.code == "gone"


def test_a_video_with_sound_alone_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    alone = sound(fake_youtube.add_stream("a.m4a", b"x"))
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, session=fake_youtube.session(), extract=fake_youtube.telling(ID, alone))
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
            session=fake_youtube.session(),
            extract=lambda downloader, _: downloader.extract_info(given, download=False, process=False),
        )
    assert fake_youtube.asked == []


# Sound


def test_sound_that_comes_apart_is_joined_to_the_pictures_without_ffmpeg(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    heard = write_sound(tmp_path / "tone.m4a", 19)
    shown_at = stream(fake_youtube.add_stream("480.mp4", drawn_video.read_bytes()), 480)
    heard_at = sound(fake_youtube.add_stream("140.m4a", heard.read_bytes()))
    video = fetch_video(
        ID,
        tmp_path / "work",
        session=fake_youtube.session(),
        extract=fake_youtube.telling(ID, heard_at, shown_at),
    )
    assert fake_youtube.asked == ["/streams/480.mp4", "/streams/140.m4a"]
    assert [path.name for path in (tmp_path / "work").iterdir()] == [f"{ID}.mp4"]
    assert video.height_px == 480
    with av.open(str(video.path)) as container:
        kinds = {each.type: float(each.duration * each.time_base) for each in container.streams}
        assert kinds == {"video": pytest.approx(20, abs=0.2), "audio": pytest.approx(19, abs=0.2)}
        assert sum(1 for _ in container.decode(audio=0)) > 100


def test_codecs_of_two_families_are_joined_in_matroska(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path
):
    heard = write_sound(tmp_path / "tone.webm")
    shown_at = stream(fake_youtube.add_stream("480.mp4", drawn_video.read_bytes()), 480)
    heard_at = sound(fake_youtube.add_stream("251.webm", heard.read_bytes()), ext="webm", acodec="opus")
    video = fetch_video(
        ID, tmp_path, session=fake_youtube.session(), extract=fake_youtube.telling(ID, shown_at, heard_at)
    )
    assert video.path == tmp_path / f"{ID}.mkv"
    assert probe_video(video.path).duration_s == pytest.approx(20, abs=0.3)


# Reach


@pytest.mark.parametrize(
    "target", ["{local}/secret", "http://169.254.169.254/latest", "https://evil.example/"]
)
def test_a_stream_that_sends_on_to_another_place_is_not_followed(
    fake_youtube: FakeYouTube, tmp_path: Path, target: str
):
    url = fake_youtube.add_stream("v.mp4", b"")
    fake_youtube.add_redirect("/streams/v.mp4", target.format(local=fake_youtube.address))
    with pytest.raises(YouTubeTrouble, match="sent this tool on to another site") as caught:
        fetch_video(
            ID,
            tmp_path,
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, stream(url, 480)),
        )
    assert caught.value.code == "elsewhere"
    assert set(fake_youtube.asked) == {"/streams/v.mp4"}


def test_a_stream_outside_youtube_is_not_asked_for(fake_youtube: FakeYouTube, tmp_path: Path):
    fake_youtube.add_stream("v.mp4", b"")
    away = stream(f"{fake_youtube.address}/streams/v.mp4", 480, protocol="http")
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, extract=fake_youtube.telling(ID, away))
    assert (caught.value.code, fake_youtube.asked) == ("elsewhere", [])


def test_stop_is_heard_while_the_stream_is_silent(fake_youtube: FakeYouTube, tmp_path: Path):
    silent = fake_youtube.add_stream("silent.mp4", b"\0" * 1000, delay_s=5)
    started = time.monotonic()

    def stop(done: int, total: int, note: str) -> None:
        if time.monotonic() - started > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_video(
            ID,
            tmp_path,
            stop,
            session=fake_youtube.session(),
            extract=fake_youtube.telling(ID, stream(silent, 480)),
        )
    assert time.monotonic() - started < 2.5


# What YouTube's own extractor makes of its answers


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("LOGIN_REQUIRED", "Sign in to confirm you’re not a bot", "blocked"),
        ("LOGIN_REQUIRED", "Sign in to confirm your age", "sign_in"),
        ("LOGIN_REQUIRED", "This video is private", "sign_in"),
        ("ERROR", "Video unavailable", "gone"),
        ("UNPLAYABLE", "The uploader has not made this video available in your country", "region"),
        ("UNPLAYABLE", "Join this channel to get access to members-only content", "sign_in"),
        ("LIVE_STREAM_OFFLINE", "This live event will begin in 3 hours.", "live"),
    ],
)
def test_a_video_that_youtube_does_not_play_is_told_by_its_cause(
    fake_youtube: FakeYouTube, tmp_path: Path, status: str, reason: str, code: str
):
    fake_youtube.add_player(ID, status=status, reason=reason)
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, session=fake_youtube.session())
    assert caught.value.code == code
    assert "--cookies" not in str(caught.value)


def test_a_watch_page_that_is_refused_is_told_as_a_block(fake_youtube: FakeYouTube, tmp_path: Path):
    fake_youtube.add_player(ID, page=Answer(b"", 429))
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, session=fake_youtube.session())
    assert caught.value.code == "blocked"


def test_a_watch_page_that_sends_on_to_another_place_is_not_followed(
    fake_youtube: FakeYouTube, tmp_path: Path
):
    fake_youtube.add_player(ID)
    fake_youtube.add_redirect(f"/watch?{ID}", f"{fake_youtube.address}/secret")
    with pytest.raises(YouTubeTrouble) as caught:
        fetch_video(ID, tmp_path, session=fake_youtube.session())
    assert caught.value.code == "elsewhere"
    assert "/secret" not in fake_youtube.asked


def test_a_network_that_is_down_is_told(fake_youtube: FakeYouTube, tmp_path: Path):
    session = fake_youtube.session()
    fake_youtube.close()
    with pytest.raises(YouTubeTrouble, match="cannot be reached") as caught:
        fetch_video(ID, tmp_path, session=session)
    assert caught.value.code == "unreachable"
