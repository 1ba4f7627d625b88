"""Shots that come back, such as a newsreader's or an interview's, found by small grey pictures."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 12, 20  # of the small pictures
SEEN_ROWS = 10  # captions and tickers change below, while the shot stays
ALIKE = 0.9  # correlation from which two pictures are of one shot; a person who talks moves a little
FLAT = 4.0  # grey levels of spread below which a picture shows nothing: black, a fade
AWAY_MIN = 3  # pairs of other shots between two stretches; fewer are a cut-away
STRETCHES_MIN = 2
PAIRS_MIN = 4
SHARE_MIN = 0.6  # of a cluster's pairs in one shot


@dataclass(frozen=True, slots=True)
class RepeatedShot:
    """The one shot that most of a cluster's pairs show; it comes back in several stretches of the video."""

    n_pairs: int  # of the cluster
    share: float  # of the cluster's pairs
    n_stretches: int  # in the whole video


def shots_of(images: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Number of the shot that each picture (N, 3, H, W) belongs to, (N,), by first appearance.

    Each picture joins the most alike of the shots seen before it, or begins one; -1 shows nothing.
    """
    small = _small(images)
    shots = np.full(len(small), -1, np.int32)
    sums = np.zeros_like(small)  # of the pictures of each shot, (n, pixels)
    n = 0
    for i, picture in enumerate(small):
        if not picture.any():
            continue
        likeness = sums[:n] @ picture / np.maximum(np.linalg.norm(sums[:n], axis=1), 1e-9)
        shot = int(likeness.argmax()) if n and likeness.max() >= ALIKE else n
        n = max(n, shot + 1)
        sums[shot] += picture
        shots[i] = shot
    return shots


def repeated_shot(shots: NDArray[np.int32], labels: NDArray[np.int32], cluster: int) -> RepeatedShot | None:
    """The repeated shot that the cluster is; None if it shows more than one, or one that does not come back.

    shots, labels: (N,) in order of time
    """
    own = shots[(labels == cluster) & (shots >= 0)]
    if len(own) < PAIRS_MIN:
        return None
    counts = np.bincount(own)
    shot, n_pairs = int(counts.argmax()), int(counts.max())
    share = n_pairs / int((labels == cluster).sum())
    n_stretches = 1 + int((np.diff(np.flatnonzero(shots == shot)) > AWAY_MIN).sum())
    if n_pairs < PAIRS_MIN or share < SHARE_MIN or n_stretches < STRETCHES_MIN:
        return None
    return RepeatedShot(n_pairs, share, n_stretches)


def _small(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, pixels) grey, of mean 0 and length 1, so that light and contrast do not count; zeros where flat."""
    n, _, height, width = images.shape
    grey = np.empty((n, ROWS * COLUMNS), np.float32)
    for i, image in enumerate(images):
        whole = image[:, : height // ROWS * ROWS, : width // COLUMNS * COLUMNS].mean(axis=0)
        blocks = whole.reshape(ROWS, height // ROWS, COLUMNS, width // COLUMNS)
        grey[i] = blocks.mean(axis=(1, 3)).ravel()
    seen = grey[:, : SEEN_ROWS * COLUMNS]
    seen = seen - seen.mean(axis=1, keepdims=True)
    spread = seen.std(axis=1, keepdims=True)
    length = np.linalg.norm(seen, axis=1, keepdims=True)
    return np.where(spread >= FLAT, seen / np.maximum(length, 1e-9), 0.0).astype(np.float32)
