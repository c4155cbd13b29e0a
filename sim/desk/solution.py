"""The optimal dispatch as a planner asks for it: what it costs, how sure that is, what scarce things are worth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.once import solve
from sim.optimise.worth import summary
from sim.report.prices import check_place, print_prices, print_stopped, write_prices


def find(
    scenario: Path,
    *,
    prices: Path | None = None,
    force: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Return what there is to say of the optimal dispatch; its prices are written where a file is named.

    Parameters
    ----------
    scenario
        The scenario file.
    prices
        File for all prices, ``.nc`` or ``.csv``.
    force
        Whether to replace it.
    progress
        Called with what is done, how far, and of how many.
    how
        As `sim.once.solve` takes it.

    Returns
    -------
    dict
        The facts of `sim.once.solve`; under ``prices`` what `sim.optimise.worth.summary` returns, and ``file``
        where one was written.

    Raises
    ------
    SimError
        Where the scenario is wrong, there is no plan, or the file cannot be written.
    """
    if prices is not None:
        check_place(prices, force=force)
    found, plan = solve(scenario, progress=progress, **how)
    if plan is None or plan.worth is None:
        return found
    worth = plan.worth(latency=prices is not None)
    told = summary(worth)
    if prices is not None:
        told["file"] = str(write_prices(worth, prices, force=force))
    return {**found, "prices": told}


def show(found: dict[str, Any], language: str) -> None:
    """Print what `find` returned: a line a fact, then the tables of prices.

    Parameters
    ----------
    found
        What it returned.
    language
        ``en`` or ``zh``.
    """
    for name, value in found.items():
        if name not in ("prices", "stopped", "warnings"):
            print(f"{name}: {_shown(value)}")
    if found.get("stopped"):
        print_stopped(language)
    if "prices" in found:
        print_prices(found["prices"], language)
        if "file" in found["prices"]:
            print(found["prices"]["file"])


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    return f"{value:.6g}" if isinstance(value, float) else "-" if value is None else str(value)
