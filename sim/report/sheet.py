"""What every page is made with: its template, the frame that speaks both languages, the script that draws charts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.ground.errors import InvariantError, SimError, did_you_mean
from sim.report.bilingual import CODES, bilingual

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
"""Content security policy of every page: what it holds itself, and no request."""
_SCRIPT = '<script id="plotly"></script>'


def sheet(name: str, language: str, told: Callable[[str], dict[str, Any]], charts: bool = True) -> str:
    """Return a page that speaks both languages: one is shown, a button shows the other, and nothing is asked for.

    Without JavaScript it reads in the language that was asked for.

    Parameters
    ----------
    name
        Template of what stands between ``<body>`` and ``</body>``, with ``parts.speak(…)`` for the buttons.
    language
        ``en`` or ``zh``, the one that is shown first.
    told
        Given a language, what the template is filled with: at least ``t``, its words, and ``title``.
    charts
        Whether the page has any, and needs the script that draws them.

    Raises
    ------
    SimError
        Where the language is another.
    """
    if language not in CODES:
        raise SimError(f"the language '{language}' is not spoken here{did_you_mean(language, CODES)}")

    def in_one(each: str) -> str:
        filled = {**told(each), "first": language}
        body = Markup(template(name).render(**filled))
        policy, title = Markup(POLICY), filled["title"]
        return template("sheet.html").render(
            body=body, charts=charts, code=CODES[each], policy=policy, title=title
        )  # fmt: skip

    return bilingual(in_one, language).replace(_SCRIPT, f'<script id="plotly">{plotly()}</script>', 1)


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """Return a template; what it shows is escaped, and a name that it does not know is our mistake, and fails."""
    loader = FileSystemLoader(Path(__file__).parent / "templates", encoding="utf-8")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


@lru_cache(maxsize=1)
def plotly() -> Markup:
    """Return the script that draws the charts, from the installed package."""
    from plotly.offline import get_plotlyjs

    script = str(get_plotlyjs())
    if "</script" in script.lower():
        raise InvariantError("plotly.min.js holds an end tag of a script; it cannot stand inside a page as it is")
    return Markup(script)
