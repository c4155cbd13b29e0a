"""What every page is made with: its template, and the script that draws its charts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from sim.ground.errors import InvariantError


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
