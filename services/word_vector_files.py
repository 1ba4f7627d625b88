"""Word-vector files: GloVe text, word2vec text and word2vec binary, plain or packed with gzip or bzip2."""

import bz2
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from services.errors import AnalysisError
from services.recipe import Embedding
from services.records import Progress, quiet

LINE_BYTES_MAX = 1 << 18  # a line of 4,096 numbers is a third of it
WORD_BYTES_MAX = 4096
SIZE_MAX = 4096
ENTRY_MAX = 1e6  # trained vectors stay below 100; more means that the bytes are no numbers
ROWS_PER_REPORT = 50_000
OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
WRITTEN_NUMBERS = re.compile(rb"[-+.0-9eEnNaAiIfF\s]*")


class NotWordVectors(AnalysisError):
    """A file that cannot be read as word vectors, and why."""

    def __init__(self, path: Path, problem: str):
        super().__init__(
            f"{path.name}: {problem}. Choose an undamaged file of word vectors: GloVe text, or word2vec text "
            "or binary (.gz and .bz2 are read as they are; unpack a .zip first)."
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out, as its beginning shows."""

    path: Path
    size: int  # numbers in each vector
    n_words: int  # as the header says; 0 without a header
    is_binary: bool


class FileWordVectors:
    """Vectors of the wanted words from one or more files; a word takes the first file that has it."""

    def __init__(self, layouts: Sequence[Layout]):
        self._layouts = tuple(layouts)

    @property
    def size(self) -> int:
        return self._layouts[0].size

    def look_up(
        self, words: Sequence[str], progress: Progress = quiet
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors (n, size) and whether each word has one (n,).

        Reads each file once and keeps the wanted rows alone.
        Raises NotWordVectors for a broken row, and when the file ends too early.
        """
        vectors = np.zeros((len(words), self.size), np.float32)
        known = np.zeros(len(words), bool)
        for layout in self._layouts:
            wanted = {word.encode(): i for i, word in enumerate(words) if not known[i]}
            if not wanted:
                break
            with closing(_rows(layout, wanted, progress)) as rows:
                for word, vector in rows:
                    row = wanted.pop(word)
                    vectors[row], known[row] = vector, True
                    if not wanted:
                        break
        return vectors, known


def choose_files(paths: Sequence[Path]) -> Embedding:
    """Settings that use these files, with the digests of their content.

    Raises AnalysisError as open_files does.
    """
    locations = tuple(str(path.expanduser().absolute()) for path in paths)
    digests = tuple(_digest_of(Path(location)) for location in locations)
    open_files(locations, digests)
    return Embedding(backend="files", digests=digests, locations=locations)


def open_files(locations: Sequence[str], digests: Sequence[str]) -> FileWordVectors:
    """The word vectors of the files, which must still hold what `digests` says.

    Raises AnalysisError when none is chosen, one is missing, has changed or is broken, or their sizes differ.
    """
    paths = [Path(location) for location in locations]
    if not paths:
        raise AnalysisError(
            "No word-vector file is chosen. Choose one or more files (for example GloVe for English and "
            "Chinese Word Vectors for Chinese), or take the backend 'use-pca300', which needs none."
        )
    for path, digest in zip_longest(paths, digests[: len(paths)]):
        if _digest_of(path) != digest:
            raise AnalysisError(
                f"{path.name}: this is not the file of word vectors that was chosen, its content differs. "
                "Choose it again, so that the results are made anew, or put the former file back."
            )
    layouts = [read_layout(path) for path in paths]
    if len({layout.size for layout in layouts}) > 1:
        sizes = ", ".join(f"{layout.path.name} has {layout.size}" for layout in layouts)
        raise AnalysisError(
            f"The word-vector files differ in the numbers per word: {sizes}. Choose files of one size."
        )
    return FileWordVectors(layouts)


def read_layout(path: Path) -> Layout:
    """Size and form of the file's vectors, from its first two rows. Raises NotWordVectors."""
    with _opened(path) as stream:
        first, second = stream.readline(LINE_BYTES_MAX), stream.readline(LINE_BYTES_MAX)
    fields = first.split()
    if len(fields) == 2 and all(field.isdigit() and len(field) < 12 for field in fields):
        n_words, size = int(fields[0]), int(fields[1])
        if not 1 <= size <= SIZE_MAX or n_words < 1:
            raise NotWordVectors(path, f"its header says {n_words} words of {size} numbers")
        numbers = second.partition(b" ")[2]
        # A binary row may hold the bytes of a line's end anywhere, so a few such signs do not make it text.
        is_text = WRITTEN_NUMBERS.fullmatch(numbers) and len(numbers.split()) >= (size + 1) // 2
        return Layout(path, size, n_words, is_binary=not is_text)
    size = len(fields) - 1
    if not 2 <= size <= SIZE_MAX or _numbers(fields[1:], size) is None:
        raise NotWordVectors(path, "its first line is neither a header nor a word with its numbers")
    return Layout(path, size, 0, is_binary=False)


def _rows(
    layout: Layout, wanted: dict[bytes, int], progress: Progress
) -> Generator[tuple[bytes, NDArray[np.float32]]]:
    """Each wanted word that the file has, with its vector."""
    note = f"reading {layout.path.name}"
    with _opened(layout.path) as stream:
        if layout.n_words:
            stream.readline(LINE_BYTES_MAX)
        rows = _binary_rows(stream, layout) if layout.is_binary else _text_rows(stream, layout)
        for n, (word, row) in enumerate(rows):
            if n % ROWS_PER_REPORT == 0:
                progress(min(n, layout.n_words), max(layout.n_words, 1), note)
            if word in wanted:
                vector = _binary_vector(row) if layout.is_binary else _text_vector(row, layout, n)
                if vector is not None:
                    yield word, _checked(vector, word, layout)


def _checked(vector: NDArray[np.float32], word: bytes, layout: Layout) -> NDArray[np.float32]:
    if not bool((np.abs(vector) <= ENTRY_MAX).all()):  # NaN fails, too
        raise NotWordVectors(layout.path, f"what stands for '{word.decode(errors='replace')}' is no vector")
    return vector


def _text_rows(stream: BinaryIO, layout: Layout) -> Iterator[tuple[bytes, bytes]]:
    for n, line in enumerate(iter(lambda: stream.readline(LINE_BYTES_MAX), b"")):
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            raise NotWordVectors(layout.path, f"row {n + 1} is longer than {LINE_BYTES_MAX} bytes")
        word, _, numbers = line.partition(b" ") if b" " in line else line.partition(b"\t")
        yield word, numbers


def _text_vector(row: bytes, layout: Layout, n: int) -> NDArray[np.float32] | None:
    """The row's numbers; None where the row's word goes on after a space, as in some GloVe files."""
    fields = row.split()
    vector = _numbers(fields, layout.size)
    if vector is None and len(fields) > layout.size and _numbers(fields[:1], 1) is None:
        return None
    if vector is None:
        raise NotWordVectors(layout.path, f"row {n + 1} does not hold {layout.size} numbers")
    return vector


def _binary_rows(stream: BinaryIO, layout: Layout) -> Iterator[tuple[bytes, bytes]]:
    n_bytes, window, start = 4 * layout.size, b"", 0
    for n in range(layout.n_words):
        while True:
            space = window.find(b" ", start, start + WORD_BYTES_MAX)
            if space >= 0 and len(window) > space + n_bytes:
                break
            if space < 0 and len(window) - start >= WORD_BYTES_MAX:
                raise NotWordVectors(layout.path, f"word {n + 1} has no end")
            more = stream.read(1 << 20)
            if not more:
                raise NotWordVectors(layout.path, f"it ends after {n} of {layout.n_words} words")
            window, start = window[start:] + more, 0
            # The search begins again: the word may have been cut in two.
        yield window[start:space].lstrip(b"\n"), window[space + 1 : space + 1 + n_bytes]
        start = space + 1 + n_bytes


def _binary_vector(row: bytes) -> NDArray[np.float32]:
    return np.frombuffer(row, "<f4").astype(np.float32)


def _numbers(fields: Sequence[bytes], size: int) -> NDArray[np.float32] | None:
    if len(fields) != size:
        return None
    try:
        return np.array([float(field) for field in fields], np.float32)
    except (ValueError, OverflowError):
        return None


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked; errors of the disk and of the packing become sentences."""
    try:
        with OPENERS.get(path.suffix, open)(path, "rb") as stream:
            yield cast(BinaryIO, stream)
    except (OSError, EOFError, zlib.error) as e:
        raise NotWordVectors(path, f"it cannot be read ({getattr(e, 'strerror', None) or e})") from e


def _digest_of(path: Path) -> str:
    with _readable(path):
        stat = path.stat()
        return _digest(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(path: Path, n_bytes: int, changed_ns: int) -> str:
    """32 hex digits of the content; size and time of change say when it must be read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise NotWordVectors(path, f"it cannot be read ({e.strerror or e})") from e
