"""The summary of a run: the rows that the terminal prints and the cards that the page opens with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.ground.names import MEASURES, flat
from sim.report.numbers import given, number
from sim.report.published import Published, of_nation
from sim.report.targets import Target
from sim.report.words import PageWords
from sim.results.schema import Results

HEADLINE = (
    "capacity_eflops", "racks", "facility_energy_twh", "pue", "green_share.bundled", "emissions_mt.location",
    "cost_bn_cny.total", "served_share",
)  # fmt: skip
"""Measures that a page opens with."""
SUMMARY = (
    "capacity_eflops", "racks", "rack_utilisation", "load", "served_share", "deadline_missed_share",
    "availability", "it_energy_twh", "facility_energy_twh", "pue", "wue", "green_share.annual",
    "green_share.bundled", "green_share.hourly", "green_share.cfe", "emissions_mt.location",
    "emissions_mt.market", "cost_bn_cny.energy", "cost_bn_cny.carbon", "cost_bn_cny.wan",
    "cost_bn_cny.unserved", "cost_bn_cny.total", "delay_ms.mean", "link_utilisation.mean",
    "link_utilisation.max",
)  # fmt: skip
"""Measures that the terminal prints."""


@dataclass(frozen=True)
class Row:
    """A measure of the nation beside its published figure, written out.

    Attributes
    ----------
    key
        Of the measure.
    label, value, unit
        Its name, its value and its unit in the page's language.
    reported
        The published figure with its comparison; empty where there is none.
    role
        ``input``, ``calibrated`` or ``predicted``.
    published
        The published figure itself.
    """

    key: str
    label: str
    value: str
    unit: str
    reported: str
    role: str
    published: Published | None


def summary(results: Results, language: str, keys: tuple[str, ...] = SUMMARY) -> list[Row]:
    """Return the summary of a run.

    Parameters
    ----------
    results
        The run.
    language
        ``en`` or ``zh``.
    keys
        Measures wanted; one that the run has no value for is left out.

    Returns
    -------
    list of Row
        In the order of `keys`.
    """
    words, values = PageWords(language, {}), flat(results.kpi)
    found = []
    for key in keys:
        if values.get(key) is None:
            continue
        known = of_nation(results, key)
        text = "" if known is None else figure(known, words)
        role = MEASURES[key].kind if known is None else known.role
        found.append(Row(key, words.measure(key), words.value(key, values[key]), words.unit(key), text, role, known))
    return found


def figure(known: Published, words: PageWords) -> str:
    """Return a published figure as it is printed: comparison, number and unit."""
    return _written(known.row, known.key, known.figure, words)


def limit(target: Target, words: PageWords) -> str:
    """Return what a target asks for as it is printed; in its own unit where there is no verdict."""
    return _written(target.row, "" if target.verdict == "unjudged" else target.key, target.limit, words)


def _written(row: Mapping[str, Any], key: str, value: float | None, words: PageWords) -> str:
    comparison, unit = str(row.get("comparison", "=")), str(row.get("unit", ""))
    if value is None or unit == "bool":
        return words.term("comparison", comparison)
    if key:
        text, unit = words.given(key, value), words.unit(key)
    elif unit == "share":
        text, unit = words.percent(value), ""
    else:
        text, unit = given(value), words.term("unit", unit)
    signs = {"=": "", ">=": "≥", "<=": "≤", "~": "≈"}
    return " ".join(part for part in (signs.get(comparison, comparison), text, unit) if part)


def plan_lines(results: Results, language: str) -> list[str]:
    """Return what a run that executed a plan says of the plan and of its execution; empty for any other run."""
    plan = results.meta.get("plan")
    if plan is None:
        return []
    words = PageWords(language, {})
    told = {key: number(plan[key], 6) for key in ("objective", "bound", "replay", "cost")} | {
        "gap": words.share(plan["gap"]), "physics": words.share(plan["gap_physics"])
    }  # fmt: skip
    lines = [words("plan_weighed" if "weights" in plan else "plan", **told), words("replay", **told)]
    for name, limit in plan.get("limits", {}).items():
        price = f"{number(limit['price'], 6)} {limit['unit']}"
        lines.append(words("limit_price", name=name, price=price))
    return lines


def print_summary(results: Results, language: str) -> None:
    """Print the summary of a run on the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words = PageWords(language, {})
    table = Table(title=Text(str(results.meta.get("scenario", ""))), title_justify="left", box=SIMPLE_HEAD)
    table.add_column(words("measure"), overflow="fold")
    table.add_column(words("ours"), justify="right")
    table.add_column(words("unit"), overflow="fold")
    table.add_column(words("reported"), justify="right", overflow="fold")
    table.add_column(words("role"))
    for row in summary(results, language):
        cells = (row.label, row.value, row.unit, row.reported, words.term("role", row.role))
        table.add_row(*(Text(cell) for cell in cells))
    console = Console()
    console.print(table)
    for line in plan_lines(results, language):
        console.print(Text(line), soft_wrap=True)
