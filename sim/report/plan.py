"""A capacity plan as sentences and rows of words and numbers, for its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.comparison import Grid
from sim.report.numbers import brief, given, number, share
from sim.report.plan_strings import PLAN
from sim.report.words import PageWords

Document = Mapping[str, Any]
LAST_OFFICIAL = 2025
"""Last year that an official target reaches; what is said of later ones is an assumption."""
GROUPS = {
    "compute": ("general", "smart"), "halls": ("facility", "retrofit"), "green": ("wind", "solar"),
    "battery": ("battery",), "waves": ("waves",),
}  # fmt: skip
"""Kinds of builds that are counted in one unit."""
SHARES = (
    "smart_share", "hub_share", "hub_share_of_new", "rack_utilisation", "served_share", "green_annual",
    "green_hourly", "latency_share",
)  # fmt: skip
TERMS = ("capital", "energy", "wan", "unserved", "missed")
YEARLY = (
    "capacity_eflops", "smart_share", "hub_share", "rack_utilisation", "served_share", "pue", "facility_energy_twh",
    "grid_energy_twh", "green_annual", "green_hourly", "emissions_mt", "capital_spent_bn_cny", "operation_bn_cny",
    "paid_bn_cny",
)  # fmt: skip
_SAME = 1e-5
"""Relative difference of a replay that is not worth saying."""
_SITE = 1e-3
"""Compute, EFLOPS, below which a centre counts as not built at, as in `sim.optimise.expand.alternatives`."""
_LEAST = 1e-9
"""Share of the plan's cost below which the last unit of a target costs nothing: what rounding leaves."""


def words_in(found: Document, language: str) -> PageWords:
    """Return the words of a plan's page, with the names of hubs, centres and workloads that it knows."""
    return PageWords(language, found["names"], PLAN)


def figure(measure: str, value: float | None) -> str:
    """Return the value of a measure as the page writes it.

    Examples
    --------
    >>> figure("pue", 1.3), figure("smart_share", 0.35).replace("\u202f", " "), figure("pue", None)
    ('1.300', '35.00 %', '–')
    """
    return share(value) if measure in SHARES else number(value)


def place(row: Document, words: PageWords) -> str:
    """Return the name of where something is built; links by their id."""
    return str(row["place"]) if row["kind"] == "waves" else words.name("centre", row["place"])


def hub(row: Document, words: PageWords) -> str:
    """Return the name of a build's hub."""
    if row["kind"] == "waves":
        return words("links")
    return words.name("hub", row["hub"]) if row["hub"] else words("outside")


def unit(name: str, words: PageWords) -> str:
    """Return a unit of builds in the page's language."""
    return words.term("units", name)


def binding(found: Document) -> list[Document]:
    """Return the targets whose last unit costs something, the dearest first."""
    least = _LEAST * 1e3 * abs(found["objective"])
    return sorted((row for row in found["targets"] if row["price_m_cny"] > least), key=lambda row: -row["price_m_cny"])


def answer(found: Document, words: PageWords) -> list[str]:
    """Return what a planner asked, in sentences: cost and gap, what most goes into, how far, which targets bind."""
    first, last = found["years"][0], found["years"][-1]
    told = {"cost": number(found["objective"]), "last": last, "base": found["base_year"]}
    if found["gap"] < _LEAST:
        lines = [words("answer_least", **told)]
    else:
        lines = [words("answer_cost", bound=number(found["bound"]), gap=share(found["gap"]), **told)]
    lines.append(_most(found, words))
    after = list(found["by_year"].values())[-1]
    if first == last:
        lines.append(
            words(
                "answer_year", last=last, after=number(after["capacity_eflops"]), pue=number(after["pue"]),
                green=share(after["green_hourly"]),
            )
        )  # fmt: skip
    else:
        lines.append(_grown(found, words))
    lines.append(_targets(found, words))
    if last > LAST_OFFICIAL:
        lines.append(words("assumed_line"))
    return lines


