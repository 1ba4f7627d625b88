"""The browser journey: the real app in a process of its own, seen through a real browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.running_app import RunningApp, Watch, browser, running_app, window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("DIPTYCH_TEST_BROWSER", "")
    if not path:
        pytest.skip("DIPTYCH_TEST_BROWSER names no Chromium (python dev.py test finds one and sets it)")
    with browser(path) as opened:
        yield opened


@pytest.fixture
def app(tmp_path: Path) -> Iterator[RunningApp]:
    with running_app(tmp_path / "home") as running:
        yield running


@pytest.fixture
def page(app: RunningApp, chromium: Browser) -> Iterator[Page]:
    """A page of a new window; at the end nothing has left this machine and no error was shown."""
    context = window(chromium)
    watch = Watch(context)
    yield context.new_page()
    context.close()
    assert watch.outside == []
    assert watch.errors == []
