"""Small worlds for the tests: a scenario written to a folder, read, built and simulated in one line."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sim.engine.fluid import simulate
from sim.ground.places import models, scenarios
from sim.network.build import build
from sim.network.network import Network
from sim.optimise.planner import Planner
from sim.policies.base import REGISTRY
from sim.results.schema import Results
from sim.scenario.read import read
from sim.scenario.scenario import Scenario

Row = dict[str, str]


def scenario(
    folder: Path,
    sets: Iterable[str] = (),
    text: str = "",
    *,
    nation: str = "toy-3",
    start: str = "2024-03-04",
    horizon: str = "48 h",
    epoch: str = "1 h",
    seed: int = 42,
) -> Scenario:
    """Return a scenario of a few days, written beside `nations/` where the folder has one."""
    path = folder / "case.yaml"
    run = f"run: {{start: {start}, horizon: {horizon}, epoch: {epoch}, seed: {seed}}}"
    path.write_text(f"name: case\nnation: {nation}\n{run}\n{text}", encoding="utf-8")
    return read(path, sets)


def shipped(name: str, sets: Iterable[str] = ()) -> Scenario:
    """Return a scenario that comes with the package."""
    return read(scenarios() / f"{name}.yaml", sets)


def run(network: Network, policy: Any = "base") -> Results:
    """Return the results of a network under a policy, by its name or itself."""
    rule = REGISTRY.get(policy)() if isinstance(policy, str) else policy
    return simulate(network, rule, None, Planner(network))


def world(folder: Path, sets: Iterable[str] = (), text: str = "", **how: Any) -> Network:
    """Return the network of a scenario written to a folder."""
    return build(scenario(folder, sets, text, **how))


def events(*lines: str) -> str:
    """Return the part of a scenario file that holds its events."""
    return "events:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def nation(folder: Path, change: Callable[[str, list[Row]], list[Row]] | None = None) -> Path:
    """Return the folder for scenarios of a copy of toy-3, every table put through a change."""
    copy = folder / "nations" / "toy-3"
    shutil.copytree(models() / "nations" / "toy-3", copy)
    for path in copy.glob("*.csv") if change else ():
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            rows, columns = list(table), table.fieldnames
        assert columns is not None
        assert change is not None
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(change(path.stem, rows))
    return folder
