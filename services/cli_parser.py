"""The command line's words (docs/command-line.md): options in, values out, mistakes as one sentence."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from crvae.config import PRESETS
from crvae.ranges import EPOCHS_MAX
from services.backends import ROLES
from services.cluster_choice import ENCODER_TITLES
from services.errors import AnalysisError
from services.labels import METHOD_NAMES
from services.recipe import K_MAX
from services.stages import OF_BOTH, STAGES
from services.topics import checked_topic


class UsageError(AnalysisError):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose mistakes are one sentence, and who accepts no shortened option."""

    def __init__(self, **settings: Any):
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}. Help: {self.prog} --help")


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """The options of one command, `command` naming it; None reads the process's own.

    Raises UsageError; exits by itself for --help.
    """
    parser = Parser(prog="python -m services", description="Compare the themes of two videos.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _add_run(commands.add_parser("run", help="analyse two videos and write every result to a folder"))
    build = commands.add_parser("build", help="compute one step of a project and what it needs")
    _add_project(build)
    build.add_argument("side", choices=("left", "right", "both"))
    build.add_argument(
        "stage", choices=(*STAGES, *OF_BOTH), metavar="STAGE", help=", ".join((*STAGES, *OF_BOTH))
    )
    _add_project(commands.add_parser("status", help="say which steps of a project are done"))
    export = commands.add_parser("export", help="write a finished project's results to a folder")
    _add_project(export)
    _add_out(export)
    bundle = commands.add_parser("bundle", help="write a project without its videos as one zip")
    _add_project(bundle)
    bundle.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where the zip goes")
    opening = commands.add_parser("import", help="open a bundle as a new project")
    opening.add_argument("file", type=Path, metavar="FILE.zip")
    for side in ("left", "right"):
        opening.add_argument(f"--{side}", metavar="SRC", help="the video of that side, wherever it lies here")
    opening.add_argument(
        "--without-results", action="store_true", help="take settings and corrections, compute the rest here"
    )
    commands.add_parser("prune", help="delete stored results that no project uses")
    options = parser.parse_args(words)
    if options.command == "run":
        _check_run(options)
    return options


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "project", metavar="PROJECT", help="the project's id or topic, as the Library shows it"
    )


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")


def _add_run(parser: argparse.ArgumentParser) -> None:
    src = "a YouTube link, a video file or a folder of frames"
    parser.add_argument("--sample", action="store_true", help="take the bundled pair of videos")
    for side, language in (("left", "en"), ("right", "zh")):
        parser.add_argument(f"--{side}", metavar="SRC", help=src)
        parser.add_argument(
            f"--{side}-captions",
            metavar="FILE",
            help=".srt, .vtt, .ass, .json or .txt; without one YouTube's captions, or a file's speech",
        )
        parser.add_argument(
            f"--{side}-language", metavar="TAG", help=f"language of the captions (default {language})"
        )
        parser.add_argument(
            f"--k-{side}",
            type=_k,
            default="auto",
            metavar="N|auto",
            help="number of clusters (default auto: the recommended one); for hdbscan the smallest cluster",
        )
    parser.add_argument(
        "--cluster-method",
        choices=tuple(METHOD_NAMES),
        default="kmeans",
        help="how both videos are clustered (default kmeans, the paper's)",
    )
    parser.add_argument(
        "--encoder",
        choices=tuple(ENCODER_TITLES),
        default="model",
        help="what is clustered of both videos (default model, the trained one)",
    )
    parser.add_argument("--topic", type=_topic, default="", metavar="TEXT", help="what both videos are about")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="quick", help="model and training")
    parser.add_argument("--epochs", type=_epochs, metavar="N", help="instead of the preset's")
    parser.add_argument(
        "--interval", type=_interval, metavar="S", help="seconds between frames (default 2.0)"
    )
    parser.add_argument(
        "--backend",
        type=_backend,
        nargs="+",
        action="extend",
        default=[],
        metavar="ROLE=NAME",
        help=f"model for a role; roles: {', '.join(ROLES)}",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="compute on this Dask scheduler")
    _add_out(parser)


def _check_run(options: argparse.Namespace) -> None:
    own = [name for name in ("left", "right") if getattr(options, name)]
    given = [
        f"--{side}-{what}"
        for side in ("left", "right")
        for what in ("captions", "language")
        if getattr(options, f"{side}_{what}")
    ]
    if options.sample and (own or given or options.interval):
        named = [f"--{name}" for name in own] + given + (["--interval"] if options.interval else [])
        raise UsageError(f"--sample brings its own videos, so it cannot be combined with {', '.join(named)}.")
    if not options.sample and len(own) < 2:
        raise UsageError(
            "Two videos are needed: give --left SRC and --right SRC, or --sample for the bundled pair."
        )
    if options.cluster_method == "hdbscan" and 1 in (options.k_left, options.k_right):
        raise UsageError("HDBSCAN's clusters have at least 2 pairs: give a number from 2 on, or 'auto'.")


def _topic(text: str) -> str:
    try:
        return checked_topic(text) if text.strip() else ""
    except AnalysisError as e:
        raise argparse.ArgumentTypeError(str(e)) from e


def _k(text: str) -> int | None:
    if text == "auto":
        return None
    return _whole(text, K_MAX, ", or 'auto'")


def _epochs(text: str) -> int:
    return _whole(text, EPOCHS_MAX)


def _whole(text: str, most: int, or_else: str = "") -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= 12
    if not is_whole or not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 to {most}{or_else}")
    return int(text)


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = float("nan")
    if not 0.04 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds from 0.04 to 600")
    return seconds


def _backend(text: str) -> tuple[str, str]:
    role, equals, name = text.partition("=")
    if not equals or not name or role not in ROLES:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not ROLE=NAME with one of the roles {', '.join(ROLES)}"
        )
    return role, name
