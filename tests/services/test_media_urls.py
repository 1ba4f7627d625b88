"""Addresses of pictures and videos."""

from services.media_urls import THUMB_WIDTHS_PX, frame_url, video_url

KEY = "0123456789abcdef0123456789abcdef"


def test_a_frame_without_a_width_is_the_full_picture():
    assert frame_url(KEY, 7) == f"/files/frames/{KEY}/7.jpg"


def test_a_thumbnail_is_at_least_as_wide_as_asked():
    assert frame_url(KEY, 7, 200) == f"/files/frames/{KEY}/7.jpg?w=240"
    assert frame_url(KEY, 7, 240) == f"/files/frames/{KEY}/7.jpg?w=240"


def test_a_width_above_all_thumbnails_is_the_full_picture():
    assert frame_url(KEY, 7, THUMB_WIDTHS_PX[-1] + 1) == f"/files/frames/{KEY}/7.jpg"


def test_a_video_is_named_by_its_key():
    assert video_url(KEY) == f"/files/video/{KEY}"