def _grown(found: Document, words: PageWords) -> str:
    """Return how far compute, PUE and the green share go."""
    first, last, years = found["years"][0], found["years"][-1], list(found["by_year"].values())
    before, after = years[0], years[-1]
    return words(
        "answer_grown", first=first, last=last, before=number(before["capacity_eflops"]),
        after=number(after["capacity_eflops"]), pue=number(before["pue"]), pue_after=number(after["pue"]),
        green=share(before["green_hourly"]), green_after=share(after["green_hourly"]),
    )  # fmt: skip


def _most(found: Document, words: PageWords) -> str:
    """Return what most of the capital goes into; of the first future where there are several."""
    spent: dict[str, float] = {}
    for row in _first(found):
        spent[row["kind"]] = spent.get(row["kind"], 0.0) + row["capital_bn_cny"]
    total = sum(spent.values())
    if total <= 0.0:
        return words("answer_nothing")
    kind = max(spent, key=lambda key: spent[key])
    rows = [row for row in _first(found) if row["kind"] == kind]
    by_place: dict[str, float] = {}
    for row in rows:
        by_place[row["place"]] = by_place.get(row["place"], 0.0) + row["amount"]
    top = max(by_place, key=lambda key: by_place[key])
    at = next(row for row in rows if row["place"] == top)
    return words(
        "answer_most", share=share(spent[kind] / total), kind=words.term("kind", kind),
        amount=number(sum(by_place.values())), unit=unit(at["unit"], words), place=place(at, words),
        there=number(by_place[top]),
    )  # fmt: skip


def _first(found: Document) -> list[Document]:
    """Return the builds of the first future."""
    rows: list[Document] = list(found["builds"])
    return [row for row in rows if row["future"] == rows[0]["future"]]


def _targets(found: Document, words: PageWords) -> str:
    rows = [row for row in found["targets"] if row["how"] != "report"]
    if not rows:
        return words("answer_no_target")
    tight, missed = binding(found), [row for row in rows if not row["met"]]
    dearest = ""
    if tight:
        top = tight[0]
        dearest = words(
            "dearest", target=top["id"], year=top["year"], unit=top["price_unit"], price=number(top["price_m_cny"])
        )
    told = {"count": len(rows), "binding": len(tight), "dearest": dearest}
    if not missed:
        return words("answer_all_met", **told)
    names = words("comma").join(f"{row['id']} ({row['year']})" for row in missed)
    return words("answer_missed", missed=len(missed), names=names, **told)


def hubs_of(found: Document) -> list[str]:
    """Return the hubs in the order of the nation, and what lies outside last; their order is their colour."""
    known = list(found["names"].get("hub", {}))
    return [*known, *sorted({hub for hub in found["hub_of"].values() if hub} - set(known)), ""]


def builds_grid(found: Document, words: PageWords) -> Grid:
    """Return every build, a row each."""
    several = any(row["future"] for row in found["builds"])
    head = ["kind", "place", "hub_column", "decided", "in_service", "amount", "unit", "capital_column"]
    rows = [
        [
            words.term("kind", row["kind"]), place(row, words), hub(row, words), str(row["decided"]), str(row["year"]),
            number(row["amount"]), unit(row["unit"], words), number(row["capital_bn_cny"]),
            *([row["future"]] if several else []),
        ]
        for row in found["builds"]
    ]  # fmt: skip
    names = [words(key) for key in head] + ([words("future_column")] if several else [])
    return Grid(words("build_list"), names, rows, (1, 2, 6))


def group_grid(found: Document, group: str, words: PageWords) -> Grid:
    """Return what is built of a group by year and place, with a sum."""
    years = list(found["by_year"])
    table = totals(found, group)
    names = {row["place"]: place(row, words) for row in found["builds"] if row["kind"] in GROUPS[group]}
    by_place: dict[str, list[float]] = {}
    for (year, _, where), amount in table.items():
        by_place.setdefault(where, [0.0] * len(years))[years.index(year)] += amount
    order = sorted(by_place, key=lambda where: -sum(by_place[where]))
    rows = [[names[where], *(number(value) for value in by_place[where])] for where in order]
    rows.append([words("cost.total"), *(number(sum(by_place[w][n] for w in order)) for n in range(len(years)))])
    return Grid(group_title(found, group, words), [words("place"), *years], rows)


