"""A new project from two sources and a preset, with the backends the preset stands for (paper §3, §4)."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from crvae.config import PRESETS
from services import backends as models
from services.errors import AnalysisError
from services.recipe import (
    SIDES,
    Comparing,
    Describing,
    Embedding,
    Project,
    Recipe,
    Sampling,
    Source,
    Tagging,
    TranscriptChoice,
)
from services.recipe_key import digest
from services.text_origins import with_speech_backend
from services.topics import checked_topic, cut_topic

# What the paper used (§3.4.2, §4.1.2, §5.3.3); the other presets take the best that is on the machine. Its
# Chinese speech service has no name (§4.2.2).
PAPER_BACKENDS = {
    "word-vectors": "files",
    "descriptions": "blip",
    "tags": "llama2",
    "phrases": "phrase-bert",
}
FILES = "files:"  # word-vectors=files:PATH[,PATH …]


def new_project(
    topic: str,
    left: Source,
    right: Source,
    left_transcript: TranscriptChoice,
    right_transcript: TranscriptChoice,
    *,
    preset: str = "quick",
    interval_s: float = 2.0,
    backends: Mapping[str, str] | None = None,
    epochs: int | None = None,
) -> Project:
    """A project that is not stored yet (Projects.add gives it its id).

    topic:    "" takes the sources' titles
    preset:   a name of crvae.config.PRESETS
    backends: role -> name of services.backends; roles left out follow the preset
    epochs:   None takes the preset's
    Raises AnalysisError for a setting out of range, a topic that is too long, and a backend that is not on
    this machine.
    """
    chosen = chosen_backends(preset, backends or {})
    embedding = _embedding(chosen["word-vectors"])
    shared = _shared_settings(preset, epochs, interval_s, embedding)
    sides = (
        dataclasses.replace(
            shared,
            source=source,
            transcript=with_speech_backend(transcript, chosen["speech"]),
            describing=Describing(chosen["descriptions"]),
            tagging=Tagging(chosen["tags"]),
            phrases=chosen["phrases"],
        )
        for source, transcript in ((left, left_transcript), (right, right_transcript))
    )
    return Project(
        "",
        checked_topic(topic)
        if topic.strip()
        else cut_topic(" / ".join(dict.fromkeys((left.title, right.title)))),
        *sides,
        comparing=Comparing(phrases=chosen["phrases"]),
        preset=preset,
    )


def chosen_backends(preset: str, wishes: Mapping[str, str]) -> dict[str, str]:
    """Role -> backend name for every role: the wishes, then what the preset stands for.

    Raises AnalysisError for an unknown role or name and for a backend that is not on this machine.
    """
    for role in wishes:
        if role not in models.ROLES:
            raise AnalysisError(f"There is no role '{role}'. Choose one of: {', '.join(models.ROLES)}.")
    names: dict[str, str] = {}
    for role in models.ROLES:
        by_preset = PAPER_BACKENDS.get(role, "auto") if preset == "paper" else "auto"
        wish = wishes.get(role, by_preset)
        if role == "word-vectors" and wish.startswith(FILES):
            names[role] = wish
            continue
        backend = models.find(role, wish)
        _require_present(role, backend, preset if role not in wishes else "")
        names[role] = backend.name
    return names


def same_settings(a: Project, b: Project, *, with_k: bool = True) -> bool:
    """Whether two projects would have the same results; without K when `with_k` is false."""
    return _fingerprint(a, with_k) == _fingerprint(b, with_k)


def _fingerprint(project: Project, with_k: bool) -> str:
    recipes = [project.recipe(side) for side in SIDES]
    if not with_k:
        undecided = [dataclasses.replace(r.clustering, k=None, min_pairs=None) for r in recipes]
        recipes = [dataclasses.replace(r, clustering=c) for r, c in zip(recipes, undecided, strict=True)]
    return digest(*recipes, project.comparing)


def _require_present(role: str, backend: models.Backend, preset: str) -> None:
    title = models.ROLE_TITLES[role].lower()
    of_preset = f"The preset '{preset}' takes {backend.title} for {title}" if preset else backend.title
    if backend.name == "files":
        raise AnalysisError(
            f"{of_preset if preset else 'The backend files'}, so word-vector files must be named: "
            "word-vectors=files:PATH,PATH (the paper's are GloVe 6B 300d and Chinese Word Vectors 300d). "
            "Or choose word-vectors=auto, which needs none."
        )
    if not models.is_present(backend):
        link = ", which is" if preset else " is"
        raise AnalysisError(
            f"{of_preset}{link} not on this machine. {backend.how_to_get} "
            f"Or choose another backend for {title}: {role}=auto takes the best that is here."
        )


def _embedding(name: str) -> Embedding:
    if not name.startswith(FILES):
        return Embedding(backend=name)
    from services.word_vector_files import choose_files

    return choose_files([Path(part) for part in name.removeprefix(FILES).split(",") if part])


def _shared_settings(preset: str, epochs: int | None, interval_s: float, embedding: Embedding) -> Recipe:
    """What both videos have in common; the sources are put in later."""
    if preset not in PRESETS:
        raise AnalysisError(f"There is no preset '{preset}'. Choose one of: {', '.join(PRESETS)}.")
    model, training = PRESETS[preset].model, PRESETS[preset].training
    if embedding.backend == "files":
        from services.word_vector_files import open_files

        size = open_files(embedding.locations, embedding.digests).size
        model = dataclasses.replace(model, word_vector_size=size)
    try:
        training = training if epochs is None else dataclasses.replace(training, epochs=epochs)
        sampling = Sampling(interval_s)
    except ValueError as e:
        raise AnalysisError(f"This setting cannot be used: {e}. Choose a value in that range.") from e
    nothing = Source("file", "")
    return Recipe(
        nothing, TranscriptChoice(), sampling=sampling, embedding=embedding, model=model, training=training
    )
