"""The browser of this folder: one a process, a fresh profile for every visit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.visit import SWITCHES, Open, Visit, chromium, opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves all of them out."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return headless Chromium; without it a test is skipped and says what is missing."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: on Debian, apt install chromium fonts-wqy-microhei")
    driver = pytest.importorskip("playwright.sync_api", reason="no Playwright here: make .venv/.stamp")
    with driver.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Return how to open a page, as `opened` does; every visit ends with the test."""
    visits: list[Visit] = []

    def start(*args: Any, **options: Any) -> Visit:
        visits.append(opened(browser, *args, **options))
        return visits[-1]

    yield start
    for one in visits:
        one.page.context.close()
