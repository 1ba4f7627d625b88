"""Tags by a chat server that speaks OpenAI's protocol: Ollama, vLLM, llama.cpp, LM Studio (paper §3.4.2)."""

import hashlib
import queue
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.backends import Backend
from services.errors import AnalysisError
from services.tag_parse import MAX_ANSWER_CHARS, without_stump
from services.tag_prompt import Askable, Prompt, about_tokens, fitted
from services.tag_server_errors import foreign_errors, is_too_long, refusal
from services.tag_server_settings import MODEL, URL, ServerSettings, server_settings
from services.taggers import Answer, Beat, TagModel, answer_tokens

if TYPE_CHECKING:
    from services.tag_server_wire import Wire

PROMPT_TOKENS = 3_600  # with the answer within the 4,096 that Ollama takes unless told otherwise
TRIES = 3  # with half the texts each time, where the server says that the question is too long
CONNECT_S, READ_S = 10.0, 300.0  # a processor may read for minutes before its first word
ANSWER_S = 900.0
RETRIES = 2  # of the client, when the connection breaks or the server is busy
MAX_PIECES = 20_000
BEAT_S = 0.25
CUT_OFF = ("length", "content_filter")  # reasons of an end that is none


def server_model(backend: Backend) -> TagModel:
    """Raises AnalysisError if the environment names no server, or a wrong address."""
    settings = server_settings()
    if settings is None or not backend.model_id:
        raise AnalysisError(f"No chat server is set. Set {URL} and {MODEL}, then start Diptych again.")
    where = hashlib.blake2b(settings.url.encode(), digest_size=8).hexdigest()
    tagger = ServerTagger(settings, backend.model_id)
    return TagModel(backend.title, f"server:{where}:{backend.model_id}", lambda: nullcontext(tagger))


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    reason: str  # why the answer ends here; "" where it goes on


@dataclass(frozen=True, slots=True)
class ServerTagger:
    settings: ServerSettings
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
        from services.tag_server_wire import Wire

        pieces: queue.Queue[_Piece | Exception | None] = queue.Queue()
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
        wire = Wire()
        reader = threading.Thread(target=self._read, args=(request, pieces, wire), daemon=True)
        reader.start()
        try:
            return _gathered(pieces, wire, beat)
        finally:
            wire.cut()

    def _read(self, request: dict[str, Any], pieces: "queue.Queue[Any]", wire: "Wire") -> None:
        try:
            with self._client(wire) as client, client.chat.completions.create(**request) as stream:
                for chunk in stream:
                    pieces.put(_piece_of(chunk))
            pieces.put(None)
        except Exception as e:  # noqa: BLE001 - raised again in the thread that waits
            pieces.put(e)

    def _client(self, wire: "Wire") -> Any:
        from openai import DefaultHttpxClient, OpenAI, Timeout

        return OpenAI(
            base_url=self.settings.url,
            api_key=self.settings.key or "none",  # the client wants one
            timeout=Timeout(READ_S, connect=CONNECT_S),
            max_retries=RETRIES,
            # The key goes to the named address alone.
            http_client=DefaultHttpxClient(follow_redirects=False, event_hooks=wire.hooks),
        )


def _gathered(pieces: "queue.Queue[_Piece | Exception | None]", wire: "Wire", beat: Beat) -> str:
    """The pieces as one text, cut where it gets too long, without the line at which it was cut off."""
    text, reason, n_pieces, began = "", "", 0, time.monotonic()
    is_whole = False
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
            is_whole = (bool(reason) or wire.is_done) and reason not in CUT_OFF
            break
        text, reason, n_pieces = text + piece.text, piece.reason or reason, n_pieces + 1
    text = _joined(text[:MAX_ANSWER_CHARS])
    return text if is_whole else without_stump(text)


def _joined(text: str) -> str:
    """The text with the halves of characters that came in two pieces made one; others cannot be kept."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _piece_of(chunk: Any) -> _Piece:
    """What a piece of the answer says; the client does not check what servers send."""
    choices = getattr(chunk, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    content = getattr(getattr(first, "delta", None), "content", None)
    reason = getattr(first, "finish_reason", None)
    return _Piece(content if isinstance(content, str) else "", reason if isinstance(reason, str) else "")
