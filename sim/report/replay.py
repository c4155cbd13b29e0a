"""What a replayed log says of its machine, as a table on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.report.numbers import count, number, share
from sim.report.words import PageWords

_WAITS = {"mean": "wait_mean", "p50": "wait_p50", "p95": "wait_p95", "p99": "wait_p99", "max": "wait_max"}


def print_replay(found: Mapping[str, Any], language: str) -> None:
    """Print jobs, waits, slowdown, utilisation and makespan, and what became of the other records.

    Parameters
    ----------
    found
        As `sim.engine.machine.Schedule.summary` returns it.
    language
        ``en`` or ``zh``.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words = PageWords(language, {})
    title = words(
        "replayed", file=Path(found["trace"]).name, processors=count(found["processors"]),
        discipline=words.term("discipline", found["discipline"]),
        estimates=words.term("estimates", found["estimates"]),
    )  # fmt: skip
    table = Table(title=Text(title), title_justify="left", box=SIMPLE_HEAD)
    for key in ("measure", "value", "unit"):
        table.add_column(words(key), justify="right" if key == "value" else "left", overflow="fold")
    for row in _rows(found, words):
        table.add_row(*map(Text, row))
    console = Console()
    console.print(table)
    console.print(Text(words("tie_rule")), soft_wrap=True)


def _rows(found: Mapping[str, Any], words: PageWords) -> list[tuple[str, str, str]]:
    """Return measure, value and unit."""
    second = words.term("unit", "s")
    rows = [(words("records"), count(found["records"]), "")]
    for key, label in (("dropped", "left_out"), ("changed", "taken_otherwise")):
        for reason, times in found[key].items():
            rows.append((words(label, reason=words.term("record", reason)), count(times), ""))
    rows.append((words("jobs"), count(found["jobs"]), ""))
    if found["missed"]:
        rows.append((words("missed_jobs"), count(found["missed"]), ""))
    rows += [(words(label), number(found["wait_s"][key]), second) for key, label in _WAITS.items()]
    return [
        *rows,
        (words("bounded_slowdown"), number(found["bounded_slowdown"]), ""),
        (words("utilisation"), share(found["utilisation"]), ""),
        (words("makespan"), number(found["makespan_s"]), second),
    ]
