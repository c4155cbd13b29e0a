"""One run: the only file that knows every stage, from a scenario file to a folder of results."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.engine import events, fluid
from sim.engine.calibrate import calibrate as fit
from sim.engine.fluid import Progress
from sim.ground.errors import PluginError, Problem, ScenarioError, UsageError
from sim.ground.places import models
from sim.network import calibration, traces
from sim.network.build import build, check_graph
from sim.network.describe import describe
from sim.network.network import Network
from sim.network.plan import Plan
from sim.optimise.planner import Planner
from sim.policies.base import REGISTRY, Policy
from sim.results import jobs_table, store
from sim.results.schema import Results
from sim.scenario.check import warnings as scenario_warnings
from sim.scenario.parameters import parameter_problems
from sim.scenario.read import read_all
from sim.scenario.scenario import Scenario

ENGINES = {"fluid": fluid.simulate, "events": events.simulate}
_LIBRARIES = ("numpy", "scipy", "numba", "simpy", "xarray", "netCDF4", "networkx", "pydantic", "highspy", "pulp")


def prepare(path: Path | str, sets: Iterable[str] = (), plugins: Iterable[Path] = ()) -> Scenario:
    """Return a scenario that can be run.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Differences, each ``key=value``.
    plugins
        Private policy files.

    Returns
    -------
    Scenario
        Checked, its graph and its policy too.

    Raises
    ------
    ScenarioError
        With every problem found, those of the graph and of the policy too.
    PluginError
        Where a plug-in does not load.
    """
    for plugin in plugins:
        REGISTRY.load(Path(plugin))
    scenario, problems = read_all(path, sets)
    if scenario is not None:
        problems = problems + policy_problems(scenario)
        try:
            problems = problems + check_graph(scenario)
            calibration.kappa(scenario)
        except ScenarioError as error:
            problems = problems + list(error.problems)
        except Exception:
            # What is wrong already may make the graph impossible to look at; it is told all the same.
            if not problems:
                raise
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def policy_problems(scenario: Scenario) -> list[Problem]:
    """Return what is wrong with the policy that a scenario names, and with its parameters."""
    policy = scenario.config.policy
    try:
        kind = REGISTRY.get(policy.name)
    except PluginError as error:
        return [Problem(scenario.origin("policy", "name"), str(error))]
    title = f"the policy '{policy.name}'"
    return parameter_problems(kind, title, policy.parameters, lambda key: scenario.origin("policy", key))


def warnings(scenario: Scenario) -> list[Problem]:
    """Return what a planner should know of a scenario that can be run."""
    return scenario_warnings(scenario) + calibration.warnings(scenario) + traces.warnings(scenario)


def policy_of(scenario: Scenario) -> Policy:
    """Return the scenario's policy with its parameters."""
    return REGISTRY.get(scenario.config.policy.name)(**scenario.config.policy.parameters)


def identify(scenario: Scenario, plugins: Iterable[Path] = ()) -> str:
    """Return a run's id: the first 12 hex digits of SHA-256 over all that its results depend on."""
    total = hashlib.sha256(scenario.canonical().encode())
    total.update(code_version().encode())
    for plugin in plugins:
        total.update(Path(plugin).read_bytes())
    return total.hexdigest()[:12]


@lru_cache(maxsize=1)
def code_version() -> str:
    """Return the version of the package and a digest of its code and of the model sheets."""
    total = hashlib.sha256()
    here = Path(__file__).parent
    files = [
        *here.rglob("*.py"),
        *(here / "report" / "templates").iterdir(),
        *(models() / "cooling").glob("*.csv"),
        *(models() / "workloads").glob("*.csv"),
        *(models() / "traces").glob("*.csv"),
    ]
    for path in sorted(files, key=lambda entry: entry.name + str(entry)):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{version('suanwang')}+{total.hexdigest()[:12]}"


