"""A nation: a folder of tables, as the values that scenarios then change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.ground.errors import Origin, Problem
from sim.scenario.tables import Row
from sim.scenario.yaml_file import Path_


@dataclass
class Nation:
    """The tables of a nation.

    Attributes
    ----------
    id, folder
        Name and place.
    allocation
        Split of the compute that was read.
    names
        Its name by language, ``en`` and ``zh``.
    values
        The configuration that the tables give, nested dicts.
    origins
        Place of every value.
    provenance
        Source and confidence of every value that has them, by path.
    tables
        Rows of every table, by its name.
    digest
        SHA-256 over the bytes of all files that were read or are named.
    files
        Measured series that stand in for synthetic ones: `series`, `epw`, `delays`, each a file name
        (or a mapping to file names) inside the folder; `backbone`, a file in place of two tables.
    problems
        What is wrong in the tables.
    """

    id: str
    folder: Path
    allocation: str = ""
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path_, Origin] = field(default_factory=dict)
    provenance: dict[Path_, tuple[str, str]] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    digest: str = ""
    files: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, path: Path_, value: Any, row: Row) -> None:
        """Enter a value with its place, source and confidence."""
        where = self.values
        for key in path[:-1]:
            where = where.setdefault(key, {})
        where[path[-1]] = value
        self.origins[path] = row.origin
        if "source" in row.cells:
            self.provenance[path] = (row.cells["source"], row.cells.get("confidence", ""))
