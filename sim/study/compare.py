"""Policies compared on the same chance: by how much one is better, how sure that is, how far from the best possible."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.ground.errors import UsageError
from sim.once import code_version
from sim.results.card import card
from sim.study.attribution import attribution
from sim.study.attribution import mean as mean_of
from sim.study.choices import front
from sim.study.contest import Contest, Work, contest, done
from sim.study.execute import Tick, execute
from sim.study.intervals import interval
from sim.study.paired import paired, samples
from sim.study.robust import COST, league, robustness

WITHIN = 0.1
"""Share above the bound up to which a cost is good enough, where nobody says."""
AIMS = (COST, "emissions_mt.location")
"""Measures of the front of a comparison."""
INTERVAL = "95 %, Student's t over replications; of differences, over the paired differences"


class Comparison(dict[str, Any]):
    """A comparison as a document, which a notebook shows as a table."""

    def _repr_html_(self) -> str:
        """Return policies by total cost: mean, difference to the first, distance from the bound."""
        rows = [
            (
                name,
                policy,
                *(cells[key][part] for key in AIMS for part in ("mean", "diff")),
                one["regret"][policy]["share"],
            )
            for name, one in (self.get("scenarios") or {self["scenario"]: self}).items()
            for policy, cells in sorted(one["policies"].items(), key=lambda item: float(item[1][COST]["mean"]))
        ]  # fmt: skip
        head = ("scenario", "policy", *(f"{key}{part}" for key in AIMS for part in ("", " (diff)")), "above the bound")
        return card("comparison", head, rows, str(self["id"]))


def compare(
    paths: Path | str | Sequence[Path | str],
    policies: Sequence[str],
    *,
    engine: str | None = None,
    seed: int | None = None,
    replications: int | None = None,
    certify: bool = False,
    within: float = WITHIN,
    sets: Iterable[str] = (),
    plugins: Iterable[Path] = (),
    results: Path | None = None,
    workers: int = 1,
    language: str = "en",
    progress: Tick | None = None,
) -> Comparison:
    """Return policies beside each other, on the same replications of one scenario or of several.

    Parameters
    ----------
    paths
        The scenario file, or several.
    policies
        ``NAME`` or ``NAME:KEY=VALUE:…`` each; differences are to the first.
    engine, seed, replications
        Instead of the scenario's own.
    certify
        Whether every replication is solved until plan and bound are 0.1 % apart; else the first is solved as
        `sim.once.solve` does it, and the others are bounded by its prices.
    within
        Share above the bound up to which a cost is good enough, for the table of several scenarios.
    sets
        Differences, each ``key=value``.
    plugins
        Private policy files.
    results
        Folder that keeps runs and bounds; what is complete there is not done again.
    workers
        Processes; the results do not depend on it.
    language
        Of the runs' report pages.
    progress
        Called with the runs and bounds done and their number.

    Returns
    -------
    Comparison
        A dict: of one scenario what `judged` returns; of several ``scenarios`` {name: that}, ``league``, ``robustness``
        (`sim.study.robust`) and ``settings``, in which they differ. ``id`` names the
        comparison, and ``code`` the version that made it.

    Raises
    ------
    UsageError, ScenarioError, PluginError, SolveError, ResultsError
        Before anything is run, as far as it can be known then.
    """
    given = {"run.engine": engine, "run.seed": seed, "run.replications": replications}
    sets = [*sets, *(f"{key}={value}" for key, value in given.items() if value is not None)]
    plugins, folder = [Path(plugin) for plugin in plugins], None if results is None else Path(results)
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    contests = [contest(Path(path), policies, sets, plugins) for path in files]
    _check(contests)
    groups = [one.tasks(folder, certify) for one in contests]
    works = [
        Work(task, one.replications == 1 and folder is not None, language)
        for one, tasks in zip(contests, groups, strict=True)
        for task in tasks
    ]
    found = iter(execute(done, works, workers, progress))
    documents = {
        one.name: judged(one, [next(found) for _ in tasks]) for one, tasks in zip(contests, groups, strict=True)
    }
    name = _identity([one.identity for one in contests], certify, within)
    told = {"id": name, "code": code_version()}
    if len(documents) == 1:
        return Comparison(**told, **next(iter(documents.values())))
    settings = _settings({one.name: one.differences for one in contests})
    over = {"league": league(documents), "robustness": robustness(documents, within)}
    return Comparison(**told, scenarios=documents, **over, settings=settings)


def judged(one: Contest, found: Sequence[Any]) -> dict[str, Any]:
    """Return the comparison of policies on one scenario.

    Parameters
    ----------
    one
        What was run.
    found
        The results of its tasks, in their order.

    Returns
    -------
    dict
        ``policies``: name → key → what `sim.study.paired.paired` returns. ``pareto``: names of the policies that no
        other beats in cost and in emissions at once, by their means, cheapest first. ``bound``: ``cost_bn_cny``
        (mean), ``gap`` (largest, of the replications that have a plan), ``certified`` (not so where jobs are drawn:
        the bound is that of the fluid), ``by_replication``. ``regret``: name → ``mean``, ``ci95``, ``share`` of the
        bound, ``by_replication``. ``attribution``: name → why it differs from the first. ``runs``: name → their ids.
    """
    count = one.replications
    runs = {
        policy: list(found[len(found) - (len(one.policies) - at) * count :][:count])
        for at, policy in enumerate(one.policies)
    }
    bounds = [row for part in found[: len(found) - len(one.policies) * count] for row in part]
    measures = {policy: samples(documents) for policy, documents in runs.items()}
    costs = {policy: [float(value or 0.0) for value in each[COST]] for policy, each in measures.items()}
    first, *others = one.policies
    return {
        "scenario": one.name, "engine": one.engine, "replications": count, "interval": INTERVAL,
        "policies": paired(measures),
        "pareto": _unbeaten(measures),
        "bound": _bound(bounds, costs, one),
        "regret": {policy: _regret(values, bounds) for policy, values in costs.items()},
        "attribution": {
            policy: mean_of([attribution(*pair) for pair in zip(runs[policy], runs[first], strict=True)])
            for policy in others
        },
        "runs": {policy: [document["id"] for document in documents] for policy, documents in runs.items()},
        "names": one.names,
        "warnings": list(one.warnings),
    }  # fmt: skip


def _unbeaten(measures: Mapping[str, Mapping[str, Sequence[Any]]]) -> list[str]:
    names = list(measures)
    costs = np.array([[np.mean([float(v or 0.0) for v in measures[name][key]]) for key in AIMS] for name in names])
    return [names[at] for at in sorted(front(costs), key=lambda at: float(costs[at, 0]))]


def _bound(bounds: Sequence[Mapping[str, Any]], costs: Mapping[str, Sequence[float]], one: Contest) -> dict[str, Any]:
    rows = []
    for at, each in enumerate(bounds):
        known = min([values[at] for values in costs.values()] + ([] if each["plan"] is None else [each["plan"]]))
        row = {"replication": one.first + at, "cost_bn_cny": each["bound"], "plan_bn_cny": each["plan"]}
        rows.append(row | {"gap": (known - each["bound"]) / abs(known) if known else 0.0})
    return {
        "cost_bn_cny": float(np.mean([row["cost_bn_cny"] for row in rows])),
        "gap": max(row["gap"] for row in rows if row["plan_bn_cny"] is not None),
        "certified": one.engine == "fluid",
        "by_replication": rows,
    }


def _regret(costs: Sequence[float], bounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    floor = np.array([each["bound"] for each in bounds])
    above = np.array(costs) - floor
    mean, ends = interval(above) if len(above) > 1 else (float(above[0]), None)
    share = mean / float(floor.mean()) if floor.any() else 0.0
    return {"mean": mean, "ci95": ends, "share": share, "by_replication": above.tolist()}


def _check(contests: Sequence[Contest]) -> None:
    names = [one.name for one in contests]
    double = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if double is not None:
        raise UsageError(f"two of the scenarios are called '{double}'; give them names of their own, or name each once")


def _settings(each: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the settings in which scenarios differ: key → scenario → value, None where it sets none."""
    keys = sorted({key for settings in each.values() for key in settings})
    table = {key: {name: settings.get(key) for name, settings in each.items()} for key in keys}
    return {key: row for key, row in table.items() if len({repr(value) for value in row.values()}) > 1}


def _identity(ids: Sequence[str], certify: bool, within: float) -> str:
    return hashlib.sha256(f"{' '.join(ids)} {certify} {within}".encode()).hexdigest()[:12]
