"""The commands on stored projects: build, status, export."""

import argparse
import dataclasses

from services.bundle import bundle_file
from services.bundle_read import open_bundle_file, with_videos
from services.cli_build import chosen_build
from services.cli_progress import Bars, stopped_by_ctrl_c
from services.errors import AnalysisError
from services.export import export
from services.labels import choice_label, video_label
from services.recipe import SIDES, Project, Side, Source
from services.sources import source_of
from services.stages import OF_BOTH, STAGES, key, key_of_both, title_of
from services.store import Store
from services.workspace import Workspace


def find(ws: Workspace, name: str) -> Project:
    """The project with this id or topic. Raises AnalysisError if there is none, or more than one."""
    projects = ws.projects.all()
    found = [p for p in projects if p.project_id == name] or [p for p in projects if p.topic == name]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(p.project_id for p in found)
        raise AnalysisError(f"Several projects are called '{name}'. Give the id of one of them: {ids}.")
    raise AnalysisError(
        f"There is no project '{name}' in the workspace {ws.root}. The app's Library shows the projects; "
        "'python -m services run' makes one."
    )


def build(ws: Workspace, options: argparse.Namespace) -> str:
    project, bars = find(ws, options.project), Bars()
    with stopped_by_ctrl_c(bars):
        chosen_build(ws, bars)(project, options.side, options.stage)
    return f"{options.stage} of '{project.topic}' is done."


def status(ws: Workspace, options: argparse.Namespace) -> str:
    project = find(ws, options.project)
    lines = [f"{project.topic} ({project.project_id})"]
    for side in SIDES:
        recipe = project.recipe(side)
        chosen = choice_label(recipe.clustering)
        lines.append(f"{video_label(project, side)}: {recipe.source.title}, {chosen}")
        lines += [_line(ws.store, stage.title, key(recipe, name)) for name, stage in STAGES.items()]
    lines += [_line(ws.store, title_of(stage), key_of_both(project, stage), indent="") for stage in OF_BOTH]
    return "\n".join(lines)


def export_project(ws: Workspace, options: argparse.Namespace) -> str:
    project, bars = find(ws, options.project), Bars()
    with stopped_by_ctrl_c(bars):
        export(ws, project, options.out, bars)
    return f"Results of '{project.topic}': {options.out.resolve()} (open report.html)"


def bundle_project(ws: Workspace, options: argparse.Namespace) -> str:
    project, bars = find(ws, options.project), Bars()
    with stopped_by_ctrl_c(bars):
        bundle_file(ws, project, options.out, bars)
    return f"'{project.topic}' without its videos: {options.out.resolve()}"


def import_bundle(ws: Workspace, options: argparse.Namespace) -> str:
    bars = Bars()
    videos: dict[Side, Source] = {side: source_of(text) for side in SIDES if (text := getattr(options, side))}
    with stopped_by_ctrl_c(bars):
        opened = open_bundle_file(ws, options.file, bars, with_results=not options.without_results)
    project = with_videos(opened.project, videos)
    if videos:
        project = ws.projects.save(project, "videos put back")
    return f"{dataclasses.replace(opened, project=project).told()}\nProject {project.project_id}"


def _line(store: Store, title: str, k: str, indent: str = "  ") -> str:
    if k not in store:
        return f"{indent}{title}: not computed"
    meta = store.meta(k)
    by = f", {meta['backend']}" if meta.get("backend") else ""
    return f"{indent}{title}: done ({float(meta.get('seconds', 0.0)):.1f} s{by})"