def group_title(found: Document, group: str, words: PageWords) -> str:
    """Return the heading of a group with its unit."""
    name = next(row["unit"] for row in found["builds"] if row["kind"] in GROUPS[group])
    return words("group_title", group=words(f"group.{group}"), unit=unit(name, words))


def totals(found: Document, group: str) -> dict[tuple[str, str, str], float]:
    """Return amounts of a group by year (with its future), hub (empty outside) and place."""
    table: dict[tuple[str, str, str], float] = {}
    for row in found["builds"]:
        if row["kind"] in GROUPS[group]:
            key = (f"{row['future']} {row['year']}".strip(), row["hub"] or "", row["place"])
            table[key] = table.get(key, 0.0) + row["amount"]
    return table


def years_grid(found: Document, words: PageWords) -> Grid:
    """Return the measures of every year."""
    rows = [[year, *(figure(key, each.get(key)) for key in YEARLY)] for year, each in found["by_year"].items()]
    return Grid(words("years"), [words("year"), *(words(f"measure.{key}") for key in YEARLY)], rows)


def costs_grid(found: Document, words: PageWords) -> Grid:
    """Return the cost by term."""
    cost = found["cost_bn_cny"]
    rows = [
        [words(f"cost.{key}"), number(cost[key]), share(cost[key] / cost["total"] if cost["total"] else None)]
        for key in (*TERMS, "total")
        if key == "total" or cost[key]
    ]
    return Grid(words("costs"), [words("term_column"), words("bn_cny"), words("share_of_all")], rows)


def replays(found: Document) -> dict[str, dict[str, dict[str, float]]]:
    """Return what plan and engines say: year → ``plan`` or engine → measure → value; empty where none was replayed."""
    told: dict[str, dict[str, dict[str, float]]] = {}
    for year, engines in ((found.get("replay") or {}).get("years") or {}).items():
        told[year] = {"plan": {}}
        for engine, measures in engines.items():
            told[year]["plan"] |= {key: cell["plan"] for key, cell in measures.items()}
            told[year][engine] = {key: cell["replay"] for key, cell in measures.items()}
    return told


def replay_grid(found: Document, words: PageWords) -> Grid | None:
    """Return what plan and engines say of every replayed year, engines with the difference; None without a replay."""
    told = replays(found)
    if not told:
        return None
    keys = [key for key in YEARLY if any(key in by["plan"] for by in told.values())]
    rows = [
        [year, words.term("engine", name), *(_beside(key, each.get(key), by["plan"].get(key), words) for key in keys)]
        for year, by in told.items()
        for name, each in by.items()
    ]
    head = [words("year"), words("engine_column"), *(words(f"measure.{key}") for key in keys)]
    return Grid(words("replay_title"), head, rows, (1,))


def _beside(key: str, value: float | None, planned: float | None, words: PageWords) -> str:
    """Return a value, and by what share it differs from the plan's where it does."""
    text = figure(key, value)
    if value is None or not planned or abs(value / planned - 1.0) < _SAME:
        return text
    return f"{text} ({words.change(value / planned - 1.0)})"


def computed(found: Document) -> list[tuple[str, float, dict[str, float], int]]:
    """Return the plan and its alternatives: aim (empty for the plan), cost, compute built by hub, and sites.

    Outside the hubs is an empty name; the plan is that of the first future.
    """
    built: dict[str, float] = {}
    for row in _first(found) if found["builds"] else []:
        if row["kind"] in GROUPS["compute"]:
            built[row["place"]] = built.get(row["place"], 0.0) + row["amount"]
    plans = [("", found["objective"], built)]
    plans += [(row["goal"], row["cost_bn_cny"], row["centre"]) for row in found.get("alternatives") or []]
    told = []
    for goal, cost, centres in plans:
        by_hub: dict[str, float] = {}
        for name, amount in centres.items():
            place = found["hub_of"].get(name) or ""
            by_hub[place] = by_hub.get(place, 0.0) + amount
        told.append((goal, cost, by_hub, sum(amount > _SITE for amount in centres.values())))
    return told


