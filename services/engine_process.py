"""The engine's process: a Dask scheduler and two workers on 127.0.0.1, until told to end or idle for an hour.

    python -m services.engine_process WORKSPACE TOKEN

One worker offers GPU=1 and trains, the other CPU=1 and does the rest; each is a process of its own that is
started again when it dies. All three speak TLS with a key made for this start.
"""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from services.cores import n_threads

IDLE_S = 3600  # without a job; the next Start brings the engine back
LOOPBACK = "127.0.0.1"
SETTINGS = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.worker-ttl": "30 minutes",  # a step may hold Python's lock for minutes
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500 ms",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.worker.daemon": False,  # a step may start processes of its own
}


async def serve(root: Path, token: str) -> None:
    """Run until the process is told to end or the scheduler has been idle for too long."""
    from distributed import Scheduler, Security

    from services.engine import Engine, code_version, write_state

    told_to_end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows ends a process without asking
            asyncio.get_running_loop().add_signal_handler(number, told_to_end.set)

    security = Security.temporary()
    async with Scheduler(
        host=LOOPBACK,
        protocol="tls",
        security=security,
        dashboard=False,
        dashboard_address=f"{LOOPBACK}:0",
        allowed_failures=0,  # a step that kills its worker is reported at once, not tried again
        idle_timeout=IDLE_S,
    ) as scheduler:
        pem, key = str(security.tls_client_cert), str(security.tls_client_key)
        write_state(root, Engine(str(scheduler.address), os.getpid(), token, pem, key, code_version()))
        workers = await asyncio.gather(_worker(scheduler, root, "gpu"), _worker(scheduler, root, "cpu"))
        ends = [asyncio.ensure_future(end) for end in (told_to_end.wait(), scheduler.finished())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ends[0].cancel()
        await asyncio.gather(*(worker.close() for worker in workers))


def _worker(scheduler: Any, root: Path, device: str) -> Any:
    """A worker process and its keeper, which starts it again when it dies; awaiting it starts both."""
    from distributed import Nanny

    threads = str(n_threads())  # Dask would give each worker's numeric libraries one
    return Nanny(
        scheduler.address,
        name=f"worker-{device}",
        nthreads=1,
        resources={device.upper(): 1},
        memory_limit="0",  # none: a training may take what it needs
        host=LOOPBACK,
        protocol="tls",
        security=scheduler.security,
        local_directory=str(root / "engine"),
        env={
            **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads),
            # Threads that wait by spinning make a training ten times slower beside another busy program.
            "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "PASSIVE"),
        },
        preload=["services.job_task"],
        dashboard=False,
        dashboard_address=f"{LOOPBACK}:0",
    )


def main() -> None:
    from dask import config

    from services.logs import log_to

    root, token = Path(sys.argv[1]), sys.argv[2]
    log_to(root, "engine")
    config.set(SETTINGS)
    asyncio.run(serve(root, token))


if __name__ == "__main__":
    main()
