"""CSV tables: rows of text with the line each came from, bounded and UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.scenario.yaml_file import read_text

MOST_BYTES = 64 * 1024 * 1024


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
            Where the cell is empty or no number.
        """
        text = self.cells.get(column, "")
        try:
            return float(text)
        except ValueError as error:
            raise ScenarioError(f"{column}: '{text[:40]}' is not a number", self.origin) from error


def read_table(path: Path, needed: Iterable[str]) -> list[Row]:
    """Return the rows of a CSV file.

    Parameters
    ----------
    path
        The file.
    needed
        Columns that must be there.

    Returns
    -------
    list of Row
        In the file's order.

    Raises
    ------
    ScenarioError
        Where the file cannot be read, a column is missing or a row is too long.
    """
    text = read_text(path, MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    name = str(path)
    try:
        header = [column.strip() for column in next(reader, [])]
        missing = [column for column in needed if column not in header]
        if missing:
            raise ScenarioError(
                [
                    Problem(
                        Origin(name, 1), f"the column '{column}' is missing" + did_you_mean(column, header)
                    )
                    for column in missing
                ]
            )
        rows = []
        for cells in reader:
            if not any(cells):
                continue
            origin = Origin(name, reader.line_num)
            if len(cells) > len(header):
                raise ScenarioError(f"the row has {len(cells)} cells, the header {len(header)}", origin)
            rows.append(Row({c: v.strip() for c, v in zip(header, cells, strict=False) if v.strip()}, origin))
    except csv.Error as error:
        raise ScenarioError(f"not a CSV table: {error}", Origin(name, reader.line_num)) from error
    return rows
