"""The page of a run: one HTML file that needs no other, no network and, for its numbers, no script."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
from markupsafe import Markup

from sim.figures.base import REGISTRY
from sim.ground.names import flat
from sim.ground.script import as_script
from sim.report import targets
from sim.report.bilingual import bilingual
from sim.report.cells import Cells
from sim.report.geojson import geojson
from sim.report.published import published
from sim.report.questions import answers
from sim.report.run_strings import GLOSSARY, RUN_STRINGS
from sim.report.sheet import plotly, template
from sim.report.tables import HEADLINE, figure, limit, plan_lines, summary
from sim.report.words import PageWords
from sim.results.schema import Results

# Figures with a place of their own on the page; any other follows them.
_PLACED = ("map", "origin", "prices")
_YEAR, _BACKBONE = ("load_year", "power_year", "duration", "heat", "waiting"), ("links", "sankey")
_OF_HUBS = (
    "capacity_eflops", "load", "availability", "facility_energy_twh", "pue", "green_share.annual",
    "green_share.bundled", "green_share.hourly", "green_share.cfe", "emissions_mt.location",
    "emissions_mt.market", "cost_bn_cny.energy", "cost_bn_cny.carbon",
)  # fmt: skip
_OF_CENTRES = (
    "racks", "rack_utilisation", "smart_share", *_OF_HUBS, "served_eflops", "it_energy_twh", "wue",
    "demand_charge_bn_cny",
)  # fmt: skip
_OF_WORK = (
    "demand_eflops", "served_eflops", "demand_tbps", "served_tbps", "served_share", "deadline_missed_share",
    "moved_share", "delay_ms.mean", "delay_ms.p99",
)  # fmt: skip
_OF_HOURS = ("cost_bn_cny.energy", "cost_bn_cny.carbon", "cost_bn_cny.wan", "emissions_mt.location")
_OF_WAITING = ("wait_h.mean", "wait_h.p95", "wait_h.p99")
_COSTS = (
    "cost_bn_cny.energy",
    "cost_bn_cny.carbon",
    "cost_bn_cny.wan",
    "cost_bn_cny.unserved",
    "cost_bn_cny.total",
)
_SCRIPT = '<script id="plotly"></script>'
_BESIDE = ("demand_charge_bn_cny", "capital_bn_cny")


def page(results: Results, language: str) -> str:
    """Return the report of a run as one HTML document that speaks both languages.

    The same run gives the same bytes.  Every number of `results.kpi` and `results.by` on it carries its
    key and its exact value as ``data-kpi`` and ``data-value``.

    Parameters
    ----------
    results
        The run with its `meta`.
    language
        ``en`` or ``zh``: the one that is shown first, and without a script.

    Returns
    -------
    str
        HTML; texts of scenario and tables are escaped, and its own policy allows no request.

    Raises
    ------
    SimError
        Where the language is another.
    """
    PageWords(language, {})
    whole = bilingual(partial(_in_one, results, language), language)
    return whole.replace(_SCRIPT, f'<script id="plotly">{plotly()}</script>', 1)


def _in_one(results: Results, first: str, language: str) -> str:
    """Return the report in one language, without the script that draws the charts."""
    words = PageWords(language, results.meta.get("names", {}), RUN_STRINGS)
    judged = targets.judge(results)
    figures = {name: drawn for name in REGISTRY.names() if (drawn := _figure(results, words, name))}
    others = [name for name in figures if name not in (*_YEAR, *_BACKBONE, *_PLACED)]
    return template("page.html").render(
        t=words, meta=results.meta, cells=Cells(results, words), figure=figure, limit=limit, written=_written,
        differences=_set(results.meta.get("differences", [])),
        end=str(np.datetime_as_string(results.series["epoch"].values[-1], unit="D")),
        headline=summary(results, language, HEADLINE), published=published(results), targets=judged,
        met=sum(target.verdict == "met" for target in judged),
        missed=sum(target.verdict == "missed" for target in judged),
        first=first, map=figures.get("map"), origin=figures.get("origin"), prices=figures.get("prices"),
        backbone=[figures[name] for name in _BACKBONE if name in figures],
        figures=[figures[name] for name in (*_YEAR, *others) if name in figures],
        answers=answers(results, words, judged), glossary=GLOSSARY, groups=_groups(results),
        costs=_COSTS, beside=_BESIDE,
        plan=plan_lines(results, language), geojson=Markup(as_script(geojson(results))),
    )  # fmt: skip


def _figure(results: Results, words: PageWords, name: str) -> dict[str, Any] | None:
    """Return heading, note and drawing of a figure; None where the run lacks an array that it needs."""
    drawing = REGISTRY.get(name)()
    if not results.has(drawing.needs):
        return None
    own = words.figure(drawing.strings)
    return {
        "name": name,
        "title": own("title"),
        "note": own("note"),
        "html": Markup(drawing.draw(results, own)),
    }


def _groups(results: Results) -> dict[str, dict[str, Any]]:
    """Return, by kind of thing, the things and the measures that any of them has a value for."""
    wanted = {
        "hub": _OF_HUBS, "centre": _OF_CENTRES, "workload": _OF_WORK + _OF_WAITING, "region": _OF_WORK,
        "hour": _OF_HOURS,
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for group, keys in wanted.items():
        measures = {item: flat(values) for item, values in results.by.get(group, {}).items()}
        if group == "region":
            keys += tuple(f"unserved_eflops_h.{workload}" for workload in results.ids("workload"))
        # A column of noughts, such as a carbon price nobody pays, says nothing of a hub.
        nothing = (None, 0.0) if group in ("hub", "centre", "hour") else (None,)
        shown = [key for key in keys if any(values.get(key) not in nothing for values in measures.values())]
        found[group] = {"items": list(measures), "keys": shown}
    return found


def _set(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the scenario sets, without its name and question and the parts of what stands whole."""
    keys = {str(row["key"]) for row in rows}
    return [
        row
        for row in rows
        if row["key"] not in ("name", "question", "question_zh")
        and not any(str(row["key"]).startswith(f"{key}.") for key in keys)
    ]


def _written(value: Any) -> str:
    """Return a value of the scenario as a planner would write it."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_written(item)}" for key, item in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
