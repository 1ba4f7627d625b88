"""Nothing but YouTube, over HTTPS, is ever asked for."""

import pytest
import requests

from services.youtube_reach import SentElsewhere, require_youtube, youtube_session


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=doP5UacBlt0",
        "https://youtube.com/",
        "https://rr3---sn-abc.googlevideo.com/videoplayback?id=1",
        "https://youtubei.googleapis.com/youtubei/v1/player",
        "https://www.youtube.com:443/api/timedtext",
    ],
)
def test_youtube_s_hosts_are_reached(url: str):
    require_youtube(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.youtube.com/watch?v=doP5UacBlt0",
        "https://www.youtube.com:8443/",
        "https://youtube.com.evil.example/",
        "https://evilyoutube.com/",
        "https://www.youtube.com@evil.example/",
        "https://www.google.com/",
        "http://127.0.0.1:8501/",
        "http://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://localhost/",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_place_is(url: str):
    with pytest.raises(SentElsewhere):
        require_youtube(url)
    with pytest.raises(requests.RequestException):
        youtube_session().get(url)
