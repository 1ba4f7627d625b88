"""How well and how fast speech is recognized and burnt-in subtitles are read (paper §4.2.2)."""

import argparse
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from services.captions import read_captions
from services.context import Context
from services.recipe import TranscriptChoice
from services.records import Origin, Segment, VideoFile
from services.script import in_script
from services.sound import read_sound
from services.subtitle_lines import bare
from services.text_origins import open_text
from services.tokens import tokenize
from services.video_file import probe_video
from services.workspace import open_workspace

LANGUAGES = ("en", "zh")
NEAR_S = 20.0  # captions' times are rough: how far from its moment a subtitle's words are looked for


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of one file.

    error:     edits over what the reference has: characters for Chinese, words otherwise
    of_read:   edits over what was read, each segment against the best place near its time: for subtitles that
               leave out what is not burnt in
    real_time: seconds taken over seconds of material
    load:      processes that wanted a core when it began
    """

    file: str
    origin: Origin
    unit: str
    error: float
    of_read: float
    n_reference: int
    n_read: int
    seconds: float
    real_time: float
    load: float


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    language: str
    origin: Origin
    reference: tuple[Segment, ...]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks text", description=__doc__)
    parser.add_argument("--pair", type=Path, help="folder with en/ and zh/, each video.mp4 and captions.srt")
    parser.add_argument(
        "--clips", type=Path, help="folder of sound files NAME.en.wav, NAME.zh.flac with .txt"
    )
    parser.add_argument(
        "--origins",
        nargs="+",
        choices=("asr", "subtitles"),
        default=("asr", "subtitles"),
        help="what is tried",
    )
    parser.add_argument("--backend", default="auto", help="what recognizes speech")
    parser.add_argument("--out", type=Path, default=Path("out/text.json"))
    options = parser.parse_args(words)
    rows: list[Row] = []
    options.out.parent.mkdir(parents=True, exist_ok=True)
    tasks = [task for task in _tasks(options.pair, options.clips) if task.origin in options.origins]
    for task in tasks:
        rows.append(_row(task, options.backend))
        _tell(rows[-1])
        # After each, for a long run may be ended before its time.
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


def _tasks(pair: Path | None, clips: Path | None) -> list[_Task]:
    found: list[_Task] = []
    for text in sorted(clips.glob("*.txt")) if clips else []:
        reference = (Segment(0.0, 1e6, text.read_text("utf-8").strip()),)
        sounds = [path for path in sorted(text.parent.glob(f"{text.stem}.*")) if path != text]
        found += [_Task(sound, text.stem.rsplit(".", 1)[-1], "asr", reference) for sound in sounds]
    for language in LANGUAGES if pair else ():
        video = (pair or Path()) / language / "video.mp4"
        reference = read_captions(video.with_name("captions.srt"), language).segments
        if language == "zh":
            found.append(_Task(video, language, "subtitles", reference))
        found.append(_Task(video, language, "asr", reference))
    return found


def _row(task: _Task, backend: str) -> Row:
    path, language, load = task.path, task.language, os.getloadavg()[0]
    is_speech = task.origin == "asr"
    duration_s = read_sound(path).duration_s if is_speech else probe_video(path).duration_s
    context = Context(open_workspace().root, lambda _name, compute: compute())
    video = VideoFile(path, path.name, "", "", duration_s, 0, 0)
    choice = TranscriptChoice(task.origin, language, backend=backend if is_speech else "")
    began = time.perf_counter()
    segments = open_text(video, choice, context).segments
    seconds = time.perf_counter() - began
    expected = units(" ".join(segment.text for segment in task.reference), language)
    read = units(" ".join(segment.text for segment in segments), language)
    return Row(
        "/".join(path.parts[-2:]),
        task.origin,
        "character" if language == "zh" else "word",
        edits(read, expected) / max(len(expected), 1),
        _edits_near(segments, task.reference, language) / max(len(read), 1),
        len(expected),
        len(read),
        seconds,
        seconds / duration_s,
        load,
    )


def units(text: str, language: str) -> tuple[str, ...]:
    """What errors are counted in: characters of Chinese in one script, else words; no punctuation."""
    return tuple(bare(in_script(text, "simplified"))) if language == "zh" else tokenize(text)


def edits(read: Sequence[str], expected: Sequence[str], *, is_part: bool = False) -> int:
    """The fewest insertions, deletions and exchanges from one to the other.

    is_part: `read` may begin and end anywhere in `expected`
    """
    before = [0] * (len(expected) + 1) if is_part else list(range(len(expected) + 1))
    for done, unit in enumerate(read, start=1):
        row = [done]
        for at, other in enumerate(expected, start=1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (unit != other)))
        before = row
    return min(before) if is_part else before[-1]


def _edits_near(segments: Sequence[Segment], reference: Sequence[Segment], language: str) -> int:
    total = 0
    for segment in segments:
        near = [
            r.text
            for r in reference
            if r.end_s > segment.start_s - NEAR_S and r.start_s < segment.end_s + NEAR_S
        ]
        total += edits(units(segment.text, language), units(" ".join(near), language), is_part=True)
    return total


def _tell(row: Row) -> None:
    print(
        f"{row.file:24} {row.origin:10} {row.unit} errors {row.error:.3f}, "
        f"of what was read {row.of_read:.3f} ({row.n_read} of {row.n_reference}); "
        f"{row.seconds:.1f} s, {row.real_time:.2f} x real time, load {row.load:.1f}",
        flush=True,
    )
