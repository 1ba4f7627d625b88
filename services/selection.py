"""Selected pairs as a zip of one table and their frames (docs/clusters.md)."""

import io
import zipfile
from collections.abc import Sequence

from crvae.records import Clustering
from services.errors import AnalysisError
from services.export_tables import csv_bytes
from services.labels import clock
from services.records import AlignedPairs, Frames

FRAMES_MAX = 500  # the zip is made in memory, a frame takes about a tenth of a megabyte


def selection_zip(
    frames: Frames,
    pairs: AlignedPairs,
    clustering: Clustering,
    names: tuple[str, ...],
    selected: Sequence[int],
) -> bytes:
    """selection.csv with a line for each pair, and each frame once below frames/.

    names: by cluster, () before there are any; selected: pair numbers
    Raises AnalysisError for more than FRAMES_MAX frames and for a frame that is gone.
    """
    chosen = sorted(set(selected))
    file_of = {int(pairs.frame_index[pair]): "" for pair in chosen}
    if len(file_of) > FRAMES_MAX:
        raise AnalysisError(
            f"{len(file_of)} frames are selected, and a zip takes {FRAMES_MAX}. Select fewer marks."
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # JPEG does not get smaller
        for frame in file_of:
            file_of[frame] = _file_name(frame, float(frames.times_s[frame]))
            try:
                archive.write(frames.path(frame), file_of[frame])
            except OSError as e:
                raise AnalysisError(
                    f"Frame {frame} of the stored frames is gone. Run the Frames step again."
                ) from e
        archive.writestr("selection.csv", _table(pairs, clustering, names, chosen, file_of))
    return out.getvalue()


def _file_name(frame: int, time_s: float) -> str:
    """Made of digits alone, so that no text of a video comes into a path."""
    return f"frames/{frame:05d}-{clock(time_s).replace(':', '-')}.jpg"


def _table(
    pairs: AlignedPairs,
    clustering: Clustering,
    names: tuple[str, ...],
    chosen: Sequence[int],
    file_of: dict[int, str],
) -> bytes:
    rows: list[tuple[object, ...]] = []
    for pair in chosen:
        cluster, frame = int(clustering.labels[pair]), int(pairs.frame_index[pair])
        name = names[cluster] if 0 <= cluster < len(names) else ""
        time_s = round(float(pairs.times_s[pair]), 3)
        segment = int(pairs.segment_index[pair])
        rows.append((pair, time_s, cluster, name, segment, file_of[frame], pairs.texts[pair]))
    return csv_bytes(("pair", "time_s", "cluster", "cluster_name", "segment", "file", "text"), rows)
