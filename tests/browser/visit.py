"""What a reader meets in a browser: a page opened in headless Chromium, with all that it asked for and complained of.

Chromium is the system's (Debian: `chromium`); Playwright drives it over its DevTools protocol and brings none itself.
No name resolves in it, so a page that wants something from a network cannot have it, and is found out.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WIDE, NARROW = 1280, 390
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SWITCHES = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
#: The page is whole and every chart in the window stands; those below are drawn when the reader comes near.
STANDS = """() => document.readyState === 'complete' && [...document.querySelectorAll('.chart:not([data-drawn])')]
    .map(chart => chart.getBoundingClientRect()).every(box => box.top > innerHeight || box.bottom < 0)"""
#: Down the page from chart to chart and back to the top, as a reader goes.
_WALK = """async () => {
    for (const chart of document.querySelectorAll('.chart')) {
        chart.scrollIntoView({block: 'center', behavior: 'instant'});
        for (let waited = 0; !chart.dataset.drawn; waited += 20) {
            if (waited > 30000) { throw new Error(`never drawn: ${chart.id}`); }
            await new Promise(done => setTimeout(done, 20));
        }
    }
    scrollTo({top: 0, behavior: 'instant'});
}"""


def chromium() -> str | None:
    """Return the path of the system's Chromium, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@dataclass
class Visit:
    """One opened page.

    Attributes
    ----------
    page
        Playwright's page: everything that a reader can do.
    requests
        Addresses that it asked for beside its own, `data:` and `blob:` left out.
    troubles
        What it wrote to the console as a warning or an error, and what its scripts raised.
    seconds
        From the request until the page stood: every chart in the window.
    drawn
        From the request until every chart had been drawn, on the way down the page.
    busy
        Processor's seconds of the page's main thread until then, where timing was asked for: what it takes on a
        machine that has nothing else to do.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0
    drawn: float = 0.0
    busy: float = 0.0

    def __call__(self, script: str, *values: Any) -> Any:
        """Return what a script says on the page; `values` is its one argument, where there is any."""
        return self.page.evaluate(script, *values)

    def walk(self) -> None:
        """Go down the page until every chart has been drawn, and back."""
        self(_WALK)

    def fits(self) -> bool:
        """Return whether the page is no wider than its window."""
        return bool(self("() => document.documentElement.scrollWidth <= window.innerWidth"))

    def shot(self, path: Path) -> None:
        """Write a picture of the whole page."""
        self.page.screenshot(path=path, full_page=True)


Open = Callable[..., Visit]


def opened(
    browser: Any,
    target: Path | str,
    width: int = WIDE,
    height: int = 900,
    javascript: bool = True,
    until: str = STANDS,
    timing: bool = False,
    **options: Any,
) -> Visit:
    """Return a visit to a file or an address in a fresh profile.

    Parameters
    ----------
    browser
        What Playwright launched.
    target
        A file, or an address on this machine.
    width, height
        The window, px.
    javascript
        Whether scripts run; without them nothing is waited for.
    until
        A JavaScript function that is true when the page stands; then it is walked through.
    timing
        Whether to measure `Visit.busy`.
    **options
        More of `browser.new_context`, such as ``color_scheme`` or ``accept_downloads``.
    """
    address = target.resolve().as_uri() if isinstance(target, Path) else target
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=javascript, **options
    )
    visit = Visit(context.new_page())
    own = address.partition("#")[0]

    def asked(request: Any) -> None:
        if not request.url.startswith(("data:", "blob:")) and request.url.partition("#")[0] != own:
            visit.requests.append(request.url)

    def said(message: Any) -> None:
        if message.type in ("error", "warning"):
            visit.troubles.append(f"{message.type}: {message.text}")

    visit.page.on("request", asked)
    visit.page.on("console", said)
    visit.page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    session = context.new_cdp_session(visit.page) if timing else None
    if session is not None:
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
    start = time.perf_counter()
    visit.page.goto(address, wait_until="load")
    if javascript:
        visit.page.wait_for_function(until)
    visit.seconds = time.perf_counter() - start
    if javascript:
        visit.walk()
    visit.drawn = time.perf_counter() - start
    if session is not None:
        told = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
        visit.busy = told["TaskDuration"]
    return visit