def execute(
    scenario: Scenario, plugins: Iterable[Path] = (), progress: Progress | None = None, jobs: Path | None = None
) -> Results:
    """Return the results of a scenario: build, dispatch, simulate, measure, describe.

    Parameters
    ----------
    scenario
        What `prepare` returned.
    plugins
        Private policy files, for the run's identity.
    progress
        Called with the epochs done and their number, now and then.
    jobs
        A file for a table of the jobs, of the event engine; see `check_jobs`. What is there is replaced.

    Returns
    -------
    Results
        Complete with `meta`.
    """
    network = build(scenario)
    planner = Planner(network)
    engine = ENGINES[scenario.config.run.engine]
    if jobs is not None:
        engine = partial(events.simulate, tell=partial(jobs_table.write, jobs, force=True))
    results = engine(network, policy_of(scenario), progress, planner)
    return planner.told(described(results, network, identify(scenario, plugins)))


def check_jobs(scenario: Scenario, jobs: Path, *, force: bool = False) -> None:
    """Raise where a table of a run's jobs cannot be written, before the run.

    Parameters
    ----------
    scenario
        The run's.
    jobs
        The file, ``.csv`` or ``.parquet``.
    force
        Whether to replace it.

    Raises
    ------
    UsageError, ResultsError
        Where the engine knows no jobs, the suffix is another, or the place is taken or none.
    """
    if scenario.config.run.engine != "events":
        raise UsageError("only the event engine knows single jobs: add --engine events, or leave --jobs out")
    jobs_table.check_place(jobs, force=force)


