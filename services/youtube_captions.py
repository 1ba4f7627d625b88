"""A YouTube video's captions: those that people wrote before YouTube's automatic ones."""

from typing import TYPE_CHECKING

from services.captions import transcript_of_rows
from services.languages import preferred_tracks
from services.listening import Tell, while_listening
from services.records import Progress, Transcript, quiet
from services.youtube_errors import (
    YouTubeTrouble,
    trouble_of_captions,
    trouble_of_network,
    unreadable,
)
from services.youtube_links import watch_address

if TYPE_CHECKING:
    import requests
    from youtube_transcript_api import Transcript as Track
    from youtube_transcript_api import TranscriptList

NOTE = "asking YouTube for captions"


def fetch_captions(
    video: str,
    language: str,
    progress: Progress = quiet,
    *,
    session: "requests.Session | None" = None,
) -> Transcript:
    """The video's captions in this language, by people before YouTube's automatic ones.

    video:    11-character id
    progress: what it raises ends the asking within half a second
    session:  what the requests go through; None reaches YouTube and nothing else
    Raises YouTubeTrouble.
    """
    watch_address(video)

    def work(tell: Tell) -> Transcript:
        from services.youtube_reach import youtube_session

        def check() -> None:
            tell(0, 1, NOTE)

        return _asked(video, language, session or youtube_session(check))

    return while_listening(work, progress, NOTE)


def _asked(video: str, language: str, session: "requests.Session") -> Transcript:
    import requests
    from youtube_transcript_api import CouldNotRetrieveTranscript, YouTubeTranscriptApi

    try:
        listing = YouTubeTranscriptApi(http_client=session).list(video)
        track = _choose_track(video, language, listing)
        rows = track.fetch().to_raw_data()
    except CouldNotRetrieveTranscript as e:
        raise trouble_of_captions(video, e) from e
    except requests.RequestException as e:
        raise trouble_of_network(video, e) from e
    except (SyntaxError, ValueError, LookupError, TypeError, AttributeError) as e:
        raise unreadable(video) from e  # an answer of another form than the library expects
    return transcript_of_rows(
        rows, track.language_code, f"YouTube: {track.language}", is_generated=track.is_generated
    )


def _choose_track(video: str, language: str, listing: "TranscriptList") -> "Track":
    tracks = list(listing)
    for is_generated in (False, True):
        by_code = {track.language_code: track for track in tracks if track.is_generated == is_generated}
        for code in preferred_tracks(language, by_code):
            return by_code[code]
    there_are = ", ".join(sorted({track.language_code for track in tracks})) or "none"
    raise YouTubeTrouble(video, "no_captions", f"{language}; there are: {there_are}")
