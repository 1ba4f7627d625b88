"""What YouTube refuses, through the real command line: one sentence, and what was read is kept."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from services import sources, stages
from services.records import Progress, VideoFile
from services.workspace import open_workspace
from services.youtube_captions import fetch_captions
from services.youtube_video import ask_youtube, fetch_video
from tests.drawn import write_sound
from tests.fakes import Answer, FakeYouTube, sound, stream
from tests.services.small_run import ENGLISH, N_PAIRS, assert_one_sentence, run_with, told

ID = "doP5UacBlt0"
LINK = f"https://youtu.be/{ID}?si=x&list=PL1"
LINES = tuple((n * 2.0, 2.0, f"{ENGLISH[n % 3]} {n}") for n in range(N_PAIRS))

Arrange = Callable[[FakeYouTube], None]


def refusing(**player: object) -> Arrange:
    return lambda fake: fake.add_player(ID, **player)  # pyright: ignore[reportArgumentType]


def captions_refused(fake: FakeYouTube) -> None:
    fake.add_player(ID)


def other_language(fake: FakeYouTube) -> None:
    fake.add_player(ID, tracks=[fake.add_track("es", LINES), fake.add_track("fr", LINES)])


def token(fake: FakeYouTube) -> None:
    fake.add_player(ID, tracks=[fake.add_track("en", LINES, needs_token=True)])


# The nine refusals: the first are met by the video, the last three by its captions.
REFUSALS: dict[str, tuple[Arrange, bool, tuple[str, ...]]] = {
    "unreachable": (lambda fake: fake.close(), False, ("cannot be reached", "upload the video")),
    "removed": (
        refusing(status="ERROR", reason="Video unavailable"),
        False,
        ("was removed", "Check the link"),
    ),
    "robot": (
        refusing(status="LOGIN_REQUIRED", reason="Sign in to confirm you’re not a bot"),
        False,
        ("blocks this machine's address", "or upload the video and a caption file"),
    ),
    "too many requests": (refusing(page=Answer(b"", 429)), False, ("blocks this machine's", "Wait an hour")),
    "private": (
        refusing(status="LOGIN_REQUIRED", reason="This video is private"),
        False,
        ("without signing in", "Upload the video file"),
    ),
    "age": (
        refusing(status="LOGIN_REQUIRED", reason="Sign in to confirm your age"),
        False,
        ("without signing in", "Upload the video file"),
    ),
    "captions off": (captions_refused, True, ("there are none at all", "or upload an .srt")),
    "another language": (other_language, True, ("en; there are: es, fr", "Choose one of the languages")),
    "token": (token, True, ("asks for a token", "Upload the captions")),
}


@pytest.fixture
def reach(
    fake_youtube: FakeYouTube, drawn_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bool], None]:
    """Lets the command line find the local server in YouTube's place; with a video to fetch, or by yt-dlp."""

    def let(has_video: bool) -> None:
        session = fake_youtube.session()
        tone = write_sound(tmp_path / "tone.m4a", 20)
        streams = (
            stream(fake_youtube.add_stream("480.mp4", drawn_video.read_bytes()), 480),
            sound(fake_youtube.add_stream("140.m4a", tone.read_bytes())),
        )
        extract = fake_youtube.telling(ID, *streams) if has_video else ask_youtube

        def fetch_from_here(video: str, folder: Path, progress: Progress, **_: object) -> VideoFile:
            return fetch_video(video, folder, progress, extract=extract, session=session)

        monkeypatch.setattr(sources, "fetch_video", fetch_from_here)
        monkeypatch.setattr(
            sources,
            "fetch_captions",
            lambda video, language, progress, **_: fetch_captions(video, language, progress, session=session),
        )

    return let


def without_captions(good: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in good.items() if name != "--left-captions"}


@pytest.mark.parametrize("kind", REFUSALS)
def test_each_refusal_is_one_sentence_and_the_project_still_opens(
    kind: str,
    good: dict[str, str],
    fake_youtube: FakeYouTube,
    reach: Callable[[bool], None],
    tmp_path: Path,
):
    arrange, has_video, says = REFUSALS[kind]
    reach(has_video)
    arrange(fake_youtube)
    answer = run_with(without_captions(good), tmp_path / "out", left=LINK)
    assert_one_sentence(answer, f"YouTube video {ID}: ", *says)
    (project,) = open_workspace().projects.all()
    assert told("status", project.project_id).code == 0


def test_a_link_is_fetched_with_sound_captions_and_facts(
    good: dict[str, str], fake_youtube: FakeYouTube, reach: Callable[[bool], None], tmp_path: Path
):
    reach(True)
    fake_youtube.add_player(ID, tracks=[fake_youtube.add_track("en", LINES)])
    answer = run_with(without_captions(good), tmp_path / "out", left=LINK, k_left=99)
    assert_one_sentence(answer, "K is 99", f"only {N_PAIRS} pairs")
    ws = open_workspace()
    (project,) = ws.projects.all()
    video = stages.load(ws.store, project.left, "video")
    assert (video.title, video.channel) == ("Officials / sound: the *alarm*", "CBS Mornings")
    assert (video.published, video.url) == ("2022-02-04", f"https://www.youtube.com/watch?v={ID}")
    with av.open(str(video.path)) as container:
        assert {each.type for each in container.streams} == {"video", "audio"}
