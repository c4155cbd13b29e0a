"""A small table of numbers for a notebook: no script, nothing fetched, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_CELL = "padding:2px 10px;border-bottom:1px solid #d5dbe1"


def card(title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> str:
    """Return a table as a fragment of HTML.

    Parameters
    ----------
    title
        Above it.
    head
        Names of the columns.
    rows
        Cells; numbers are written with five significant digits.
    note
        Below it.

    Examples
    --------
    >>> "&lt;b&gt;" in card("<b>", ["key"], [["pue"]])
    True
    """
    names = "".join(_cell("th", at, escape(name)) for at, name in enumerate(head))
    lines = "".join(f"<tr>{''.join(_cell('td', at, _told(cell)) for at, cell in enumerate(row))}</tr>" for row in rows)
    below = f'<div style="color:#51606f">{escape(note)}</div>' if note else ""
    return (
        f'<div><strong>{escape(title)}</strong><table style="border-collapse:collapse"><thead><tr>{names}</tr></thead>'
        f"<tbody>{lines}</tbody></table>{below}</div>"
    )


def _cell(tag: str, at: int, text: str) -> str:
    return f'<{tag} style="{_CELL};text-align:{"right" if at else "left"}">{text}</{tag}>'


def _told(cell: object) -> str:
    if cell is None:
        return "–"
    return f"{cell:,.5g}" if isinstance(cell, float) else escape(str(cell))
