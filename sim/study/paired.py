"""Policies beside each other, replication by replication: means, paired differences, ranks, who wins how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.ground.names import flat
from sim.study.intervals import interval

Sample = Sequence[float | None]
_LESS = (
    "cost_bn_cny", "emissions_mt", "pue", "wue", "it_energy_twh", "facility_energy_twh", "grid_energy_twh",
    "grid_bill_bn_cny", "idle_energy_twh", "lost_energy_twh", "lost_share", "deadline_missed_share", "delay_ms",
    "wait_h", "demand_charge_bn_cny", "bounded_slowdown", "link_utilisation",
)  # fmt: skip
_MORE = ("served_share", "served_eflops", "served_tbps", "green_share")
_OF_WORKLOADS = ("wait_h.mean", "wait_h.p95", "deadline_missed_share", "served_share", "delay_ms.mean")
_TIE = 1e-12
"""Relative difference up to which two values are one."""


def samples(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[float | None]]:
    """Return the measures of replications by key: those of the nation, and ``workload.NAME.KEY``.

    Parameters
    ----------
    documents
        What `sim.results.store.document` holds of each, alike in their keys.
    """
    return _turned([_numbers(document) for document in documents])


def _numbers(document: Mapping[str, Any]) -> dict[str, float | None]:
    found = {key: value for key, value in flat(document["kpi"]).items() if not isinstance(value, str)}
    for name, values in document["by"]["workload"].items():
        each = flat(values)
        found |= {f"workload.{name}.{key}": each[key] for key in _OF_WORKLOADS if each.get(key) is not None}
    return found


def _turned(rows: Sequence[dict[str, float | None]]) -> dict[str, list[float | None]]:
    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: [row.get(key) for row in rows] for key in keys}


def paired(policies: Mapping[str, Mapping[str, Sample]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return every measure of every policy, beside the first policy and among all.

    The replications of a number have the same weather, demand, jobs and failures whatever the policy, so their
    differences vary less than they do; the interval is t on the differences.

    Parameters
    ----------
    policies
        Policy → key → the measure in each replication.

    Returns
    -------
    dict
        Policy → key → ``mean``, ``ci95``, ``diff`` (to the first policy), ``diff_ci95``; ``rank`` (1 is best, equals
        share one) and ``won`` (share of the replications in which it is best, split among equals), None where
        neither more nor less is better. Intervals are None for one replication; all is where a replication has none.

    References
    ----------
    A. M. Law, "Simulation Modeling and Analysis", 5th ed. (2015), chapters 10.2 and 11.2 (paired t, common random
    numbers).

    Examples
    --------
    >>> found = paired({"a": {"pue": [1.5, 1.7]}, "b": {"pue": [1.4, 1.5]}})["b"]["pue"]
    >>> {key: found[key] for key in ("mean", "rank", "won")}, round(found["diff"], 3)
    ({'mean': 1.45, 'rank': 1, 'won': 1.0}, -0.15)
    """
    first = next(iter(policies.values()))
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in policies}
    for key in dict.fromkeys(key for measures in policies.values() for key in measures):
        nothing: Sample = [None] * len(next(iter(first.values())))
        each = {name: measures.get(key, nothing) for name, measures in policies.items()}
        ranks = _ranks(each, _sign(key))
        for name, values in each.items():
            found[name][key] = _told(values, first.get(key, nothing)) | ranks[name]
    return found


def _sign(key: str) -> int:
    """Return 1 where less is better, −1 where more is, 0 where neither."""
    name = key.split(".", 2)[2] if key.startswith("workload.") else key
    head = name.partition(".")[0]
    return 1 if head in _LESS else -1 if head in _MORE else 0


def _told(values: Sample, first: Sample) -> dict[str, Any]:
    whole = None not in values
    both = whole and None not in first
    mean, ends = _mean(np.array(values, dtype=np.float64)) if whole else (None, None)
    difference = np.array(values, dtype=np.float64) - np.array(first, dtype=np.float64) if both else None
    diff, diff_ends = (None, None) if difference is None else _mean(difference)
    return {"mean": mean, "ci95": ends, "diff": diff, "diff_ci95": diff_ends}


def _mean(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, list[float] | None]:
    return interval(values) if len(values) > 1 else (float(values[0]), None)


def _ranks(each: Mapping[str, Sample], sign: int) -> dict[str, dict[str, Any]]:
    known = {name: np.array(values, dtype=np.float64) for name, values in each.items() if None not in values}
    nothing: dict[str, dict[str, Any]] = {name: {"rank": None, "won": None} for name in each}
    if not sign or not known:
        return nothing
    table = sign * np.array(list(known.values()))
    means, best = table.mean(axis=1), table.min(axis=0)
    close = _TIE * np.abs(table).max()
    wins = table <= best + close
    won = (wins / wins.sum(axis=0)).mean(axis=1)
    for at, name in enumerate(known):
        nothing[name] = {"rank": 1 + int((means < means[at] - close).sum()), "won": float(won[at])}
    return nothing
