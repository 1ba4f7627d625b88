"""Memory of this machine and of this process, for what is told of a training."""

import contextlib
from pathlib import Path

_PROCESS = Path("/proc/self")  # Linux
_GROUP = Path("/sys/fs/cgroup")  # the limits of a container, version 2


def free_bytes() -> int:
    """Memory that programs on this machine, or in this container, can still take."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        limit, used = (int((_GROUP / f"memory.{name}").read_text()) for name in ("max", "current"))
        lines = (_GROUP / "memory.stat").read_text().splitlines()
        kept_files = next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):  # no container, or one without a limit ("max")
        return free
    return max(0, min(free, limit - used + kept_files))  # files that are only remembered make room


def used_bytes(device: str) -> int:
    """What this process holds now: on the graphics card for "cuda", in the machine's memory for any other."""
    import psutil

    if device == "cuda":
        import torch

        return int(torch.cuda.memory_allocated())
    return int(psutil.Process().memory_info().rss)


def forget_peak(device: str) -> None:
    """Let peak_bytes begin anew, where the system can."""
    if device == "cuda":
        import torch

        torch.cuda.reset_peak_memory_stats()
    with contextlib.suppress(OSError):
        (_PROCESS / "clear_refs").write_text("5")


def peak_bytes(device: str) -> int:
    """The most that this process held since forget_peak; what it holds now where the system does not tell."""
    if device == "cuda":
        import torch

        return int(torch.cuda.max_memory_allocated())
    try:
        lines = (_PROCESS / "status").read_text().splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return used_bytes(device)
