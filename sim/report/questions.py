"""What a reader asks of a run first, answered from its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.figures.atlas.flows import Traffic, loading
from sim.figures.atlas.instants import Instants
from sim.ground.arrays import Array
from sim.ground.names import flat
from sim.report.targets import Target
from sim.report.words import PageWords
from sim.results.schema import Results

_REGIONS, _TARGETS, _LEAST = 3, 3, 0.02
_PETA, _TERA = 1e-3, 1e3
_NEEDED = ("flow", "stream", "instances", "route_link", "link_traffic", "background", "link_capacity", "facility_power")


@dataclass(frozen=True)
class Answer:
    """A question and its answer.

    Attributes
    ----------
    question
        As a reader asks it.
    lines
        Sentences.
    head, rows
        A table, empty where the sentences are enough; the first column names its row.
    link
        Id of the part of the page that says more; empty for none.
    """

    question: str
    lines: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    link: str = ""


def answers(results: Results, words: PageWords, judged: list[Target]) -> list[Answer]:
    """Return the questions that the run can answer, answered.

    Parameters
    ----------
    results
        The run.
    words
        Of the page of a run, in its language.
    judged
        The targets with their verdicts.
    """
    found = [_failing(words, judged)]
    if results.has(_NEEDED) and results.meta.get("node_of"):
        found = [
            _where(results, words),
            _dearest(results, words),
            _tbit(results, words),
            *found,
            _drivers(results, words),
        ]
    return found


def _where(results: Results, words: PageWords) -> Answer:
    traffic = Traffic(results)
    noon, night = (1 + traffic.instants.nearest(hour) for hour in (12, 0))
    order = np.argsort(-traffic.work[0, 0].sum(axis=1), kind="stable")[:_REGIONS]
    lines = [
        words(
            "where_of", region=words.name("region", results.ids("region")[r]),
            noon=_shares(traffic.work[0, noon, r], traffic, words),
            night=_shares(traffic.work[0, night, r], traffic, words),
        )
        for r in order
    ]  # fmt: skip
    return Answer(words("where"), (*lines, words("where_all")), link="figure-origin")


def _shares(work: Array, traffic: Traffic, words: PageWords) -> str:
    total = max(float(work.sum()), 1e-300)
    order = np.argsort(-work, kind="stable")[:_TARGETS]
    named = [
        f"{traffic.targets.name(int(t), words)} {words.percent(round(float(work[t]) / total, 2))}"
        for t in order
        if work[t] >= _LEAST * total
    ]
    return words("comma").join(named) or "–"


def _dearest(results: Results, words: PageWords) -> Answer:
    if not results.has(("hub_price", "compute_price", "rent")) or results.prices is None:
        return Answer(words("dearest"), (_bill(results, words), words("no_prices") + _command(words)), link="prices")
    prices = results.prices
    price = prices["hub_price"].values
    epoch, hub, pool = (int(at) for at in np.unravel_index(int(np.nanargmax(price)), price.shape))
    names = {key: str(prices[key].values[at]) for key, at in (("hub", hub), ("pool", pool))}
    member = results["member"][:, results.ids("hub").index(names["hub"])] > 0.0
    here = np.where(member, np.nan_to_num(prices["compute_price"].values[epoch, :, pool], nan=np.inf), np.inf)
    rent = float(prices["rent"].values[epoch, int(here.argmin()), pool]) / float(price[epoch, hub, pool])
    line = words(
        "dearest_is", hub=words.name("hub", names["hub"]), time=_time(prices["epoch"].values[epoch]),
        pool=words.term("pool", names["pool"]), price=words.number(_PETA * float(price[epoch, hub, pool])),
    )  # fmt: skip
    why = words("dearest_full" if rent >= 0.5 else "dearest_power", rent=words.share(rent))
    return Answer(words("dearest"), (line, why), link="prices")


def _bill(results: Results, words: PageWords) -> str:
    """Return which hour of the run cost most, and which hub was then the fullest."""
    cost = (results["grid_import"] * results["price"]).sum(axis=1)
    epoch = int(cost.argmax())
    member = results["member"] > 0.0
    room = results["capacity"].sum(axis=1) @ member
    done = results["served"][epoch].sum(axis=1) @ member
    load = np.divide(done, room, out=np.zeros_like(done), where=room > 0.0)
    return words(
        "dearest_bill", time=_time(results.series["epoch"].values[epoch]),
        cost=words.number(float(cost[epoch]) * 3600.0 / 1e6),
        hub=words.name("hub", results.ids("hub")[int(load.argmax())]),
        load=words.share(float(load.max())),
    )  # fmt: skip


def _command(words: PageWords) -> str:
    return f" suanwang run {words('your_scenario')} --policy optimal"


def _time(instant: Any) -> str:
    return str(np.datetime_as_string(instant, unit="m")).replace("T", " ")


def _into(results: Results) -> Iterator[tuple[str, list[int]]]:
    """Yield each hub with the numbers of the links that come into it from elsewhere."""
    nodes, ends = results.meta["node_of"]["centre"], results.meta.get("link_ends", {})
    member = results["member"] > 0.0
    for h, hub in enumerate(results.ids("hub")):
        own = {nodes.get(centre) for c, centre in enumerate(results.ids("centre")) if member[c, h]}
        yield (
            hub,
            [n for n, name in enumerate(results.ids("link")) if ends[name][1] in own and ends[name][0] not in own],
        )


def _tbit(results: Results, words: PageWords) -> Answer:
    prices = results.prices if results.has(("link_value", "link_hours")) else None
    value = loading(results).max(axis=0) if prices is None else _TERA * prices["link_value"].values
    write: Callable[[float], str] = words.share if prices is None else words.number
    rows: list[tuple[str, ...]] = []
    for hub, numbers in _into(results):
        if numbers:
            best = max(numbers, key=lambda n: (value[n], -n))
            ends = results.meta["link_ends"][results.ids("link")[best]]
            cells = [
                words.name("hub", hub),
                " → ".join(words.name("node", node) for node in ends),
                write(float(value[best])),
            ]
            rows.append((*cells, *([] if prices is None else [f"{float(prices['link_hours'].values[best]):g}"])))
    if prices is None:
        line = words("tbit_full") + _command(words)
        return Answer(words("tbit"), (line,), (words("hub"), words("into"), words("peak")), tuple(rows), "prices")
    line = words("tbit_of", span=words.span(results.meta["horizon_h"]))
    head = words("hub"), words("into"), words("worth"), words("full_hours")
    return Answer(words("tbit"), (line,), head, tuple(rows), "prices")


def _failing(words: PageWords, judged: list[Target]) -> Answer:
    lines = []
    for target in judged:
        if target.verdict == "missed" and target.gap is not None:
            gap = words("above" if target.gap > 0.0 else "below", gap=words.gap(target.key, abs(target.gap)))
            title = f"{words.metric(target.row)} ({words.scope(target.row)})"
            lines.append(words("fails", target=title, gap=gap))
    return Answer(words("failing"), tuple(lines) or (words("all_met"),), link="targets")


def _drivers(results: Results, words: PageWords) -> Answer:
    costs = {key: value for key, value in flat(results.kpi).items() if key.startswith("cost_bn_cny.") and value}
    total = costs.pop("cost_bn_cny.total", 0.0)
    lines = []
    energy = {hub: flat(own)["facility_energy_twh"] or 0.0 for hub, own in results.by["hub"].items()}
    if costs and total and any(energy.values()):
        item, hub = max(costs, key=lambda key: costs[key]), max(energy, key=lambda key: energy[key])
        lines.append(
            words(
                "driver_cost", item=words.measure(item), share=words.share(costs[item] / total),
                hub=words.name("hub", hub), part=words.share(energy[hub] / results.kpi["facility_energy_twh"]),
            )
        )  # fmt: skip
    lines += _pue(results, words)
    served = results["served"].sum(axis=(1, 2)) / max(float(results["capacity"].sum()), 1.0)
    link = results.kpi["link_utilisation"]
    if link["name"] is not None:
        ends = results.meta["link_ends"].get(link["name"], [link["name"]])
        lines.append(
            words(
                "driver_load", load=words.share(float(served.mean())), peak=words.share(float(served.max())),
                link=" → ".join(words.name("node", node) for node in ends), full=words.share(link["max"]),
            )
        )  # fmt: skip
    return Answer(words("drivers"), tuple(lines), link="year")


def _pue(results: Results, words: PageWords) -> list[str]:
    """Return between what the PUE runs, over the hubs and over the day; nothing where nothing ran."""
    pue = {hub: own["pue"] for hub, own in results.by["hub"].items() if own["pue"]}
    instants = Instants.of(results)
    facility, it = (instants.sums(results[name].sum(axis=1))[0, 1:] for name in ("facility_power", "it_power"))
    if not pue or not (it > 0.0).all():
        return []
    low, high = min(pue, key=lambda hub: pue[hub]), max(pue, key=lambda hub: pue[hub])
    daily = facility / it
    calm, hot = int(daily.argmin()), int(daily.argmax())
    return [
        words(
            "driver_pue", low=words.number(pue[low]), low_name=words.name("hub", low), high=words.number(pue[high]),
            high_name=words.name("hub", high), calm=words.number(float(daily[calm])), calm_hour=instants.hours[calm],
            hot=words.number(float(daily[hot])), hot_hour=instants.hours[hot],
        )
    ]  # fmt: skip
