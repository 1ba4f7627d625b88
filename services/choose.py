"""A project with one of the analyst's choices changed; the change is not stored yet."""

import dataclasses

from crvae.config import PRESETS
from services import backends
from services.errors import AnalysisError
from services.new_project import PAPER_BACKENDS
from services.recipe import (
    MAX_DRAWS,
    SIDES,
    Alignment,
    Describing,
    Project,
    Projecting,
    Recipe,
    Sampling,
    Side,
    Source,
    TagEdit,
    TranscriptChoice,
)
from services.records import Measure
from services.sources import same_content
from services.text_origins import with_speech_backend
from services.topics import checked_topic
from services.variants import preset_epochs, variant_of, varied

MAX_PROMPT_CHARS = 100
PRESET_TITLES = {name: preset.title for name, preset in PRESETS.items()}
# Why one would choose it, as the Align page says.
ALIGNMENTS: dict[str, tuple[str, str]] = {
    "auto": ("Automatic", "Diptych looks at the times of the texts and chooses; the page says which."),
    "nearest_start": (
        "Nearest frame",
        "Each text takes the frame nearest to its start: right where the times were measured.",
    ),
    "all_frames": (
        "Every frame",
        "Each frame takes the text that is spoken at its time: most pairs, and long texts count more. Frames "
        "at whose time nothing is spoken stay out.",
    ),
    "uniform": (
        "Evenly spread",
        "The texts are spread evenly over the frames: right where their times are missing, wrong, or were "
        "stamped by a clock.",
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class PaperModel:
    """What the paper used in a role, and what a project started in the browser takes now."""

    role_title: str
    paper: backends.Backend
    taken: backends.Backend

    @property
    def is_taken(self) -> bool:
        return self.paper == self.taken


def with_topic(project: Project, topic: str) -> Project:
    """Raises AnalysisError for a topic that is empty or too long, unless the project has it already."""
    is_same = topic.strip() == project.topic
    return project if is_same else dataclasses.replace(project, topic=checked_topic(topic))


def with_source(
    project: Project,
    side: Side,
    *,
    source: Source | None,
    captions: TranscriptChoice | None,
    language: str,
) -> Project:
    """Another video, other captions or another language on a side.

    Corrections find their places in other captions of the same video and language; otherwise they go.
    source:   None keeps the video; the same content at another place is the same video
    captions: where the text comes from; None keeps that, but with a new YouTube video takes its captions
    """
    recipe = project.recipe(side)
    if captions is None:
        is_new_link = (
            source is not None and source.kind == "youtube" and not same_content(source, recipe.source)
        )
        file = TranscriptChoice() if is_new_link else recipe.transcript
        captions = dataclasses.replace(file, language=language)
    kept = _one(project, side, source=source or recipe.source, transcript=captions)
    before = recipe.transcript
    is_same_text = (captions.language, captions.origin) == (before.language, before.origin)
    is_same_video = source is None or same_content(source, recipe.source)
    if is_same_video and is_same_text:
        return kept
    return _one(kept, side, edits=(), text_edits=(), confirmed=())


def with_language(project: Project, side: Side, language: str) -> Project:
    """The side's text taken as this language; if it comes from a file, its corrections stay."""
    recipe = project.recipe(side)
    choice = dataclasses.replace(recipe.transcript, language=language)
    kept = _one(project, side, transcript=choice)
    return kept if choice.digest else _one(kept, side, edits=(), text_edits=(), confirmed=())


def with_sampling(project: Project, sampling: Sampling) -> Project:
    """Both videos with frames drawn this way; of shots, the interval waits to be chosen again."""
    return _both(project, sampling=sampling)


def with_preset(project: Project, name: str, epochs: int | None = None) -> Project:
    """Both videos with the preset's sizes and training, in their variant; epochs: None takes the preset's."""
    preset = PRESETS[name]
    changed = dataclasses.replace(project, preset=name)
    for side in SIDES:
        recipe = changed.recipe(side)
        model = dataclasses.replace(preset.model, word_vector_size=recipe.model.word_vector_size)
        training = dataclasses.replace(
            preset.training,
            epochs=epochs or preset_epochs(name, recipe.model.family),
            seed=recipe.training.seed,
        )
        fresh = varied(_replaced(recipe, model=model, training=training), variant_of(recipe))
        changed = changed.with_recipe(side, fresh)
    return changed


def with_alignment(project: Project, side: Side, method: str) -> Project:
    """method: a name in ALIGNMENTS. The corrections stay, for they belong to the segments."""
    if method not in ALIGNMENTS:
        raise AnalysisError(f"There is no method '{method}' of pairing. Choose: {', '.join(ALIGNMENTS)}.")
    return _one(project, side, alignment=Alignment(method))  # pyright: ignore[reportArgumentType]


def with_k(project: Project, side: Side, k: int) -> Project:
    return _one(project, side, clustering=dataclasses.replace(project.recipe(side).clustering, k=k))


def with_repeated_shots(project: Project, side: Side, *, sets_aside: bool) -> Project:
    """Clusters that are one repeated shot left out of the side's clusters, or kept."""
    choice = dataclasses.replace(project.recipe(side).clustering, sets_aside=sets_aside)
    return _one(project, side, clustering=choice)


def with_map(project: Project, projection: Projecting) -> Project:
    """Both videos drawn on this kind of map."""
    return _both(project, projection=projection)


def with_tag_backends(project: Project, describing: str, tagging: str) -> Project:
    """Both videos described and tagged by these backends (names of services.backends)."""
    return with_backend(with_backend(project, "descriptions", describing), "tags", tagging)


def with_measure(project: Project, measure: Measure) -> Project:
    """The comparison by another measure of likeness, a key of services.measures.MEASURES."""
    return dataclasses.replace(project, comparing=dataclasses.replace(project.comparing, measure=measure))


def with_tags_in_english(project: Project, in_english: bool) -> Project:
    """The comparison of tags by their English where they are not English, or as they are."""
    return dataclasses.replace(
        project, comparing=dataclasses.replace(project.comparing, in_english=in_english)
    )


def with_backend(project: Project, role: str, name: str) -> Project:
    """Both videos, and for phrases the comparison, served by this backend.

    role: one of services.backends.HUB_ROLES; word vectors are part of the model and stay
    """
    for side in SIDES:
        recipe = project.recipe(side)
        if role == "descriptions":
            project = _one(project, side, describing=Describing(name, recipe.describing.prompt))
        elif role == "tags":
            project = _one(project, side, tagging=dataclasses.replace(recipe.tagging, backend=name))
        elif role == "phrases":
            comparing = dataclasses.replace(project.comparing, phrases=name)
            project = dataclasses.replace(_one(project, side, phrases=name), comparing=comparing)
        elif role == "speech":
            project = _one(project, side, transcript=with_speech_backend(recipe.transcript, name))
        else:
            raise AnalysisError(f"The backend for {role} cannot be changed in a project.")
    return project


def with_prompt(project: Project, prompt: str) -> Project:
    """Both videos' frames described in sentences that are made to begin with these words; "" for none."""
    plain = " ".join(prompt.split())
    if len(plain) > MAX_PROMPT_CHARS:
        raise AnalysisError(f"The words are longer than {MAX_PROMPT_CHARS} characters. Write fewer.")
    return _both(project, describing=dataclasses.replace(project.left.describing, prompt=plain))


def with_draws(project: Project, n_draws: int) -> Project:
    """Both videos tagged so many times. Raises AnalysisError for a number out of range."""
    try:
        tagging = dataclasses.replace(project.left.tagging, n_draws=n_draws)
    except ValueError as e:
        raise AnalysisError(f"{n_draws} draws cannot be made. Choose 1 to {MAX_DRAWS}.") from e
    return _both(project, tagging=tagging)


def backend_in_use(project: Project, role: str) -> str:
    """Name of the backend that serves the role in this project; "" for speech where none is recognized."""
    recipe = project.left
    return {
        "word-vectors": recipe.embedding.backend,
        "descriptions": recipe.describing.backend,
        "tags": recipe.tagging.backend,
        "phrases": project.comparing.phrases,
        "speech": project.left.transcript.backend or project.right.transcript.backend,
    }[role]


def paper_models() -> tuple[PaperModel, ...]:
    """Role by role: the paper's model, and the one that a new project would take on this machine."""
    return tuple(
        PaperModel(backends.ROLE_TITLES[role], backends.find(role, name), backends.best(role))
        for role, name in PAPER_BACKENDS.items()
    )


def with_tag_edits(project: Project, side: Side, edits: tuple[TagEdit, ...]) -> Project:
    """The edits added to those made before."""
    return _one(project, side, tag_edits=(*project.recipe(side).tag_edits, *edits))


def _one(project: Project, side: Side, **fields: object) -> Project:
    return project.with_recipe(side, _replaced(project.recipe(side), **fields))


def _both(project: Project, **fields: object) -> Project:
    for side in SIDES:
        project = _one(project, side, **fields)
    return project


def _replaced(recipe: Recipe, **fields: object) -> Recipe:
    return dataclasses.replace(recipe, **fields)  # pyright: ignore[reportArgumentType]
