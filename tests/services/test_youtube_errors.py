"""yt-dlp's messages become one sentence each, with a way on."""

import pytest
import yt_dlp

from services.youtube_errors import trouble_of_download

ID = "doP5UacBlt0"
NO_FORMAT = "Requested format is not available. Use --list-formats for a list of available formats"


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


@pytest.mark.parametrize(
    "warning",
    [
        "[youtube] No supported JavaScript runtime could be found. Only deno is enabled by default; to use "
        "another runtime add  --js-runtimes RUNTIME[:PATH]  to your command/config.",
        "[youtube] doP5UacBlt0: n challenge solving failed: Some formats may be missing.",
    ],
)
def test_a_missing_javascript_runtime_is_told_with_the_way_on(warning: str):
    error = trouble_of_download(ID, yt_dlp.utils.DownloadError(f"[youtube] {ID}: {NO_FORMAT}"), [warning])
    assert error.code == "javascript"
    assert "no JavaScript runtime works here. Install one" in str(error)
    assert str(error).endswith("or upload the video file.")
