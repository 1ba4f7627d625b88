"""The report of a finished project as one HTML page that needs nothing else (paper §5.3, §5.4)."""

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crvae.config import ModelConfig, TrainingConfig
from services import report_cells, shared_themes
from services.backends import ROLE_TITLES
from services.cautions import NOT_TESTED
from services.compare import measure_told
from services.export import known_significance
from services.labels import sampling_label
from services.project_file import backend_facts, backend_names, command_line, project_file
from services.recipe import SIDES, Project, Side
from services.report_clusters import data_uri
from services.report_views import SideView, side_view
from services.said import CATALOGUES, Language, Tell, teller, told
from services.stages import load, load_comparison
from services.variants import FAMILY_TITLES, epochs_told
from services.workspace import Workspace

HEATMAP_DPI = 160
CHANGES_SHOWN = 60
HTML_LANGUAGES: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


def report_html(ws: Workspace, project: Project, language: Language = "en") -> str:
    """The report as one page with its pictures in it. Raises StageMissing if the project is not finished."""
    from services.export import heatmap

    tell = teller(language)
    comparison, significance = load_comparison(ws.store, project), known_significance(ws.store, project)
    themes = [load(ws.store, project.recipe(side), "themes") for side in SIDES]
    shared = (
        shared_themes.shared_themes(comparison, significance, *themes) if significance is not None else None
    )
    sides: dict[Side, SideView] = {side: side_view(ws.store, project, side, tell) for side in SIDES}
    if shared is not None:
        sides["left"] = report_cells.with_alone(sides["left"], shared.only_left)
        sides["right"] = report_cells.with_alone(sides["right"], shared.only_right)
    changes = [change for change in ws.projects.changes(project.project_id) if not change.is_undone]
    facts = project_file(ws.store, project)
    return (
        _environment(tell)
        .get_template("report.html.j2")
        .render(
            html_language=HTML_LANGUAGES[language],
            project=project,
            facts=facts,
            contents=_contents(sides, tell),
            verdict=tell(NOT_TESTED if shared is None else shared_themes.told(shared)),
            findings=report_cells.findings(shared, sides, tell),
            warnings=[told(warning, language) for warning in facts["warnings"]],
            sides=list(sides.values()),
            is_tested=shared is not None,
            shared=report_cells.matches(shared, sides, significance, tell) if shared else (),
            uncertainty=report_cells.uncertainty(significance, tell),
            heatmap=data_uri(heatmap(ws, project, dpi=HEATMAP_DPI, tell=tell), "image/png"),
            matrix=report_cells.matrix(comparison, significance, tell),
            measure=measure_told(themes[0], themes[1], project.comparing, tell),
            backends=[(ROLE_TITLES[r], backend_facts(r, name)) for r, name in backend_names(project).items()],
            settings=_settings(project),
            edits=changes[:CHANGES_SHOWN],
            n_edits_more=max(len(changes) - CHANGES_SHOWN, 0),
            command=command_line(project),
        )
    )


def _environment(tell: Tell) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(CATALOGUES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = tell  # pyright: ignore[reportArgumentType]
    return environment


def _contents(sides: dict[Side, SideView], tell: Tell) -> list[tuple[str, str]]:
    """Anchor and title of each chapter."""
    return [
        ("findings", tell("What can be said")),
        ("heatmap", tell("All themes against each other")),
        ("shared", tell("What both tell")),
        *((f"only-{key}", tell("Only in the {video}", video=side.title)) for key, side in sides.items()),
        *((key, side.title) for key, side in sides.items()),
        ("sources", tell("Sources")),
        ("uncertainty", tell("How sure one can be")),
        ("method", tell("How it was made")),
        ("edits", tell("What was changed by hand")),
        ("again", tell("To make it again")),
    ]


def _settings(project: Project) -> list[tuple[str, str]]:
    """Setting and value, as people name them; both videos share them."""
    recipe = project.left
    training = recipe.training
    return [
        ("Preset", project.preset),
        ("Model", FAMILY_TITLES[recipe.model.family]),
        ("One frame", sampling_label(recipe.sampling)),
        ("Epochs", epochs_told(training)),
        ("Batch size", str(training.batch_size)),
        ("Learning rate", f"{training.learning_rate:g}, {training.schedule}"),
        ("Latent size", str(recipe.model.latent_size)),
        *(_text_settings(recipe.model, recipe.training) if recipe.model.has_text else []),
        ("Word vectors", f"{recipe.model.word_vector_size} numbers"),
        ("t-SNE perplexity, at most a third of the pairs", f"{recipe.projection.perplexity:g}"),
        ("Seed of the training", str(training.seed)),
    ]


def _text_settings(model: ModelConfig, training: TrainingConfig) -> list[tuple[str, str]]:
    """What a model of pictures alone does not have."""
    network = model.rnn.upper()
    reader = f"Transformer, then {network}" if model.text_encoder == "transformer" else network
    return [
        ("Weight of the text loss (λ)", f"{training.text_weight:g}"),
        ("Text network", f"{reader}, {model.rnn_layers} × {model.hidden}"),
        ("Teacher forcing", "yes" if model.teacher_forcing else "no"),
        ("Pairs with one side hidden", f"{training.denoising:.0%}"),
    ]
