"""The documentation as a site: `make docs`. Nothing is fetched while it is built, and nothing by its pages."""

from __future__ import annotations

import posixpath
import re
from importlib.metadata import version as of
from typing import Any

from pygments.lexers import TextLexer

project = "suanwang"
author = "the suanwang maintainers"
version = release = of("suanwang")
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
# Alabaster comes with Sphinx and takes its fonts from the reader's system.
html_theme = "alabaster"
html_theme_options = {"description": "simulation of a national computing network", "fixed_sidebar": True,
                      "page_width": "1120px", "body_max_width": "840px"}  # fmt: skip
html_copy_source = False
html_show_sphinx = False
# Headings are linked to as on the forge.
myst_heading_anchors = 4
pygments_style = "default"
_LINK = re.compile(r"\[([^\[\]]+)\]\((\.\./[^)\s#]*)(?:#[^)\s]*)?\)")
_SECTIONS = ("tutorial", "how-to", "reference", "background")


def _read(_: Any, name: str, source: list[str]) -> None:
    """Show files that are no pages of the site by their paths, and give the index contents for the sidebar."""

    def shown(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), found[2]))
        if not target.startswith("../"):
            return found[0]
        path = target.removeprefix("../")
        return found[1] if path in found[1] else f"{found[1]} (`{path}`)"

    source[0] = _LINK.sub(shown, source[0])
    if name == "index":
        trees = [
            f"```{{toctree}}\n:hidden:\n:glob:\n:caption: {section.capitalize()}\n\n{section}/*\n```"
            for section in _SECTIONS
        ]
        source[0] = "\n\n".join([source[0], *trees]) + "\n"


def setup(app: Any) -> None:
    """Register what reads the pages."""
    app.connect("source-read", _read)
    app.add_lexer("csv", TextLexer)
