"""What the analyst brings becomes a source, and a source opens or says why it cannot."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from services.context import Context
from services.errors import AnalysisError, Cancelled
from services.recipe import Source, TranscriptChoice
from services.recipe_key import digest
from services.sources import captions_of, open_transcript, open_video, same_content, source_of
from tests import drawn
from tests.fakes import FakeYouTube, stream


def test_a_youtube_link_is_a_source_named_by_its_id():
    source = source_of("  https://youtu.be/doP5UacBlt0?t=3 ")
    assert source == Source(
        "youtube", "doP5UacBlt0", "https://www.youtube.com/watch?v=doP5UacBlt0", "YouTube doP5UacBlt0"
    )


def test_a_video_is_a_source_named_by_its_content(drawn_video: Path, tmp_path: Path):
    copy = tmp_path / "新闻 news.mp4"
    shutil.copyfile(drawn_video, copy)
    source = source_of(f'"{copy}"')
    assert (source.kind, source.location, source.title) == ("file", str(copy), "新闻 news")
    assert same_content(source, source_of(str(drawn_video)))
    assert digest(source) == digest(source_of(str(drawn_video)))


def test_a_folder_of_pictures_is_a_source_named_by_contents_in_order(picture_folder: Path):
    source = source_of(str(picture_folder))
    assert (source.kind, source.title) == ("frames", "pictures")
    (picture_folder / "1.png").rename(picture_folder / "0.png")
    assert same_content(source, source_of(str(picture_folder)))
    (picture_folder / "0.png").rename(picture_folder / "99.png")
    assert not same_content(source, source_of(str(picture_folder)))


def test_two_different_videos_are_not_the_same(drawn_video: Path, uneven_video: Path):
    assert not same_content(source_of(str(drawn_video)), source_of(str(uneven_video)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No video is given"),
        ("/no/such/film.mp4", "neither a YouTube link nor a file"),
        ("x" * 5000, "neither a YouTube link nor a file"),
        ("a\0b", "neither a YouTube link nor a file"),
        ("https://vimeo.com/1", "not a link to one YouTube video"),
        ("http://127.0.0.1/video.mp4", "not a link to one YouTube video"),
        ("file:///etc/passwd", "not a link to one YouTube video"),
    ],
)
def test_what_is_no_source_is_told(text: str, words: str):
    with pytest.raises(AnalysisError, match=words):
        source_of(text)


def test_a_file_that_is_no_video_is_told_at_once(tmp_path: Path):
    path = tmp_path / "notes.mp4"
    path.write_text("not a video")
    with pytest.raises(AnalysisError, match=r"notes\.mp4: this is not a video"):
        source_of(str(path))


def test_captions_are_chosen_by_content_after_they_have_been_read(drawn_captions: Path, tmp_path: Path):
    choice = captions_of(str(drawn_captions), "en")
    assert (choice.origin, choice.language, choice.location) == ("captions", "en", str(drawn_captions))
    copy = tmp_path / "copy.srt"
    shutil.copyfile(drawn_captions, copy)
    assert captions_of(str(copy), "en").digest == choice.digest
    copy.write_text("nothing")
    with pytest.raises(AnalysisError, match=r"copy\.srt: this is not a caption file"):
        captions_of(str(copy), "en")


def test_an_opened_video_outlives_its_file(drawn_video: Path, tmp_path: Path, ctx: Context):
    original = tmp_path / "news.mp4"
    shutil.copyfile(drawn_video, original)
    video = open_video(source_of(str(original)), ctx)
    original.unlink()
    assert video.path.is_relative_to(ctx.folder)
    assert video.path.name == "news.mp4"
    assert video.path.read_bytes() == drawn_video.read_bytes()
    assert (video.title, video.url, video.is_folder) == ("news", "", False)
    assert (video.width_px, video.height_px) == (drawn.WIDTH_PX, drawn.HEIGHT_PX)
    assert video.duration_s == pytest.approx(20, abs=0.2)  # containers round the last frame


def test_an_opened_folder_outlives_the_original(picture_folder: Path, ctx: Context):
    source = source_of(str(picture_folder))
    names = {path.name for path in picture_folder.iterdir()}
    video = open_video(source, ctx)
    shutil.rmtree(picture_folder)
    assert video.is_folder
    assert {path.name for path in video.path.iterdir()} == names
    assert (video.width_px, video.height_px) == (drawn.WIDTH_PX, drawn.HEIGHT_PX)


def test_a_youtube_source_opens_as_a_file_and_its_captions(
    fake_youtube: FakeYouTube, drawn_video: Path, ctx: Context
):
    source = source_of("https://youtu.be/doP5UacBlt0")
    url = fake_youtube.add_stream("v.mp4", drawn_video.read_bytes())
    video = open_video(
        source,
        ctx,
        extract=fake_youtube.telling(source.digest, stream(url, 480)),
        session=fake_youtube.session(),
    )
    assert video.path == ctx.folder / "source" / "doP5UacBlt0.mp4"
    assert (video.channel, video.url) == ("CBS Mornings", "https://www.youtube.com/watch?v=doP5UacBlt0")
    assert (video.width_px, video.height_px) == (
        drawn.WIDTH_PX,
        drawn.HEIGHT_PX,
    )  # the file's, not the listing's
    tracks = [fake_youtube.add_track("zh-Hans", [(0.0, 2.0, "你好，观众朋友")])]
    fake_youtube.add_player(source.digest, tracks=tracks)
    choice = TranscriptChoice(language="zh")
    transcript = open_transcript(video, choice, source, ctx, session=fake_youtube.session())
    assert [segment.text for segment in transcript.segments] == ["你好，观众朋友"]


def test_a_download_that_was_stopped_goes_on_where_it_was(
    fake_youtube: FakeYouTube, drawn_video: Path, ctx: Context
):
    source = source_of("https://youtu.be/doP5UacBlt0")
    body = drawn_video.read_bytes()
    extract = fake_youtube.telling(source.digest, stream(fake_youtube.add_stream("v.mp4", body), 480))
    (ctx.work / "doP5UacBlt0.480.mp4.part").write_bytes(body[:50_000])
    heard: list[int] = []
    going_on = dataclasses.replace(ctx, progress=lambda done, total, note: heard.append(done))
    session = fake_youtube.session()
    assert open_video(source, going_on, extract=extract, session=session).path.read_bytes() == body
    assert next(done for done in heard if done) > 50_000


def test_a_video_that_is_gone_is_told(drawn_video: Path, tmp_path: Path, ctx: Context):
    path = tmp_path / "news.mp4"
    shutil.copyfile(drawn_video, path)
    source = source_of(str(path))
    path.unlink()
    with pytest.raises(AnalysisError, match=r"news\.mp4 is no longer there.*add it again"):
        open_video(source, ctx)


def test_a_video_that_has_changed_is_told(
    drawn_video: Path, uneven_video: Path, tmp_path: Path, ctx: Context
):
    path = tmp_path / "news.mp4"
    shutil.copyfile(drawn_video, path)
    source = source_of(str(path))
    shutil.copyfile(uneven_video, path)
    with pytest.raises(AnalysisError, match=r"news\.mp4 has changed since the project was made"):
        open_video(source, ctx)


def test_opening_hears_of_stop(drawn_video: Path, ctx: Context):
    def stop(done: int, total: int, note: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_video(source_of(str(drawn_video)), dataclasses.replace(ctx, progress=stop))


def test_the_transcript_of_a_caption_file_is_read(drawn_video: Path, drawn_captions: Path, ctx: Context):
    source = source_of(str(drawn_video))
    transcript = open_transcript(open_video(source, ctx), captions_of(str(drawn_captions), "en"), source, ctx)
    assert len(transcript.segments) == 10


def test_captions_that_have_changed_are_told(
    drawn_video: Path, drawn_captions: Path, tmp_path: Path, ctx: Context
):
    path = tmp_path / "c.srt"
    shutil.copyfile(drawn_captions, path)
    choice = captions_of(str(path), "en")
    path.write_text(path.read_text().replace("ships", "boats"))
    source = source_of(str(drawn_video))
    with pytest.raises(AnalysisError, match="has changed since"):
        open_transcript(open_video(source, ctx), choice, source, ctx)


def test_a_file_without_captions_is_told(drawn_video: Path, ctx: Context):
    source = source_of(str(drawn_video))
    with pytest.raises(AnalysisError, match=r"has no captions yet\. Choose an \.srt"):
        open_transcript(open_video(source, ctx), TranscriptChoice(), source, ctx)


def test_speech_of_a_video_without_sound_is_told(drawn_video: Path, ctx: Context):
    source = source_of(str(drawn_video))
    with pytest.raises(AnalysisError, match=r"drawn\.mp4 has no sound track.*Choose captions"):
        open_transcript(open_video(source, ctx), TranscriptChoice("asr"), source, ctx)
