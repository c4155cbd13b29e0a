"""The charts of a capacity plan: what is built, the years, money, prices, other plans, replay, days, rounds."""

from __future__ import annotations

from html import escape
from textwrap import wrap
from typing import Any

from markupsafe import Markup

from sim.figures.base import PALETTE, chart
from sim.report.plan import TERMS, Document, computed, group_title, hubs_of, replays, totals
from sim.report.words import PageWords

_SOFT, _MOST = "#9aa5af", 14
"""Colour of what belongs to no hub; most centres that a chart of prices shows."""
_YEARS = {"xaxis": {"type": "category"}, "barmode": "stack", "height": 380, "showlegend": True}


def _colour(name: str, hubs: list[str]) -> str:
    return PALETTE[hubs.index(name) % len(PALETTE)] if name else _SOFT


def built(found: Document, group: str, words: PageWords) -> Markup:
    """Return what is built of a group as bars by year, stacked by hub."""
    table, years, hubs = totals(found, group), list(found["by_year"]), hubs_of(found)
    drawn = []
    for name in hubs:
        amounts = [sum(v for (year, at, _), v in table.items() if at == name and year == each) for each in years]
        if any(amounts):
            title = words("links") if group == "waves" else words.name("hub", name) if name else words("outside")
            drawn.append(_bar(title, years, amounts, _colour(name, hubs)))
    return Markup(chart(f"built-{group}", group_title(found, group, words), drawn, _tall(drawn)))


