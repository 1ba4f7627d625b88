"""Addresses of pictures and videos: made for pages, answered by services.web.

They begin with /files/ because Streamlit keeps /media/ for itself.
"""

THUMB_WIDTHS_PX = (120, 240, 480)  # the only ones that are made, so that nobody can fill the disk


def frame_url(key: str, frame: int, width_px: int | None = None) -> str:
    """Path of a frame's picture: full size, or a thumbnail at least `width_px` wide where one is made.

    key:   of the stage "frames"
    frame: index into Frames
    """
    url = f"/files/frames/{key}/{frame}.jpg"
    if width_px is None or width_px > THUMB_WIDTHS_PX[-1]:
        return url
    return f"{url}?w={min(width for width in THUMB_WIDTHS_PX if width >= width_px)}"


def video_url(key: str) -> str:
    """Path of a video file; key of the stage "video". A folder of frames has no video and answers 404."""
    return f"/files/video/{key}"
