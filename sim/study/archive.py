"""A sweep that is done, read back from its folder: what was varied, what came out, and whether all of it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import ResultsError, UsageError, did_you_mean
from sim.study import parts
from sim.study.axes import Axis, Design, cell
from sim.study.parts import SUFFIX, Row

SHEET = "sweep.json"


@dataclass(frozen=True)
class Archive:
    """A sweep, complete unless it was read as it is.

    Attributes
    ----------
    folder
        Where it is kept.
    design
        Its points.
    sample
        How its sample was drawn: ``method``, ``n``, ``seed``; None where it has none.
    rows
        What is known of every point that worked, in order.
    failed
        What is known of those that failed.
    code
        Version of the code that made them.
    """

    folder: Path
    design: Design
    sample: dict[str, Any] | None
    rows: list[Row]
    failed: tuple[Row, ...] = ()
    code: str = ""

    @property
    def whole(self) -> bool:
        """Return whether every point is known, and none failed."""
        return len(self.rows) == self.design.points

    def inputs(self) -> dict[str, list[Any]]:
        """Return what was varied: numbers in the key's unit, or words; by key or short name, [row] each."""
        meant = {self.design.meant(key): key for key in self.design.keys}
        found: dict[str, list[Any]] = {key: [] for key in self.design.keys}
        kept = {row.point for row in self.rows}
        for number, settings in enumerate(self.design.settings()):
            for key, value in settings.items() if number in kept else ():
                found[meant[key]].append(cell(key, value))
        return found

    def output(self, key: str) -> Array:
        """Return a measure; [row].

        Raises
        ------
        UsageError
            Where there is no such measure, or it is no number at some point.
        """
        known = {name for row in self.rows for name in row.kpi}
        if key not in known:
            raise UsageError(f"the sweep has no measure '{key}'" + did_you_mean(key, known))
        values = [row.kpi.get(key) for row in self.rows]
        if not all(isinstance(value, int | float) for value in values):
            raise UsageError(f"'{key}' is no number at every point of the sweep; choose another measure")
        return np.array(values, dtype=np.float64)


def find(results: Path, name: str) -> Path:
    """Return the folder of a sweep by its id, the beginning of it, or its path.

    Raises
    ------
    ResultsError
        Where there is none, or more than one.
    """
    if (Path(name) / SHEET).is_file():
        return Path(name)
    stem = name.removeprefix("sweep-")
    known = sorted(path.parent for path in Path(results).glob(f"sweep-*/{SHEET}"))
    hits = [path for path in known if path.name.removeprefix("sweep-").startswith(stem)] if stem else []
    if len(hits) != 1:
        hint = did_you_mean(stem, [path.name.removeprefix("sweep-") for path in known])
        raise ResultsError(f"{results}: there is no single sweep '{name}'{hint}")
    return hits[0]


def read(folder: Path) -> Archive:
    """Return a sweep of which every point is known and none failed.

    Parameters
    ----------
    folder
        Where it is kept.

    Raises
    ------
    ResultsError
        Where it cannot be read, points are missing or damaged, or points failed: what is left would be another sample.
    """
    found = as_it_is(folder)
    total, failed = found.design.points, len(found.failed)
    if not found.whole:
        raise ResultsError(
            f"{folder}: {total - len(found.rows) - failed} of {total} points are missing and {failed} failed; an "
            "analysis of the rest would be of another sample: run the sweep again, with --retry-failed where the "
            "cause is mended"
        )
    return found


def as_it_is(folder: Path) -> Archive:
    """Return a sweep as far as it is known.

    Raises
    ------
    ResultsError
        Where it cannot be read.
    """
    try:
        sheet = json.loads((folder / SHEET).read_bytes())
        axes = tuple(
            Axis(axis["name"], tuple(axis["keys"]), tuple(tuple(row) for row in axis["rows"])) for axis in sheet["axes"]
        )
        design = Design(axes, dict(sheet["names"]))
        sample, total, code = sheet["sample"], int(sheet["points"]), str(sheet.get("code", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultsError(f"{folder / SHEET}: is missing or damaged; run the sweep again") from error
    found: dict[int, Row] = {}
    for path in sorted((folder / "parts").glob(f"*{SUFFIX}")):
        for row in parts.read(folder / "parts", int(path.stem)) or ():
            found[row.point] = row
    rows = [found[number] for number in range(total) if number in found]
    good, bad = [row for row in rows if not row.failed], tuple(row for row in rows if row.failed)
    return Archive(folder, design, sample, good, bad, code)