def alternatives_grid(found: Document, words: PageWords) -> Grid | None:
    """Return the alternatives beside the plan: cost, sites, compute by hub; None where there are none."""
    plans = computed(found)
    if len(plans) == 1:
        return None
    hubs = [name for name in hubs_of(found) if any(name in by_hub for _, _, by_hub, _ in plans)]
    rows = [
        [
            words.term("goal", goal) if goal else words("plan_itself"), number(cost),
            words.change(cost / found["objective"] - 1.0), str(sites),
            *(number(by_hub.get(name, 0.0)) for name in hubs),
        ]
        for goal, cost, by_hub, sites in plans
    ]  # fmt: skip
    names = [words.name("hub", name) if name else words("outside") for name in hubs]
    head = [words("goal_column"), words("bn_cny"), words("dearer"), words("sites"), *names]
    return Grid(words("alternatives_title"), head, rows)


def losses_grid(found: Document, words: PageWords) -> Grid | None:
    """Return what every loss leaves unserved on the worst day, the worst first; None where none was asked for."""
    told: Document | None = found.get("survive")
    if not told or not told["unserved_share"]:
        return None
    rows = []
    for key, left in sorted(told["unserved_share"].items(), key=lambda item: -float(item[1])):
        loss, _, year = key.rpartition(" ")
        rows.append([words.name("hub", loss), year, share(left)])
    return Grid(words("losses_grid"), [words("loss"), words("year"), words("left")], rows, (1,))


def periods_grid(found: Document, words: PageWords) -> Grid:
    """Return the representative days."""
    rows = [
        [row["date"], given(round(row["weight"], 3)), words("extreme" if row["extreme"] else "typical")]
        for row in found["periods"]
    ]
    return Grid(words("weights_chart"), [words("date"), words("weight"), words("sort")], rows, (2,))


def likeness_grid(found: Document, words: PageWords) -> Grid | None:
    """Return by how much the days miss the year, series by series; None where it was not measured."""
    measured: list[Document] = list(found.get("likeness") or [])
    if not measured:
        return None
    rows = [
        [
            _series(row["name"], words), words.change(row["mean_error"]),
            words.percent(round(row["duration_error"], 5)),
            words.change(row["chosen_peak"] / row["peak"] - 1.0) if row["peak"] else number(None),
        ]
        for row in measured
    ]  # fmt: skip
    head = [words("series"), words("mean_error"), words("duration_error"), words("peak_error")]
    return Grid(words("likeness_title"), head, rows)


def _series(name: str, words: PageWords) -> str:
    kind, _, workload = name.partition(".")
    return words("series.demand", name=words.name("workload", workload)) if workload else words.term("series", kind)


def assumptions_grid(found: Document, words: PageWords) -> Grid:
    """Return what was assumed: growth by workload, and whatever else the document names."""
    rows = []
    for row in found["assumptions"]:
        key = str(row["key"])
        grown = key.removeprefix("plan.growth.")
        text = words("growth_of", name=words.name("workload", grown)) if grown != key else key
        value = row["value"]
        rows.append([text, f"× {brief(value)}" if grown != key else str(value)])
    return Grid(words("assumptions_title"), [words("assumption_key"), words("assumption_value")], rows)


def prices_grid(found: Document, group: str, words: PageWords) -> Grid | None:
    """Return the prices of the last year by centre or by link; None where there are none."""
    year = list(found["prices"])[-1]
    told: Document = found["prices"][year].get(group) or {}
    if not told:
        return None
    keys = list(next(iter(told.values())))
    rows = [
        [words.name("centre", item) if group == "centre" else item, *(brief(cell[key]) for key in keys)]
        for item, cell in told.items()
    ]
    title = words("prices_grid" if group == "centre" else "links_grid", year=year)
    return Grid(title, [words("place"), *(words(f"price.{key}") for key in keys)], rows)
