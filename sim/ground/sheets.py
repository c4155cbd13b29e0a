"""Parameter sheets: one CSV file a model, every number with its unit, source and confidence."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from types import MappingProxyType

from sim.ground.errors import Origin, Problem, ScenarioError, did_you_mean
from sim.ground.places import models

COLUMNS = ("parameter", "value", "unit", "source", "confidence")
"""The columns of a sheet, in this order."""
CONFIDENCE = (
    "official", "press", "estimate", "derived", "recalled", "proxy", "assumption", "synthetic", "calibrated",
    "high", "medium", "low",
)  # fmt: skip
"""How a number is known, or how far it is trusted where the kind of its source says little."""

Sheet = Mapping[str, float]
"""Parameters of a model by name, read only; temperatures in degC, all else in SI."""


@lru_cache
def read(kind: str, name: str) -> Sheet:
    """Return the parameters of a model from ``models/<kind>/<name>.csv``, each a single number.

    Parameters
    ----------
    kind
        Folder of the sheets, such as ``"cooling"``.
    name
        Name of the sheet, without ``.csv``.

    Returns
    -------
    Sheet
        Values by parameter; cached, so that the same sheet is the same object.

    Raises
    ------
    ScenarioError
        As `read_lists`, and where a parameter has several values.

    Examples
    --------
    >>> read("cooling", "iec")["supply_temperature"]
    25.0
    """
    lists = read_lists(kind, name)
    several = [parameter for parameter, values in lists.items() if len(values) > 1]
    if several:
        text = f"'{several[0]}' has several values; a {kind} sheet gives one for each parameter"
        raise ScenarioError(text, Origin(str(models() / kind / f"{name}.csv")))
    return MappingProxyType({parameter: values[0] for parameter, values in lists.items()})


def read_lists(kind: str, name: str) -> Mapping[str, tuple[float, ...]]:
    """Return the parameters of a model; a value may be several numbers joined by ``;``.

    Parameters
    ----------
    kind, name
        As in `read`.

    Returns
    -------
    Mapping
        Values by parameter, in the order written; read only.

    Raises
    ------
    ScenarioError
        Where there is no such sheet, or one with other columns, a value that is no finite number, a
        parameter met twice, or a row without unit, source or confidence; names every bad row.
    """
    path = models() / kind / f"{name}.csv"
    known = {sheet.stem for sheet in path.parent.glob("*.csv")}
    if name not in known:
        raise ScenarioError(f"no {kind} sheet is called '{name}'{did_you_mean(name, known)}", Origin(str(path)))
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ScenarioError(f"the columns must be {', '.join(COLUMNS)}", Origin(str(path), 1))
        rows = [(reader.line_num, row) for row in reader]
    sheet: dict[str, tuple[float, ...]] = {}
    problems: list[Problem] = []
    for line, row in rows:
        fault = _fault(row, sheet)
        if fault:
            problems.append(Problem(Origin(str(path), line), fault))
        else:
            sheet[row["parameter"]] = tuple(float(part) for part in row["value"].split(";"))
    if problems:
        raise ScenarioError(problems)
    return MappingProxyType(sheet)


def _fault(row: dict[str, str], sheet: Mapping[str, object]) -> str:
    """Return what is wrong with a row, or an empty string."""
    missing = [column for column in COLUMNS if not row[column]]
    if missing or None in row:
        return f"a row has {len(COLUMNS)} cells, none empty; missing here: {', '.join(missing) or 'nothing'}"
    if row["parameter"] in sheet:
        return f"the parameter '{row['parameter']}' is given twice; keep one of the rows"
    if row["confidence"] not in CONFIDENCE:
        return f"found the confidence '{row['confidence']}'{did_you_mean(row['confidence'], CONFIDENCE)}"
    try:
        finite = all(isfinite(float(part)) for part in row["value"].split(";"))
        return "" if finite else f"found {row['value']}; the value must be finite"
    except ValueError:
        return f"found '{row['value']}'; the value must be a number"
