"""Tags by a chat server that speaks OpenAI's protocol: Ollama, vLLM, llama.cpp, LM Studio (paper §3.4.2)."""

import hashlib
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from services.backends import Backend
from services.errors import AnalysisError
from services.tag_parse import MAX_ANSWER_CHARS
from services.tag_prompt import Askable, Prompt, about_tokens, fitted
from services.tag_server_errors import foreign_errors, is_too_long, refusal
from services.tag_server_settings import MODEL, URL, ServerSettings, server_settings
from services.taggers import Answer, Beat, TagModel, answer_tokens

PROMPT_TOKENS = 3_600  # with the answer within the 4,096 that Ollama takes unless told otherwise
TRIES = 3  # with half the texts each time, where the server says that the question is too long
CONNECT_S, READ_S = 10.0, 300.0  # a processor may read for minutes before its first word
ANSWER_S = 900.0
RETRIES = 2  # of the client, when the connection breaks or the server is busy
MAX_PIECES = 20_000
BEAT_S = 0.25


def server_model(backend: Backend) -> TagModel:
    """Raises AnalysisError if the environment names no server, or a wrong address."""
    settings = server_settings()
    if settings is None or not backend.model_id:
        raise AnalysisError(f"No chat server is set. Set {URL} and {MODEL}, then start Diptych again.")
    where = hashlib.blake2b(settings.url.encode(), digest_size=8).hexdigest()
    return TagModel(backend.title, f"server:{where}:{backend.model_id}", lambda: _opened(backend, settings))


@contextmanager
def _opened(backend: Backend, settings: ServerSettings) -> Iterator["ServerTagger"]:
    from openai import DefaultHttpxClient, OpenAI, Timeout

    client = OpenAI(
        base_url=settings.url,
        api_key=settings.key or "none",  # the client wants one
        timeout=Timeout(READ_S, connect=CONNECT_S),
        max_retries=RETRIES,
        http_client=DefaultHttpxClient(follow_redirects=False),  # the key goes to the named address alone
    )
    with client:
        yield ServerTagger(client, backend.model_id)


@dataclass(frozen=True, slots=True)
class ServerTagger:
    client: Any
    model: str

    def answer(self, question: Askable, temperature: float, seed: int, beat: Beat) -> Answer:
        import openai

        n_tokens = PROMPT_TOKENS
        for _ in range(TRIES):
            prompt = fitted(question, about_tokens, n_tokens)
            if prompt is None:
                break
            try:
                text = self._written(prompt, answer_tokens(question), temperature, seed, beat)
            except openai.BadRequestError as e:
                if not is_too_long(e):
                    raise AnalysisError(refusal(e, self.model)) from e
                n_tokens //= 2
            except foreign_errors() as e:
                raise AnalysisError(refusal(e, self.model)) from e
            else:
                return Answer(self._checked(text), prompt.share)
        raise AnalysisError(
            f"{self.model} on the chat server reads too little for the question about a cluster. "
            "Give it a longer context, or choose another backend for tags."
        )

    def _checked(self, text: str) -> str:
        if not text.strip():
            raise AnalysisError(
                f"{self.model} on the chat server answered with nothing. If it is one that thinks before it "
                "answers, turn that off, or choose another model."
            )
        return text

    def _written(self, prompt: Prompt, n_tokens: int, temperature: float, seed: int, beat: Beat) -> str:
        """The answer, read in a thread of its own so that Stop is heard while the server is silent."""
        pieces: queue.Queue[str | Exception | None] = queue.Queue()
        request = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            "temperature": temperature,
            "seed": seed,
            "max_tokens": n_tokens,
            "stream": True,
        }
        is_over = threading.Event()
        reader = threading.Thread(target=self._read, args=(request, pieces, is_over), daemon=True)
        reader.start()
        try:
            return _gathered(pieces, beat)
        finally:
            is_over.set()

    def _read(self, request: dict[str, Any], pieces: "queue.Queue[Any]", is_over: threading.Event) -> None:
        try:
            with self.client.chat.completions.create(**request) as stream:
                for chunk in stream:
                    if is_over.is_set():
                        return
                    pieces.put(_text_of(chunk))
            pieces.put(None)
        except Exception as e:  # noqa: BLE001 - raised again in the thread that waits
            pieces.put(e)


def _gathered(pieces: "queue.Queue[str | Exception | None]", beat: Beat) -> str:
    """The pieces as one text, cut where it gets too long."""
    text, n_pieces, began = "", 0, time.monotonic()
    while len(text) < MAX_ANSWER_CHARS and n_pieces < MAX_PIECES:
        beat(n_pieces)
        if time.monotonic() - began > ANSWER_S:
            raise TimeoutError
        try:
            piece = pieces.get(timeout=BEAT_S)
        except queue.Empty:
            continue
        if isinstance(piece, Exception):
            raise piece
        if piece is None:
            break
        text, n_pieces = text + piece, n_pieces + 1
    return text[:MAX_ANSWER_CHARS]


def _text_of(chunk: Any) -> str:
    """What a piece of the answer says; the client does not check what servers send."""
    choices = getattr(chunk, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    content = getattr(getattr(first, "delta", None), "content", None)
    return content if isinstance(content, str) else ""
