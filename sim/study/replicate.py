"""Replications: runs that differ in chance alone, their means and how sure these are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.once import check_jobs, execute, identify, prepare
from sim.once import run as run_one
from sim.report.page import page
from sim.results import store
from sim.results.schema import Results
from sim.study.execute import Tick
from sim.study.execute import execute as in_processes
from sim.study.intervals import summary


@dataclass(frozen=True)
class One:
    """A replication to run: file, differences, private policies, folder that keeps runs."""

    path: Path
    sets: tuple[str, ...]
    plugins: tuple[Path, ...]
    folder: Path | None


def run(
    path: Path | str,
    *,
    policy: str | None = None,
    engine: str | None = None,
    seed: int | None = None,
    replications: int | None = None,
    sets: Iterable[str] = (),
    plugins: Iterable[Path] = (),
    results: Path | None = None,
    workers: int = 1,
    language: str = "en",
    progress: Tick | None = None,
    log: Callable[[], str] | None = None,
    jobs: Path | None = None,
    force: bool = False,
) -> Results:
    """Return the results of a scenario file; of several replications the means, with 95 % intervals.

    The intervals are ``meta["ci95"]``, nested as `kpi` and `by` are. One replication is `sim.once.run`.

    The series are those of the first. Every replication is a run of its own and kept without its series, so that an
    interrupted call goes on where it was; weather, wind and solar, demand noise, jobs and failures differ from one to
    the next, and are the same for another policy.

    Parameters
    ----------
    path
        The scenario file.
    policy, engine, seed, replications
        Short for ``sets=["policy.name=…"]`` and so on.
    sets
        Differences, each ``key=value``.
    plugins
        Private policy files.
    results
        Folder that keeps runs; None computes and writes nothing.
    workers
        Processes; the results do not depend on it.
    language
        Of the report page.
    progress
        Called with the replications done and their number; of one, with its epochs.
    log
        Called once before writing; returns the lines of ``log.jsonl``.
    jobs, force
        A file for a table of the jobs of the first replication, and whether to replace what is there.

    Raises
    ------
    ScenarioError, PluginError, ResultsError
        As for a run.
    """
    given = {"policy.name": policy, "run.engine": engine, "run.seed": seed, "run.replications": replications}
    sets = [*(f"{key}={value}" for key, value in given.items() if value is not None), *sets]
    plugins = tuple(Path(plugin) for plugin in plugins)
    scenario = prepare(path, sets, plugins)
    if scenario.config.run.replications == 1:
        return run_one(
            path, sets=sets, plugins=plugins, results=results, language=language, progress=progress, log=log, jobs=jobs,
            force=force,
        )  # fmt: skip
    if jobs is not None:
        check_jobs(scenario, jobs, force=force)
    name, spec = identify(scenario, plugins), scenario.config.run
    if jobs is None and results is not None and store.complete(Path(results) / name):
        return store.load(Path(results) / name)
    alone = [(*sets, "run.replications=1", f"run.replication={spec.replication + n}") for n in range(spec.replications)]
    folder = None if results is None else Path(results)
    parts = in_processes(measured, [One(Path(path), one, plugins, folder) for one in alone], workers, progress)
    first = execute(prepare(path, alone[0], plugins), plugins, jobs=jobs)
    kpi, kpi_ci = summary([part["kpi"] for part in parts])
    by, by_ci = summary([part["by"] for part in parts])
    ids = [part["id"] for part in parts]
    meta: dict[str, Any] = first.meta | {
        "id": name, "replications": ids if folder else len(ids), "ci95": {"kpi": kpi_ci, "by": by_ci},
    }  # fmt: skip
    done = replace(first, kpi=kpi, by=by, meta=meta)
    if folder is not None and not store.complete(folder / name):
        others = {"report.html": page(done, language)} | ({"log.jsonl": log()} if log else {})
        store.save(done, folder, others)
    return done


def measured(one: One) -> dict[str, Any]:
    """Return the measures of a replication, from its folder where it is complete."""
    scenario = prepare(one.path, one.sets, one.plugins)
    if one.folder is not None and store.complete(target := one.folder / identify(scenario, one.plugins), series=False):
        return store.measures(target)
    done = execute(scenario, one.plugins)
    if one.folder is not None:
        store.save(done, one.folder, {}, series=False)
    return store.document(done)
