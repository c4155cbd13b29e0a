"""What every page is made with: its template, the frame that speaks both languages, the script that draws charts."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.ground.errors import InvariantError, SimError, did_you_mean
from sim.report.words import LANGUAGES

TAGS = {"en": "en", "zh": "zh-CN"}
"""Language tags (BCP 47)."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
"""Content security policy of every page: what it holds itself, and no request."""


def sheet(name: str, language: str, told: Callable[[str], dict[str, Any]]) -> str:
    """Return a page that speaks both languages: one is shown, a button shows the other, and nothing is asked for.

    Without JavaScript it reads in the language that was asked for.

    Parameters
    ----------
    name
        Template of what stands between ``<body>`` and ``</body>``, with ``parts.tools(…)`` for the button.
    language
        ``en`` or ``zh``, the one that is shown first.
    told
        Given a language, what the template is filled with: at least ``t``, its words, and ``title``.

    Raises
    ------
    SimError
        Where the language is another.
    """
    if language not in LANGUAGES:
        raise SimError(f"the language '{language}' is not spoken here{did_you_mean(language, LANGUAGES)}")
    own, other = (
        _side(name, each, told(each)) for each in sorted(LANGUAGES, key=lambda each: each != language)
    )  # fmt: skip
    return template("sheet.html").render(own=own, other=other, policy=Markup(POLICY), plotly=plotly())


def _side(name: str, language: str, filled: dict[str, Any]) -> dict[str, Any]:
    return {"tag": TAGS[language], "title": filled["title"], "body": Markup(template(name).render(**filled))}


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
