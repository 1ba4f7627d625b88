"""Benchmarks, run by hand: python -m benchmarks NAME [options]. Each prints a table and writes JSON."""

import sys

from benchmarks import chance, clusters, frames, quality, text, training

BENCHMARKS = {
    "chance": chance.main,
    "clusters": clusters.main,
    "frames": frames.main,
    "quality": quality.main,
    "text": text.main,
    "training": training.main,
}


def main() -> int:
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in BENCHMARKS:
        print(f"python -m benchmarks {' | '.join(BENCHMARKS)}  [--help]", file=sys.stderr)
        return 2
    return BENCHMARKS[name](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
