"""What a finished sweep is asked, and how the answers are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.desk.sweep import page_of
from sim.study import archive
from sim.study.choices import aims as costs
from sim.study.choices import front, robustness
from sim.study.discovery import Condition, discover
from sim.study.sensitivity import sensitivity

_MOST = 20
"""Lines that are printed of a long list; --json holds all."""


def ask(
    results: Path,
    name: str,
    *,
    keys: Sequence[str] = (),
    condition: str | None = None,
    aims: Sequence[str] = (),
    robust: str | None = None,
    levers: Sequence[str] = (),
    language: str | None = None,
) -> dict[str, Any]:
    """Return the answers of a sweep as a document.

    Parameters
    ----------
    results, name
        Folder of the runs, and which sweep.
    keys
        Measures whose sensitivity is asked for.
    condition
        What makes a point a case, such as ``pue > 1.45``.
    aims
        Measures of the Pareto front.
    robust, levers
        Measure, and the axes that somebody decides.
    language
        Of the sweep's page, where that is to be written anew with these questions: then ``report`` is its path.

    Raises
    ------
    ResultsError, UsageError
        Where the sweep is not complete, or a question does not fit it.
    """
    case = Condition.of(condition) if condition else None
    read = archive.read(archive.find(results, name))
    found: dict[str, Any] = {"sweep": read.folder.name, "points": read.design.points}
    if keys:
        found["sensitivity"] = {}
        for key in keys:
            method, effects = sensitivity(read, key)
            found["sensitivity"][key] = {"method": method, "effects": [asdict(effect) for effect in effects]}
    if case is not None:
        box = discover(read.inputs(), case.holds(read.output(case.key)))
        found["discovery"] = {"condition": condition, "words": box.words(), **asdict(box)}
    if aims:
        points, inputs = front(costs(read, list(aims))), read.inputs()
        found["pareto"] = [
            {"point": int(number)} | {key: inputs[key][number] for key in inputs}
            | {aim.lstrip("-"): read.rows[number].kpi[aim.lstrip("-")] for aim in aims}
            for number in points
        ]  # fmt: skip
    if robust is not None:
        found["robustness"] = {robust.lstrip("-"): [asdict(one) for one in robustness(read, robust, list(levers))]}
    if language is not None:
        asked = {"keys": keys, "condition": condition, "aims": aims, "robust": robust, "levers": levers}
        found["report"] = str(page_of(read, language, **asked))
    return found


def told(found: dict[str, Any]) -> str:
    """Return the answers as text.

    Parameters
    ----------
    found
        What `ask` returned.
    """
    lines = []
    for key, one in found.get("sensitivity", {}).items():
        lines.append(f"{key} ({one['method']})")
        for effect in one["effects"]:
            first, total = (_within(effect[part], effect[f"{part}_interval"]) for part in ("first", "total"))
            spread = f"  spread {effect['spread']:.3g}" if effect["spread"] is not None else ""
            lines.append(f"  {effect['key']}: alone {first}  in all {total}{spread}")
    if "discovery" in found:
        one = found["discovery"]
        share, sure = 100.0 * one["coverage"], 100.0 * one["density"]
        lines.append(f"{one['condition']} when {one['words']} ({share:.0f} % of the cases, {sure:.0f} % of its points)")
    for name, rows in (("pareto", found.get("pareto")), *found.get("robustness", {}).items()):
        if rows:
            lines.append(f"{name}: {len(rows)}")
            lines += ["  " + ", ".join(f"{key} {_shown(value)}" for key, value in _flat(row)) for row in rows[:_MOST]]
    return "\n".join([*lines, *([found["report"]] if "report" in found else [])])


def _within(value: float, interval: Sequence[float] | None) -> str:
    return f"{value:.3g}" if interval is None else f"{value:.3g} [{interval[0]:.3g}, {interval[1]:.3g}]"


def _flat(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return [*row.get("choice", {}).items(), *((key, value) for key, value in row.items() if key != "choice")]


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
