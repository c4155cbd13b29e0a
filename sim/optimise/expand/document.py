"""A plan as a document: what, where, when, at what cost, which targets are met and what their last unit costs."""

from __future__ import annotations

import resource
import sys
from typing import Any

import numpy as np

from sim.ground.arrays import BoolArray
from sim.optimise.expand.account import Sums, ratios
from sim.optimise.expand.compliance import compliance
from sim.optimise.expand.levers import UNITS, WAVE_TBPS, asked, undirected
from sim.optimise.expand.plan import Outcome

FORMAT = 1
"""Raised where a key of the document changes its meaning."""
_SMALL = 1e-6
"""Amount of a kind, of its unit, below which nothing is built."""


def document(outcome: Outcome) -> dict[str, Any]:
    """Return a plan as what ``plan --json`` prints; see docs/how-to/planning.md for every key.

    Parameters
    ----------
    outcome
        As `sim.optimise.expand.plan.solve` returns it.
    """
    question, found = outcome.study, outcome.found
    config, plan = question.network.scenario.config, asked(question.network)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    periods = question.periods
    return {
        "format": FORMAT,
        "scenario": config.name,
        "question": config.question,
        "question_zh": config.question_zh,
        "nation": config.nation,
        "base_year": config.year,
        "years": sorted({node.year for node in question.master.nodes}),
        "objective": found.objective / 1e3,
        "bound": found.bound / 1e3,
        "gap": found.gap,
        "path": found.path,
        "rounds": found.rounds,
        "cuts": found.cuts,
        "history": [[value / 1e3, bound / 1e3] for value, bound in found.history if np.isfinite(bound)],
        "cost_bn_cny": costs(outcome),
        "builds": builds(outcome),
        "stocks": stocks(outcome),
        "targets": compliance(outcome),
        "growth": {
            _key(node.future, node.year): dict(zip(config.workloads, node.growth.tolist(), strict=True))
            for node in question.master.nodes
        },
        "by_year": by_year(outcome),
        "prices": prices(outcome),
        "period_error": outcome.error,
        "futures": outcome.futures,
        "budgets": outcome.budgets,
        "survive": outcome.survival,
        "alternatives": outcome.alternatives,
        "periods": [
            {"day": int(day), "date": label, "weight": float(weight), "extreme": bool(extreme)}
            for day, label, weight, extreme in zip(
                periods.day, periods.label, periods.weight, periods.extreme, strict=True
            )
        ],
        "assumptions": [
            {"key": f"plan.growth.{name}", "value": factor, "text": f"demand of {name} × {factor:g} a year"}
            for name, factor in plan.growth.items()
        ],
        "seconds": outcome.seconds,
        "rows": int(found.size[0]),
        "columns": int(found.size[1]),
        "peak_memory_mb": round(peak, 1),
    }


def _key(future: str, year: int) -> str:
    return f"{future} {year}".strip()


def costs(outcome: Outcome) -> dict[str, Any]:
    """Return the cost by term, present value of the nation's year, bn CNY; they sum to the objective."""
    master = outcome.study.master
    capital = energy = wan = unserved = 0.0
    for number, (node, sums) in enumerate(zip(master.nodes, outcome.sums, strict=True)):
        at = master.build(number)
        capital += float(master.cost[at] @ outcome.found.values[at])
        energy += node.weight * float(sums["energy"].sum() + sums["base_contract"].sum()) / 1e3
        wan += node.weight * float(sums["wan"].sum()) / 1e3
        unserved += node.weight * float(sums["unserved"].sum()) / 1e3
    total = outcome.found.objective
    parts = {"capital": capital, "energy": energy, "wan": wan, "unserved": unserved}
    missed = max(total - sum(parts.values()), 0.0)
    return {
        **{name: value / 1e3 for name, value in parts.items()},
        "missed": missed / 1e3 if missed > 1e-9 * abs(total) else 0.0,
        "total": total / 1e3,
    }


