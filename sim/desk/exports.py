"""What is taken elsewhere: a stored run as tables or arrays, a scenario's dispatch program as an LP file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sim.ground.errors import SimError
from sim.network.build import build
from sim.once import prepare
from sim.optimise.second_opinion import lp_file
from sim.report.export import export
from sim.results import store

_HOURS = 24.0
_SUFFIX = {"csv": "-csv", "xlsx": ".xlsx", "netcdf": ".nc"}


def run(name: str, kind: str, out: Path | None, folder: Path, *, force: bool = False) -> dict[str, Any]:
    """Write a stored run in another format and return where.

    Parameters
    ----------
    name
        The run's id or the beginning of it.
    kind
        ``csv``, ``xlsx`` or ``netcdf``.
    out
        Where to; a name beside you where it is None.
    folder
        Folder of the runs.
    force
        Whether to replace what is there.

    Returns
    -------
    dict
        ``file``.

    Raises
    ------
    SimError
        Where the name is a scenario, the run is not there, or it cannot be written.
    """
    if _is_scenario(name):
        raise SimError(
            f"{name} is a scenario, and --{kind} takes a stored run: run it first, or write it with --lp FILE"
        )
    stored = store.load(store.find(folder, name))
    target = out or Path(f"{stored.meta['id']}{_SUFFIX[kind]}")
    return {"file": str(export(stored, kind, target, force=force))}


def program(
    name: str,
    target: Path,
    *,
    hours: float | None = None,
    begin: float = 0.0,
    sets: Iterable[str] = (),
    force: bool = False,
) -> dict[str, Any]:
    """Write the program of some hours of a scenario and return what stands in it.

    The hours are a program of their own: nothing waits before them, and nothing may wait behind.

    Parameters
    ----------
    name
        The scenario file.
    target
        The LP file.
    hours
        How many; a day by default, or what is left.
    begin
        Hours from the scenario's start.
    sets
        Differences, each ``key=value``.
    force
        Whether to replace what is there.

    Returns
    -------
    dict
        As `sim.optimise.second_opinion.lp_file` returns it.

    Raises
    ------
    SimError
        Where the name is no scenario, the hours are not all in it, or their program is too large.
    """
    if not _is_scenario(name):
        raise SimError(
            f"'{name}' is no scenario file: --lp writes the program of a scenario, and a stored run has none"
        )
    whole = prepare(name, sets).config.run
    left = whole.horizon_h - begin
    hours = min(_HOURS, left) if hours is None else hours
    if not 0.0 < hours <= left:
        text = f"the run has {whole.horizon_h:g} h, and {max(left, 0.0):g} h are left behind --begin {begin:g}"
        raise SimError(f"{name}: {text}; ask for no more with --hours")
    first = round(begin / whole.epoch_h)
    if abs(first * whole.epoch_h - begin) > 1e-9:
        raise SimError(f"{name}: --begin {begin:g} is no whole number of epochs of {whole.epoch_h:g} h")
    start = whole.start + timedelta(hours=begin)
    window = [f"run.start={start.isoformat()}", f"run.horizon_h={hours:g}"]
    return lp_file(build(prepare(name, [*sets, *window])), target, first, force=force)


def _is_scenario(name: str) -> bool:
    return Path(name).suffix in (".yaml", ".yml") or Path(name).is_file()