def solve(
    path: Path | str,
    *,
    sets: Iterable[str] = (),
    certify: bool = False,
    gap: float | None = None,
    exact: bool = False,
    hours: float | None = None,
    workers: int = 2,
    solver: str | None = None,
    seconds: float | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[dict[str, Any], Plan | None]:
    """Return what is known of the optimal dispatch of a scenario, and the plan itself.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Differences, each ``key=value``.
    certify, exact
        How tight; the second does all that the first does. See `sim.optimise.optimum.optimum`.
    gap
        To certify until the gap is this share of the total cost, instead of 0.001 of what dispatch decides.
    hours
        Horizon, where it is not the scenario's.
    workers
        Threads.
    solver
        Another solver, by its name in PuLP, for horizons of a few days: a cross-check.
    seconds
        Time limit; the best plan found by then is returned.
    progress
        Called with what is done, how far, and of how many.

    Returns
    -------
    dict
        ``objective`` and ``bound`` (bn CNY), ``gap``, ``seconds`` {build, solve, and of it bound}, ``rows``,
        ``columns``, ``peak_memory_mb``, ``solver``, ``stopped``; what `sim.optimise.second_opinion.solved`
        returns where a solver is named. ``warnings`` are what a planner should know of the scenario.
    Plan or None
        None from another solver.

    Raises
    ------
    UsageError, ScenarioError, SolveError
        Where there is no such solver, the scenario is wrong, or a window has no optimum.
    """
    from sim.optimise.optimum import optimum

    if solver is not None:
        from sim.optimise.portable import solver_of
        from sim.optimise.second_opinion import solved

        solver_of(solver)
    extra = [f"run.horizon_h={hours:g}"] if hours is not None else []
    scenario = prepare(path, [*sets, *extra])
    network, said = build(scenario), {"warnings": [problem.message for problem in warnings(scenario)]}
    if solver is not None:
        return solved(network, solver) | said, None
    plan = optimum(
        network, certify=certify or gap is not None, exact=exact, target=gap,
        workers=workers, tick=progress, seconds=seconds,
    )  # fmt: skip
    return plan.facts | said, plan


def described(results: Results, network: Network, name: str) -> Results:
    """Return results with identity, provenance and description."""
    meta: dict[str, Any] = {"id": name, **describe(network)}
    meta["warnings"] = [problem.message for problem in warnings(network.scenario)]
    meta["code_version"] = code_version()
    meta["versions"] = {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}
    meta["platform"] = f"{sys.platform} {platform.machine()}"
    meta["origins"] = {
        ".".join(path): f"{Path(origin.file).name}:{origin.line}" if origin.line else origin.file
        for path, origin in network.scenario.origins.items()
    }
    return replace(results, meta=meta)


def run(
    path: Path | str,
    *,
    policy: str | None = None,
    engine: str | None = None,
    seed: int | None = None,
    sets: Iterable[str] = (),
    plugins: Iterable[Path] = (),
    results: Path | None = None,
    language: str = "en",
    progress: Progress | None = None,
    log: Callable[[], str] | None = None,
    jobs: Path | None = None,
    force: bool = False,
) -> Results:
    """Return the results of a scenario file; written to a folder where one is named.

    A run that is already there, complete and undamaged, is read and not computed again, unless its jobs are asked for.

    Parameters
    ----------
    path
        The scenario file.
    policy, engine, seed
        Short for ``sets=["policy.name=…"]`` and so on.
    sets
        Differences, each ``key=value``.
    plugins
        Private policy files.
    results
        Folder that keeps runs; None computes and writes nothing.
    language
        Of the report page, ``en`` or ``zh``.
    progress
        Called with the epochs done and their number, now and then.
    log
        Called once before writing; returns the lines of ``log.jsonl``.
    jobs, force
        A file for a table of the jobs, and whether to replace what is there; see `check_jobs`.

    Returns
    -------
    Results
        `kpi`, `by`, `series`, `meta`.

    Raises
    ------
    ScenarioError, PluginError, ResultsError
        As the stages say; nothing is written then.
    """
    given = (("policy.name", policy), ("run.engine", engine), ("run.seed", seed))
    extra = [f"{key}={value}" for key, value in given if value is not None]
    plugins = [Path(plugin) for plugin in plugins]
    scenario = prepare(path, [*extra, *sets], plugins)
    if jobs is not None:
        check_jobs(scenario, jobs, force=force)
    if results is None:
        return execute(scenario, plugins, progress, jobs)
    target = Path(results) / identify(scenario, plugins)
    complete = store.complete(target)
    if complete and jobs is None:
        return store.load(target)
    done = execute(scenario, plugins, progress, jobs)
    if complete:
        return done
    from sim.report.page import page

    others = {"report.html": page(done, language)}
    if log is not None:
        others["log.jsonl"] = log()
    store.save(done, Path(results), others)
    return done


def report(folder: Path, name: str, language: str) -> Path:
    """Write the page of a stored run anew and return its path.

    Parameters
    ----------
    folder
        Folder of the runs.
    name
        The run's id or the beginning of it.
    language
        ``en`` or ``zh``.

    Raises
    ------
    ResultsError
        Where the run is missing or damaged, or the page cannot be written.
    """
    from sim.report.page import page

    place = store.find(folder, name)
    return store.replace_file(place, "report.html", page(store.load(place), language))


def calibrate(path: Path | str, write: bool) -> dict[str, float]:
    """Return the calibration factors of a nation's base year; stored with the nation if asked.

    The base year is simulated once; its IT load under its own policy, replication 0, decides.

    Parameters
    ----------
    path
        The base scenario of the nation.
    write
        Whether to write the nation's `calibration.csv`.

    Returns
    -------
    dict
        κ by centre.

    Raises
    ------
    ScenarioError
        Where the nation names no PUE to calibrate to.
    """
    scenario = prepare(path)
    network = build(scenario)
    power = fluid.simulate(network, policy_of(scenario))["it_power"]
    reported = {
        row.cells["centre"]: row.number("pue_reported")
        for row in scenario.nation.tables["centres"]
        if "pue_reported" in row.cells
    }
    target = scenario.config.report.pue
    if target is None:
        text = "report.pue is missing: the nation names no PUE to calibrate its base year to"
        raise ScenarioError(text, scenario.origin("report"))
    found = fit(network, power, target, reported)
    if write:
        calibration.write(scenario.nation.folder, found.archetypes, network.ids("centre"), found.energies, found.kappa)
    return dict(zip(network.ids("centre"), found.kappa.tolist(), strict=True))
