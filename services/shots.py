"""Shots of a video: where one picture cuts to another, and the moment in the middle between two cuts."""

from itertools import pairwise

from services.errors import AnalysisError
from services.records import Progress, VideoFile
from services.video_reader import small_pictures

WIDTH_PX = 256  # cuts are as plain in small pictures
_RATE = 25.0  # the detector counts pictures; times are ours, also where the rate varies


class NoShots(AnalysisError):
    def __init__(self, title: str, what: str):
        super().__init__(
            f"{title}: {what}, so frames cannot be taken from shots. "
            "Choose an interval under “Settings of this project” on the Sources page."
        )


def shot_middles(video: VideoFile, progress: Progress) -> list[float]:
    """Seconds at which each shot is half over, ascending.

    progress(done, total, note) hears of each second; what it raises ends the search.
    Raises NoShots where there is no cut, AnalysisError if the video cannot be read.
    """
    from scenedetect import AdaptiveDetector, FrameTimecode

    if video.is_folder:
        raise NoShots(video.title, "a folder of pictures has no cuts")
    detector = AdaptiveDetector()
    times_s: list[float] = []
    cuts: list[FrameTimecode] = []
    for picture in small_pictures(video.path, WIDTH_PX):
        at = FrameTimecode(len(times_s), _RATE)
        cuts += detector.process_frame(at, picture.pixels)
        times_s.append(picture.time_s)
        if len(times_s) < 2 or int(picture.time_s) > int(times_s[-2]):
            done_s, total_s = round(picture.time_s), max(1, round(video.duration_s))
            progress(min(done_s, total_s), total_s, f"looking for cuts, {done_s} of {total_s} s")
    cuts_s = [times_s[cut.frame_num] for cut in cuts]
    if not cuts_s:
        raise NoShots(video.title, "no cut was found in it")
    return [(start_s + end_s) / 2 for start_s, end_s in pairwise([0.0, *cuts_s, times_s[-1]])]
