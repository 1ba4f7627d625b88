"""What an analyst does on the Align page: each act is checked, told in the log, and saved at once."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from services import edits, find_replace, segment_edits
from services.edits import PairRow, pair_rows
from services.errors import AnalysisError
from services.find_replace import Search
from services.labels import clock, video_label
from services.recipe import Recipe, Side, TextEdit
from services.records import Frames, Segment
from services.segment_edits import Texts
from services.segment_texts import joined, length_with, middle, squeezed
from services.stages import build, load
from services.store import Store
from services.timecodes import seconds_of, timecode
from services.workspace import Workspace


class ChangedMeanwhile(AnalysisError):
    def __init__(self, segment: Segment, new: str):
        super().__init__(
            f"The segment at {clock(segment.start_s)} was changed in another tab meanwhile, so this was not "
            f"saved: “{new}”. The table shows the segment as it is now; make the change again if it holds."
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One video as the Align page shows it."""

    recipe: Recipe
    frames: Frames
    texts: Texts
    rows: tuple[PairRow, ...]
    end_s: float = math.inf  # of the video; a folder of frames has none

    @property
    def ids(self) -> list[int]:
        return [row.segment.id for row in self.rows]


@dataclass(frozen=True, slots=True)
class Act:
    """What is to become of a video's recipe, and the line that tells it."""

    recipe: Recipe
    told: str


def sheet(store: Store, recipe: Recipe) -> Sheet:
    """Raises StageMissing without video, frames or transcript."""
    frames = load(store, recipe, "frames")
    texts = Texts(load(store, recipe, "transcript").segments, recipe.text_edits)
    rows = pair_rows(frames, texts, recipe.alignment, recipe.edits)
    return Sheet(recipe, frames, texts, rows, load(store, recipe, "video").duration_s or math.inf)


def paired(store: Store, recipe: Recipe) -> str:
    """Make the pairs here and now, for that takes no time: "", or the sentence why there are none."""
    try:
        build(store, recipe, "pairs")
    except AnalysisError as e:
        return str(e)
    return ""


def do(ws: Workspace, project_id: str, side: Side, act: Callable[[Sheet], Act]) -> str:
    """Save what the act makes of the project as it is stored now: "", or why nothing was saved."""
    try:
        project = ws.projects.get(project_id)
        recipe = project.recipe(side)
        done = act(sheet(ws.store, recipe))
        if done.recipe != recipe:
            ws.projects.save(
                project.with_recipe(side, done.recipe), f"{done.told}, {video_label(project, side)}"
            )
    except AnalysisError as e:
        return str(e)
    paired(ws.store, done.recipe)  # now, so that the steps that follow stay open; the page tells what fails
    return ""


def set_cell(now: Sheet, segment_id: int, column: str, seen: tuple[object, ...], new: object) -> Act:
    """A cell of the table with another value.

    column: text, start, end, frame or drop
    seen:   the values that it had in this tab; if it has another one by now, the change is refused
    """
    row = _row(now, segment_id)
    if cell(row, column) not in seen:
        raise ChangedMeanwhile(row.segment, str(new))
    if column == "text":
        return write(now, segment_id, str(new or ""))
    if column in ("start", "end"):
        return move(now, segment_id, column, str(new or ""))
    if column == "frame":
        return pair(now, segment_id, new)
    return drop(now, segment_id, is_dropped=bool(new))


def cell(row: PairRow, column: str) -> object:
    """What the table shows of a row in a column that can be edited."""
    return {
        "text": row.segment.text,
        "start": timecode(row.segment.start_s),
        "end": timecode(row.segment.end_s),
        "frame": row.frames[0] if row.frames else None,
        "drop": row.is_dropped,
    }[column]


def write(now: Sheet, segment_id: int, typed: str) -> Act:
    """Line breaks of the text field are where the analyst may want to split; they are no text."""
    before = _row(now, segment_id).segment
    text = before.text if squeezed(typed) == squeezed(before.text) and "\n" in typed else typed
    text = joined(" ".join(line.split()) for line in text.splitlines())
    return _texts(
        now,
        segment_edits.with_text(now.texts, segment_id, text),
        f"{clock(before.start_s)} “{before.text}” → “{text}”",
    )


