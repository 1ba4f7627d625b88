"""How many threads numeric libraries may use."""

import os


def n_threads() -> int:
    """OMP_NUM_THREADS if it is set, else the number of processors that this process may run on."""
    chosen = os.environ.get("OMP_NUM_THREADS", "")
    if chosen.isdecimal() and int(chosen):
        return int(chosen)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
