"""What a comparison runs: every policy on every replication of a scenario, and what bounds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, ScenarioError, UsageError
from sim.network.describe import differences
from sim.once import identify, prepare, warnings
from sim.once import run as run_one
from sim.results import store
from sim.scenario.scenario import Scenario
from sim.study.bounds import Bounds
from sim.study.replicate import One, measured

Task = One | Bounds


@dataclass(frozen=True)
class Contest:
    """A scenario and those who are compared on it.

    Attributes
    ----------
    path
        The scenario file.
    sets
        Differences, the same for all.
    plugins
        Private policy files.
    policies
        As they were asked for, ``NAME`` or ``NAME:KEY=VALUE:…``.
    name, own, engine, first, replications
        Of the scenario: its name, its own policy, its engine, number of the first replication, and how many.
    identity
        Of all runs together.
    differences
        What the scenario sets: key → value.
    names
        Of hubs and workloads, by language.
    warnings
        What a planner should know.
    """

    path: Path
    sets: tuple[str, ...]
    plugins: tuple[Path, ...]
    policies: tuple[str, ...]
    name: str
    own: str
    engine: str
    first: int
    replications: int
    identity: str
    differences: dict[str, Any]
    names: dict[str, dict[str, Any]]
    warnings: tuple[str, ...]

    def tasks(self, folder: Path | None, certify: bool) -> list[Task]:
        """Return the bounds to find and the runs to make, those of one policy together.

        Parameters
        ----------
        folder
            Folder of the runs.
        certify
            Whether every replication is solved, and its bound tightened.
        """
        numbers = tuple(range(self.first, self.first + self.replications))
        groups = [(number,) for number in numbers] if certify else [numbers]
        bounds: list[Task] = [Bounds(self.path, self.sets, group, certify, folder) for group in groups]
        return bounds + [
            One(self.path, (*self.sets, chosen(policy, self.own), *_alone(number)), self.plugins, folder)
            for policy in self.policies
            for number in numbers
        ]


def _alone(number: int) -> tuple[str, str]:
    return "run.replications=1", f"run.replication={number}"


def chosen(policy: str, own: str = "") -> str:
    """Return the difference that makes a scenario run under a policy as asked for.

    Parameters
    ----------
    policy
        ``NAME`` or ``NAME:KEY=VALUE:…``.
    own
        The scenario's policy, which keeps its parameters where none are given.

    Examples
    --------
    >>> chosen("local"), chosen("weighted:cost=2"), chosen("local", own="local")
    ('policy={name: local}', 'policy={name: weighted, cost: 2}', 'policy.name=local')
    """
    name, *parameters = (part.strip() for part in policy.split(":"))
    if name == own and not parameters:
        return f"policy.name={name}"
    entries = [f"name: {name}", *(parameter.replace("=", ": ", 1) for parameter in parameters)]
    return f"policy={{{', '.join(entries)}}}"


def contest(path: Path, policies: Sequence[str], sets: Iterable[str] = (), plugins: Sequence[Path] = ()) -> Contest:
    """Return a comparison that can be run: every policy is known and takes its parameters.

    Raises
    ------
    UsageError
        Where a policy is set twice, or beside the list.
    ScenarioError, PluginError
        Where the scenario cannot be run under one of them.
    """
    sets = tuple(sets)
    _check(policies, sets)
    scenario = prepare(path, sets, plugins)
    own, run = scenario.config.policy.name, scenario.config.run
    prepared = [_prepared(path, sets, policy, own, plugins) for policy in policies]
    return Contest(
        path=Path(path), sets=sets, plugins=tuple(plugins), policies=tuple(policies), name=scenario.config.name,
        own=own, engine=run.engine, first=run.replication, replications=run.replications,
        identity=_identity([identify(one, plugins) for one in prepared]),
        differences=_told(scenario), names=_names(scenario),
        warnings=tuple(dict.fromkeys(problem.message for one in prepared for problem in warnings(one))),
    )  # fmt: skip


def _prepared(path: Path, sets: Sequence[str], policy: str, own: str, plugins: Sequence[Path]) -> Scenario:
    """Return the scenario under a policy; what is wrong with that is told of what was asked for."""
    setting = chosen(policy, own)
    try:
        return prepare(path, [*sets, setting], plugins)
    except ScenarioError as error:
        asked = Origin(f"--policies {policy.strip()}")
        told = (
            replace(problem, origin=asked) if problem.origin.file == f"--set {setting}" else problem
            for problem in error.problems
        )
        raise ScenarioError(list(told)) from error


def _check(policies: Sequence[str], sets: Sequence[str]) -> None:
    double = next((name for at, name in enumerate(policies) if name in policies[:at]), None)
    if not policies or any(not policy.strip() for policy in policies):
        raise UsageError("name the policies to compare, with commas between: --policies local,cheapest")
    if double is not None:
        raise UsageError(f"the policy '{double}' is named twice in --policies; name it once")
    bare = next((policy for policy in policies if any("=" not in part for part in policy.split(":")[1:])), None)
    if bare is not None:
        raise UsageError(f"'{bare}' in --policies gives a parameter no value; write NAME:KEY=VALUE, as weighted:cost=2")
    astray = next((one for one in sets if one.split("=")[0].split(".")[0].strip() == "policy"), None)
    if astray is not None:
        raise UsageError(
            f"--set {astray} would hold for one of the policies only; write parameters behind its name: "
            "--policies weighted:cost=2,local"
        )


def _identity(ids: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(ids).encode()).hexdigest()[:12]


def _told(scenario: Scenario) -> dict[str, Any]:
    skipped = ("name", "question", "question_zh", "policy")
    return {row["key"]: row["value"] for row in differences(scenario) if row["key"].split(".")[0] not in skipped}


def _names(scenario: Scenario) -> dict[str, dict[str, Any]]:
    config = scenario.config
    kinds = (("hub", config.hubs), ("workload", config.workloads))
    return {kind: {name: item.name.model_dump() for name, item in items.items()} for kind, items in kinds}


@dataclass(frozen=True)
class Work:
    """A task as a process does it.

    Attributes
    ----------
    task
        What there is to do.
    whole
        Whether a run is kept with its series and its page.
    language
        Of the page.
    """

    task: Task
    whole: bool
    language: str


def done(work: Work) -> Any:
    """Return the bounds of some replications, or the measures of a run; from where they are kept."""
    task = work.task
    if isinstance(task, Bounds):
        return task.do()
    if not work.whole:
        return measured(task)
    how = {"sets": task.sets, "plugins": task.plugins, "results": task.folder, "language": work.language}
    return store.document(run_one(task.path, **how))  # type: ignore[arg-type]