def move(now: Sheet, segment_id: int, column: str, typed: str) -> Act:
    """Another start or end. Raises AnalysisError for one after the video's end."""
    before = _row(now, segment_id).segment
    time_s = seconds_of(typed)
    if time_s > max(now.end_s, before.end_s):
        raise AnalysisError(
            f"The video ends at {timecode(now.end_s)}, before {timecode(time_s)}, so nothing was changed. "
            "Write a time within the video."
        )
    times = {"start_s": time_s} if column == "start" else {"end_s": time_s}
    told = f"{clock(before.start_s)} {column} {timecode(getattr(before, f'{column}_s'))} → {timecode(time_s)}"
    return _texts(now, segment_edits.with_times(now.texts, segment_id, **times), told)


def split(now: Sheet, segment_id: int, typed: str) -> Act:
    """At the first line break of the text field, else near the middle."""
    segment = _row(now, segment_id).segment
    if squeezed(typed) != squeezed(segment.text):
        raise ChangedMeanwhile(segment, typed)
    first, is_broken, _ = typed.strip().partition("\n")
    at = length_with(segment.text, len(squeezed(first))) if is_broken else middle(segment.text)
    parts = segment.text[:at].strip(), segment.text[at:].strip()
    told = f"{clock(segment.start_s)} split: “{parts[0]}” | “{parts[1]}”"
    return _texts(now, segment_edits.split(now.texts, segment_id, at), told)


def merge(now: Sheet, segment_id: int) -> Act:
    """Raises AnalysisError if one of the two is dropped: words that were left out would come back unasked."""
    row = _row(now, segment_id)
    segment, following = row.segment, now.rows[now.rows.index(row) + 1 :][:1]
    if any(next_row.is_dropped != row.is_dropped for next_row in following):
        raise AnalysisError(
            f"One of the segments at {clock(segment.start_s)} and {clock(following[0].segment.start_s)} is "
            "dropped, so they were not merged. Take it in again first, or drop both."
        )
    new = segment_edits.merged(now.texts, segment_id)
    text = Texts(now.texts.original, new).get(segment_id).text
    return _texts(now, new, f"{clock(segment.start_s)} merged with the next: “{text}”")


def insert(now: Sheet, after_id: int, typed: str) -> Act:
    new = segment_edits.inserted(now.texts, after_id, typed)
    return _texts(now, new, f"inserted after {clock(_row(now, after_id).segment.start_s)}: “{typed.strip()}”")


def restore(now: Sheet, segment_id: int) -> Act:
    """The original in the place of the changed segment, and of those that were split from the same one."""
    segment = _row(now, segment_id).segment
    new = segment_edits.restored(now.texts, segment_id)
    return _texts(now, new, f"{clock(segment.start_s)} back to the original, was “{segment.text}”")


def drop(now: Sheet, segment_id: int, *, is_dropped: bool) -> Act:
    start = clock(_row(now, segment_id).segment.start_s)
    recipe = dataclasses.replace(
        now.recipe, edits=edits.with_drop(now.recipe.edits, now.ids, segment_id, is_dropped)
    )
    return Act(recipe, f"{start} dropped" if is_dropped else f"{start} taken in again")


def pair(now: Sheet, segment_id: int, frame: object) -> Act:
    """Another frame for a segment. Raises AnalysisError for one that does not exist."""
    row = _row(now, segment_id)
    n_frames, start = len(now.frames.times_s), clock(row.segment.start_s)
    if not isinstance(frame, int | float) or frame not in range(n_frames):
        raise AnalysisError(
            f"The frame at {start} would be {frame}, but the frames are numbered 0 to {n_frames - 1}. "
            "Type a number from that range, or choose one of the pictures."
        )
    new = edits.with_frame(now.recipe.edits, now.ids, segment_id, int(frame))
    before = ", ".join(map(str, row.frames)) or "none"
    return Act(dataclasses.replace(now.recipe, edits=new), f"{start} frame {before} → {int(frame)}")


def replace_all(now: Sheet, search: Search, by: str) -> Act:
    n_found = find_replace.count((row.segment for row in now.rows), search)
    told = f"“{search.find}” → “{by}” in {n_found} place{'' if n_found == 1 else 's'}"
    return _texts(now, find_replace.replaced(now.texts, search, by), told)


def _row(now: Sheet, segment_id: int) -> PairRow:
    for row in now.rows:
        if row.segment.id == segment_id:
            return row
    raise segment_edits.SegmentGone


def _texts(now: Sheet, new: tuple[TextEdit, ...], told: str) -> Act:
    ids = [one.id for one in Texts(now.texts.original, new).segments]
    kept = edits.still_meant(now.recipe.edits, now.ids, ids)
    return Act(dataclasses.replace(now.recipe, text_edits=new, edits=kept), told)
