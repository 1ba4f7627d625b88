"""The real app as a process of its own, and a browser that watches what its pages do."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from services import engine
from services.projects import Projects
from services.store import Store
from services.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
WIDTH_PX, HEIGHT_PX = 1400, 1000
# Tells the test of every error box that a page shows, however shortly.
WATCH_ERRORS = """
new MutationObserver(() => {
  const bad = document.querySelector('[data-testid="stException"]')
    || [...document.querySelectorAll('[data-testid="stAlert"]')].find(
      (box) => box.innerText.includes('Something failed that should not have'));
  if (bad) { window.tellError(bad.innerText); }
}).observe(document, { childList: true, subtree: true });
"""


class RunningApp:
    """`streamlit run app.py` on a free port of 127.0.0.1, with a workspace of its own."""

    def __init__(self, home: Path):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.workspace = Workspace(
            home.resolve(), Store(home.resolve() / "cache"), Projects(home / "projects.sqlite")
        )
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the web server and wait until it answers; also after kill()."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        # Hub models of this machine's user would change what the pages offer.
        environment = {
            **os.environ,
            "DIPTYCH_HOME": str(self.workspace.root),
            "HF_HOME": str(self.workspace.root / "hub"),
        }
        with (self.workspace.root / "server.out").open("ab") as out:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        began = time.monotonic()
        while not _answers(f"{self.url}/_stcore/health"):
            if self._process.poll() is not None or time.monotonic() - began > START_S:
                raise RuntimeError((self.workspace.root / "server.out").read_text("utf-8"))
            time.sleep(0.1)

    def kill(self) -> None:
        """End the web server as `kill -9` does; the engine's processes stay."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End the web server and the engine with its jobs, also one that is only just starting."""
        process = self._process
        started = psutil.Process(process.pid).children(recursive=True) if process else []
        self.kill()
        engine.stop(self.workspace)
        for child in started:
            with suppress(psutil.NoSuchProcess):
                child.kill()


@contextmanager
def running_app(home: Path) -> Iterator[RunningApp]:
    app = RunningApp(home)
    try:
        app.start()
        yield app
    finally:
        app.close()


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """Chromium, also where there is no sandbox for it and little shared memory."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


class Watch:
    """What the pages of a browser window asked for outside this machine, and the errors that they showed."""

    def __init__(self, context: BrowserContext):
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.on("request", lambda request: self._note(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._note(socket.url)))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.expose_function("tellError", lambda text: self.errors.append(text))
        context.add_init_script(WATCH_ERRORS)

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname != "127.0.0.1":
            self.outside.append(url)


def window(
    opened: Browser, *, width_px: int = WIDTH_PX, is_dark: bool = False, scale: float = 1.0
) -> BrowserContext:
    context = opened.new_context(
        viewport={"width": width_px, "height": HEIGHT_PX},
        color_scheme="dark" if is_dark else "light",
        device_scale_factor=scale,
        accept_downloads=True,
    )
    context.set_default_timeout(30_000)
    return context


def key(page: Page | Locator, name: str) -> Locator:
    """The element of the widget or container with this key; while a page changes, the new one of two."""
    return page.locator(f".st-key-{name}").first


def settled(page: Page) -> None:
    """Wait until no script runs and nothing on the page is out of date."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_function('!document.querySelector(\'[data-testid="stSkeleton"], [data-stale="true"]\')')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False
