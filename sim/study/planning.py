"""A capacity plan from a scenario file to a folder of results: found once, kept by what it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.ground.errors import ResultsError
from sim.network.build import build
from sim.network.describe import names
from sim.once import code_version, prepare
from sim.once import warnings as scenario_warnings
from sim.optimise.expand.document import document
from sim.optimise.expand.levers import asked
from sim.optimise.expand.plan import solve, study
from sim.optimise.likeness import likeness
from sim.results import product
from sim.results.store import as_json
from sim.scenario.scenario import Scenario
from sim.scenario.seeded import seeded
from sim.study.planned_year import POLICY, replayed

FOLDER, FILE = "plans", "plan.json"
Tick = Callable[[str, int, int], None]


def identify(scenario: Scenario, *how: str) -> str:
    """Return a plan's id: the first 12 hex digits of SHA-256 over scenario, question, replay and code."""
    question = scenario.config.plan
    said = "" if question is None else question.model_dump_json()
    total = hashlib.sha256((scenario.canonical() + said + "".join(how) + code_version()).encode())
    return total.hexdigest()[:12]


def plan(
    path: Path | str,
    *,
    sets: Iterable[str] = (),
    results: Path | None = None,
    workers: int = 2,
    seconds: float | None = None,
    progress: Tick | None = None,
    force: bool = False,
    replay: str = "last",
    policy: str = POLICY,
) -> dict[str, Any]:
    """Return the capacity plan of a scenario file as a document; written to a folder where one is named.

    A plan that is there already is read and not found again.

    Parameters
    ----------
    path
        The scenario file, with a ``plan:`` section.
    sets
        Differences, each ``key=value``.
    results
        Folder of results; the plan goes to ``plans/<id>/plan.json`` in it, whole or not at all.
    workers
        Threads.
    seconds
        Time limit; the best plan found by then is returned, with its gap.
    progress
        Called with what is done, how far, and of how many.
    force
        Whether to find a plan anew that is there.
    replay
        Years that both engines run once more: ``last``, ``all`` or ``none``.
    policy
        Rule that they follow then.

    Returns
    -------
    dict
        See docs/how-to/planning.md.

    Raises
    ------
    ScenarioError, SolveError, ResultsError
        Where the scenario is wrong or asks for no plan, no plan keeps its targets, or nothing can be written.
    """
    scenario = prepare(path, sets)
    name = identify(scenario, replay, policy)
    target = None if results is None else Path(results) / FOLDER / name
    if target is not None and not force and (target / FILE).is_file():
        return load(target)
    scenario = seeded(scenario)
    network = build(scenario)
    asked(network)
    question = study(network)
    outcome = solve(question, workers=workers, tick=progress, seconds=seconds)
    found = {"id": name} | document(outcome)
    found["names"] = names(scenario)
    found["hub_of"] = {name: centre.hub for name, centre in scenario.config.centres.items()}
    found["likeness"] = [asdict(series) for series in likeness(network, question.periods)]
    years = list(found["stocks"])
    chosen = {"last": years[-1:], "all": years, "none": []}[replay]
    found["replay"] = {"policy": policy, "years": replayed(scenario, found, chosen, policy)}
    found["warnings"] = warnings(scenario)
    found["code_version"] = code_version()
    if target is not None:
        keep(found, target)
    return found


def warnings(scenario: Scenario) -> list[str]:
    """Return what a planner should know of a scenario's plan, assumptions first."""
    plan = scenario.config.plan
    text = [problem.message for problem in scenario_warnings(scenario)]
    if plan is not None:
        text.insert(
            0,
            f"growth and targets beyond {scenario.config.year + 1} are assumptions of the scenario: "
            "no official target reaches further",
        )
    return text


def keep(found: dict[str, Any], target: Path) -> Path:
    """Write a plan's folder, whole or not at all, in place of one that is there."""

    def write(draft: Path) -> None:
        draft.mkdir(parents=True)
        (draft / FILE).write_text(as_json(found), encoding="utf-8")

    return product.placed(target, write, folder=True, force=True)


def load(target: Path) -> dict[str, Any]:
    """Return the plan of a folder.

    Raises
    ------
    ResultsError
        Where it cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads((target / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise ResultsError(f"{target / FILE}: cannot be read: {error}; remove it and plan again") from error
    return found