def builds(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what is built: year of service, kind, place, amount and capital."""
    study = outcome.study
    master, levers, network = study.master, study.master.levers, study.network
    names, links = network.ids("centre"), [network.ids("link")[at] for at in undirected(network)]
    hubs = [centre.hub for centre in network.scenario.config.centres.values()]
    found = []
    for number, node in enumerate(master.nodes):
        amounts = outcome.found.values[master.build(number)]
        for build in np.flatnonzero(amounts > _SMALL):
            kind, place = levers.kind[build], int(levers.place[build])
            wave = kind == "waves"
            found.append(
                {
                    "year": node.year, "future": node.future, "decided": int(node.year - levers.lead[build]),
                    "kind": kind, "place": links[place] if wave else names[place],
                    "hub": None if wave else hubs[place], "amount": float(amounts[build]), "unit": UNITS[kind],
                    "capital_bn_cny": float(amounts[build] * levers.capex[build] * node.capital[build]) / 1e3,
                }
            )  # fmt: skip
    return found


def stocks(outcome: Outcome) -> dict[str, Any]:
    """Return what is there in every year, by centre and by link."""
    study = outcome.study
    master, network = study.master, study.network
    names, pairs = network.ids("centre"), undirected(network)
    rack, line = network.scenario.config.standard.rack_kw / 1e3, network["link_capacity"][pairs] / 1e12
    shown = ("general", "smart", "present", "new", "wind", "solar", "battery")
    keys = ("general_eflops", "smart_eflops", "hall_mw", "new_hall_mw", "wind_mw", "solar_mw", "battery_mwh")
    found = {}
    for number, node in enumerate(master.nodes):
        # The solver keeps bounds to within its tolerance; what is there is never below nothing.
        stock = np.maximum(outcome.found.values[master.stock(number)], 0.0)
        at = master.levers.stocks
        by = {key: stock[at.at(kind)] for key, kind in zip(keys, shown, strict=True)}
        by["racks"] = (by["hall_mw"] + by["new_hall_mw"]) / rack
        waves = stock[at.at("waves")]
        found[_key(node.future, node.year)] = {
            "centre": {name: {key: float(by[key][c]) for key in by} for c, name in enumerate(names)},
            "link": {
                network.ids("link")[pair]: {"added_tbps": float(WAVE_TBPS * waves[at_]), "tbps": float(
                    line[at_] + WAVE_TBPS * waves[at_])}
                for at_, pair in enumerate(pairs)
            },
        }  # fmt: skip
    return found


def by_year(outcome: Outcome) -> dict[str, Any]:
    """Return the measures of every year, as the plan has them."""
    master, network = outcome.study.master, outcome.study.network
    member = network["member"] > 0.0
    found = {}
    for number, (node, sums) in enumerate(zip(master.nodes, outcome.sums, strict=True)):
        stock, at = outcome.found.values[master.stock(number)], master.levers.stocks
        general, smart = stock[at.at("general")], stock[at.at("smart")]
        total = float((general + smart).sum())
        halls = float((stock[at.at("present")] + stock[at.at("new")]).sum())
        servers = float((master.levers.draw * np.stack([general, smart], axis=1)).sum())
        spent = outcome.found.values[master.build(number)] * master.levers.capex * node.capital
        operation = float(sum(sums[key].sum() for key in ("energy", "base_contract", "wan", "unserved")))
        found[_key(node.future, node.year)] = {
            "capacity_eflops": total,
            "smart_share": float(smart.sum()) / total if total > 0.0 else 0.0,
            "hub_share": float((general + smart)[member.any(axis=1)].sum()) / total if total > 0.0 else 0.0,
            "rack_utilisation": servers / halls if halls > 0.0 else 0.0,
            "capital_spent_bn_cny": float(spent.sum()) / 1e3,
            "operation_bn_cny": operation / 1e6,
            "paid_bn_cny": (operation - float(sums["unserved"].sum())) / 1e6,
            "cost_bn_cny": {
                "energy": float(sums["energy"].sum() + sums["base_contract"].sum()) / 1e6,
                "wan": float(sums["wan"].sum()) / 1e6, "unserved": float(sums["unserved"].sum()) / 1e6,
            },
            "served_share": _share(sums, outcome),
            **ratios(sums),
            "hub": {
                hub: ratios(sums, member[:, h]) | {"capacity_eflops": float((general + smart)[member[:, h]].sum())}
                for h, hub in enumerate(network.ids("hub"))
            },
        }  # fmt: skip
    return found


def _share(sums: Sums, outcome: Outcome) -> float:
    """Return the share of the compute asked for that is served."""
    compute: BoolArray = outcome.study.network["workload_pool"] >= 0
    asked_for = float(sums["asked"][compute].sum())
    return float(sums["served"][compute].sum()) / asked_for if asked_for > 0.0 else 1.0


def prices(outcome: Outcome) -> dict[str, Any]:
    """Return what one more unit of each stock saves in a year of operation, M CNY, by centre and by link."""
    study = outcome.study
    master, network = study.master, study.network
    at, pairs = master.levers.stocks, undirected(network)
    names = {
        "general": "m_cny_per_eflops", "smart": "m_cny_per_eflops", "present": "m_cny_per_mw",
        "new": "m_cny_per_mw", "battery": "m_cny_per_mwh",
    }  # fmt: skip
    found = {}
    for number, node in enumerate(master.nodes):
        slopes = sum(
            weight * cut.slope for weight, cut in zip(master.weights, outcome.found.slopes[number], strict=True)
        )
        saved = -np.asarray(slopes) / 1e3
        found[_key(node.future, node.year)] = {
            "centre": {
                name: {f"{kind}_{unit}": float(saved[at.at(kind)[c]]) for kind, unit in names.items()}
                for c, name in enumerate(network.ids("centre"))
            },
            "link": {
                network.ids("link")[pair]: {"wave_m_cny": float(saved[at.at("waves")[place]])}
                for place, pair in enumerate(pairs)
            },
        }
    return found
