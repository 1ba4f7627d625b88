"""Links are read strictly: all forms of a video's, and nothing else."""

import pytest

from services.youtube_links import NotAVideoLink, is_link, video_id, watch_address

ID = "doP5UacBlt0"


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
        f"https://www.youtube-nocookie.com/embed/{ID}?rel=0&start=9",
        f"www.youtube-nocookie.com/embed/{ID}",
        f"m.youtube.com/shorts/{ID}?feature=share",
        f"youtu.be/{ID}",
        f"https://www.youtube.com/watch/?v={ID}&pp=ygUEbmV3cw%3D%3D",
        f"https://www.youtube.com/v/{ID}?version=3",
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
        "https://www.youtube.com/channel/UC0123456789abcdefghijkl",
        "https://www.youtube.com/results?search_query=moon",
        "https://www.youtube.com/feed/subscriptions",
        "https://www.youtube.com/embed/videoseries?list=PL123456789ab",
        "https://www.youtube.com/embed/live_stream?channel=UC0123456789abcdefghijkl",
        f"http://169.254.169.254/watch?v={ID}",
        f"http://localhost/watch?v={ID}",
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
