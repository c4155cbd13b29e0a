"""A scenario written to a folder of its own, and what the reader says of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from sim.ground.errors import Problem, ScenarioError
from sim.ground.places import models
from sim.network.build import check_graph
from sim.scenario.read import read, read_all
from sim.scenario.scenario import Scenario

BASE = "extends: baseline-2024.yaml\n"
TOY = "nation: toy-3\nrun: {start: 2024-01-01, horizon: 1 d}\n"


class Desk:
    """A folder in which scenarios and nations are written and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, text: str | bytes, name: str = "s.yaml") -> Path:
        """Write a scenario file."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def nation(self, *edits: Callable[[Path], object]) -> Path:
        """Copy toy-3 to `nations/mine`, change it, and return its folder."""
        folder = self.folder / "nations" / "mine"
        shutil.copytree(models() / "nations" / "toy-3", folder)
        for edit in edits:
            edit(folder)
        return folder

    def problems(self, path: Path, sets: Iterable[str] = ()) -> list[Problem]:
        """Return what is wrong with a scenario, its graph included, as `suanwang validate` finds it."""
        scenario, found = read_all(path, sets)
        try:
            found = found + (check_graph(scenario) if scenario is not None else [])
        except ScenarioError as error:
            found = found + list(error.problems)
        except KeyError:
            assert found, "a scenario without problems has a graph"
        return list(ScenarioError(found).problems)

    def told(self, text: str | bytes, sets: Iterable[str] = (), name: str = "s.yaml") -> list[str]:
        """Return the lines that a planner reads of a scenario, without the names of folders."""
        return self.told_of(self.write(text, name), sets)

    def told_of(self, path: Path, sets: Iterable[str] = ()) -> list[str]:
        """Return the lines of a file that is there."""
        found = self.problems(path, sets)
        lines = [str(problem).replace(problem.origin.file, Path(problem.origin.file).name) for problem in found]
        assert not any("\n" in line for line in lines)
        return lines

    def read(self, text: str, sets: Iterable[str] = ()) -> Scenario:
        """Return the scenario of a text that has no problems."""
        return read(self.write(text), sets)


def same(lines: list[str], expected: Iterable[str]) -> None:
    """Check lines one by one; what is expected may leave out the end of a line."""
    wanted = list(expected)
    assert len(lines) == len(wanted), "\n".join(["", *lines])
    for line, start in zip(lines, wanted, strict=True):
        assert line.startswith(start), f"{line}\nshould begin with\n{start}"