def _tall(drawn: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the layout of bars by year with room for a line of the legend for each."""
    return _YEARS | {"height": 320 + 20 * len(drawn)}


def _bar(title: str, across: list[str], values: list[float], colour: str) -> dict[str, Any]:
    return {
        "type": "bar", "name": escape(title), "x": [escape(item) for item in across],
        "y": [float(f"{value:.6g}") for value in values], "marker": {"color": colour},
    }  # fmt: skip


def capacity(found: Document, words: PageWords) -> Markup:
    """Return the compute of every year, general and AI."""
    years = list(found["by_year"])
    rows = list(found["by_year"].values())
    drawn = [
        _bar(words("general"), years, [r["capacity_eflops"] * (1.0 - r["smart_share"]) for r in rows], PALETTE[0]),
        _bar(words("smart"), years, [r["capacity_eflops"] * r["smart_share"] for r in rows], PALETTE[1]),
    ]
    return Markup(chart("capacity", words("capacity_chart"), drawn, _YEARS))


def costs(found: Document, words: PageWords) -> Markup:
    """Return the cost by term as bars."""
    cost = found["cost_bn_cny"]
    keys = [key for key in TERMS if cost[key]][::-1]
    drawn = {
        "type": "bar", "orientation": "h", "x": [cost[key] for key in keys],
        "y": [escape(words(f"cost.{key}")) for key in keys], "marker": {"color": PALETTE[0]}, "showlegend": False,
    }  # fmt: skip
    spec = {
        "xaxis": {"title": {"text": escape(words("bn_cny"))}}, "yaxis": {"type": "category"},
        "height": 130 + 34 * len(keys), "hovermode": "closest",
    }  # fmt: skip
    return Markup(chart("costs", words("costs"), [drawn], spec))


def spending(found: Document, words: PageWords) -> Markup:
    """Return capital spent and the cost of operation of every year."""
    years, rows = list(found["by_year"]), list(found["by_year"].values())
    drawn = [
        _bar(words(f"measure.{key}"), years, [row[key] for row in rows], colour)
        for key, colour in (("capital_spent_bn_cny", PALETTE[0]), ("operation_bn_cny", PALETTE[1]))
    ]
    return Markup(chart("spending", words("spending"), drawn, _YEARS | {"barmode": "group"}))


def prices(found: Document, words: PageWords) -> Markup:
    """Return what one more EFLOPS would save in the last year, where it saves or costs most."""
    year = list(found["prices"])[-1]
    told = found["prices"][year]["centre"]
    keys = (("smart_m_cny_per_eflops", PALETTE[1]), ("general_m_cny_per_eflops", PALETTE[0]))
    most = sorted(told, key=lambda name: -max(abs(told[name][key]) for key, _ in keys))[:_MOST]
    shown = sorted(most, key=lambda name: told[name][keys[1][0]])
    names = [_folded(words.name("centre", name), 9 if words.language == "zh" else 18) for name in shown]
    drawn = [
        {
            "type": "bar", "orientation": "h", "x": [told[name][key] for name in shown], "y": names,
            "name": escape(words(f"price.{key}")), "marker": {"color": colour},
        }
        for key, colour in keys
    ]  # fmt: skip
    title = words("prices_chart", year=year)
    spec = {
        "xaxis": {"zeroline": True, "zerolinecolor": "#51606f"}, "yaxis": {"type": "category"}, "barmode": "group",
        "height": 130 + 38 * len(shown), "hovermode": "closest",
        "legend": {"traceorder": "reversed", "y": -32.0 / (38.0 * len(shown) + 20.0)},
    }  # fmt: skip
    return Markup(chart("prices", title, drawn, spec))


def _folded(name: str, width: int) -> str:
    """Return a name in two lines at most."""
    lines = wrap(name, width)
    lines = lines if len(lines) <= 2 else [lines[0], f"{lines[1]} …"]
    return "<br>".join(map(escape, lines))


def alternatives(found: Document, words: PageWords) -> Markup:
    """Return the compute that the plan and its alternatives build, stacked by hub."""
    plans, hubs, drawn = computed(found), hubs_of(found), []
    names = [words.term("goal", goal) if goal else words("plan_itself") for goal, _, _, _ in plans]
    for place in hubs:
        amounts = [by_hub.get(place, 0.0) for _, _, by_hub, _ in plans]
        if any(amounts):
            title = words.name("hub", place) if place else words("outside")
            drawn.append(_bar(title, names, amounts, _colour(place, hubs)))
    return Markup(chart("alternatives", words("alternatives_chart"), drawn, _tall(drawn)))


def replay(found: Document, words: PageWords) -> Markup:
    """Return facility energy by year, as the plan and the engines have it."""
    told = replays(found)
    drawn = []
    for at, name in enumerate(dict.fromkeys(name for by in told.values() for name in by)):
        values = [by.get(name, {}).get("facility_energy_twh", 0.0) for by in told.values()]
        drawn.append(_bar(words.term("engine", name), list(told), values, PALETTE[at % len(PALETTE)]))
    return Markup(chart("replay", words("measure.facility_energy_twh"), drawn, _YEARS | {"barmode": "group"}))


def weights(found: Document, words: PageWords) -> Markup:
    """Return the days that each period stands for, over the year."""
    drawn = []
    for key, extreme, colour in (("typical", False, PALETTE[0]), ("extreme", True, PALETTE[5])):
        rows = [row for row in found["periods"] if row["extreme"] is extreme]
        if rows:
            drawn.append(_bar(words(key), [row["date"] for row in rows], [row["weight"] for row in rows], colour))
    # As wide as a few of the days between them: a bar of one day in a year would not be seen.
    span = max(row["day"] for row in found["periods"]) - min(row["day"] for row in found["periods"]) + 1
    for each in drawn:
        each["width"] = [max(0.8, span / 120.0) * 86400e3] * len(each["x"])
    return Markup(chart("weights", words("weights_chart"), drawn, {"height": 300, "hovermode": "closest"}))


def history(found: Document, words: PageWords) -> Markup:
    """Return how plan and bound came together, round by round."""
    rounds = list(range(1, len(found["history"]) + 1))
    drawn = [
        {
            "type": "scatter", "mode": "lines", "x": rounds, "y": [row[at] for row in found["history"]],
            "name": escape(words(key)), "line": {"color": PALETTE[at]},
        }
        for at, key in ((0, "plan_cost"), (1, "plan_bound"))
    ]  # fmt: skip
    spec = {"xaxis": {"title": {"text": escape(words("round"))}}, "height": 320}
    return Markup(chart("history", words("history_chart"), drawn, spec))
