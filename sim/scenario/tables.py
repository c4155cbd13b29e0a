"""CSV tables: rows of text with the line each came from, bounded and UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.scenario.yaml_file import Advice, read_text

MOST_BYTES = 64 * 1024 * 1024
ADVICE = Advice("keep the rows and columns that are needed", beside="*.csv")
"""What to do with a table that cannot be read."""


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes
    ----------
    cells
        Column → text; empty cells are left out.
    origin
        File and line.
    """

    cells: dict[str, str]
    origin: Origin

    def number(self, column: str) -> float:
        """Return the number in a column.

        Raises
        ------
        ScenarioError
            Where the cell is empty or no finite number.
        """
        text = self.cells.get(column, "")
        try:
            value = float(text)
        except ValueError as error:
            raise ScenarioError(f"{column}: '{text[:40]}' is not a number", self.origin) from error
        if not isfinite(value):
            raise ScenarioError(f"{column}: '{text[:40]}' is not a finite number", self.origin)
        return value


def inside(folder: Path, name: str, origin: Origin) -> Path:
    """Return the path of a file in a folder.

    Parameters
    ----------
    folder
        The folder.
    name
        Name of the file.
    origin
        Place where the name is written.

    Returns
    -------
    Path
        With links followed.

    Raises
    ------
    ScenarioError
        Where the name, or a link it meets, leads out of the folder.
    """
    try:
        path = (folder / name).resolve()
        if folder.resolve() in path.parents:
            return path
    except (OSError, RuntimeError, ValueError) as error:
        raise ScenarioError(f"'{name[:60]}' cannot be read: {error}", origin) from error
    raise ScenarioError(f"'{name[:60]}' leaves the folder '{folder.name}'", origin)


def read_table(path: Path, needed: Iterable[str], known: Collection[str] | None = None) -> list[Row]:
    """Return the rows of a CSV file.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that must be there; none of their cells is empty.
    known
        Columns that may be there; None for any.

    Returns
    -------
    list of Row
        In the file's order.

    Raises
    ------
    ScenarioError
        Where the file cannot be read, a column is missing, not known or met twice, or a row has not as
        many cells as the header; names every such column or row.
    """
    text = read_text(path, MOST_BYTES, ADVICE)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    name, needed = str(path), tuple(needed)
    try:
        header = [column.strip() for column in next(reader, [])]
        problems = [Problem(Origin(name, 1), fault) for fault in _header_faults(header, needed, known)]
        if problems:
            raise ScenarioError(problems)
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            origin = Origin(name, reader.line_num)
            filled = {c: v.strip() for c, v in zip(header, cells, strict=False) if v.strip()}
            fault = _row_fault(header, cells, needed, filled)
            if fault:
                problems.append(Problem(origin, fault))
            rows.append(Row(filled, origin))
    except csv.Error as error:
        raise ScenarioError(f"not a CSV table: {error}", Origin(name, reader.line_num)) from error
    if problems:
        raise ScenarioError(problems)
    return rows


def _header_faults(header: list[str], needed: tuple[str, ...], known: Collection[str] | None) -> Iterable[str]:
    for column in needed:
        if column not in header:
            yield f"the column '{column}' is missing" + did_you_mean(column, header)
    for number, column in enumerate(header):
        if column in header[:number]:
            yield f"the column '{column}' stands twice; keep one of them"
        elif known is not None and column not in known:
            yield f"the column '{column}' is not known here" + did_you_mean(column, known)


def _row_fault(header: list[str], cells: list[str], needed: tuple[str, ...], filled: dict[str, str]) -> str:
    if len(cells) != len(header):
        return f"the row has {len(cells)} cells, the header {len(header)}"
    empty = [column for column in needed if column not in filled]
    return f"the cell '{empty[0]}' is empty" if empty else ""
