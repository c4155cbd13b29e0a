"""κ, the factor on a centre's cooling power: frozen with the nation, or closed form for a reported PUE."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.ground.arrays import Array
from sim.ground.errors import Problem, ScenarioError
from sim.physics.efficiency import calibrated_kappa
from sim.results.product import placed
from sim.scenario.scenario import Scenario

LOW, HIGH = 0.8, 1.25
SOURCE = "A18"
"""Id under which a nation's SOURCES.md explains its calibration."""
_ENERGIES = ("it_twh", "electrical_twh", "misc_twh", "cooling_twh")


def kappa(scenario: Scenario) -> Array:
    """Return the calibration factor of every centre; [centre].

    The nation's `calibration.csv` holds κ and, for every archetype, the energies of the base year under
    the base policy. A centre whose `pue` the scenario sets is calibrated to it on those energies with its
    own mix: κ = ((PUE − 1) E_IT − E_el − E_misc) / E_cool. A centre that the table does not know has κ 1.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    Array
        [centre], dimensionless.

    Raises
    ------
    ScenarioError
        Where a PUE is asked for that the nation gives no energies to calibrate with, or that no κ ≥ 0
        reaches.
    """
    stored = _stored(scenario)
    factors, problems = [], []
    for name, centre in scenario.config.centres.items():
        factor = stored.get(name, 1.0)
        if centre.pue is not None:
            reached = _reached(scenario, name, centre.pue)
            if reached is None or reached < 0.0:
                text = (
                    f"centres.{name}.pue: {centre.pue:g} is "
                    + (
                        "below what its losses alone give"
                        if reached is not None
                        else "no calibration energies are known"
                    )
                    + "; change the cooling mix instead"
                )
                problems.append(Problem(scenario.origin("centres", name, "pue"), text))
            else:
                factor = reached
        factors.append(factor)
    if problems:
        raise ScenarioError(problems)
    return np.array(factors)


def _stored(scenario: Scenario) -> dict[str, float]:
    """Return κ by centre as the nation's table has it; the points of a sweep share the table, and it is read once."""
    table = scenario.nation.tables.get("calibration", [])
    known = _last[0]
    if known[0] is not table:
        # Replaced as a whole: another thread that asks for another nation meanwhile changes nothing here.
        known = _last[0] = (table, {row.cells["centre"]: row.number("kappa") for row in table})
    return known[1]


_last: list[tuple[object, dict[str, float]]] = [(None, {})]


def _reached(scenario: Scenario, name: str, target: float) -> float | None:
    rows = {
        row.cells["archetype"]: row
        for row in scenario.nation.tables.get("calibration", [])
        if row.cells["centre"] == name
    }
    mix = {kind: share for kind, share in scenario.config.centres[name].cooling.mix.items() if share > 0.0}
    if not set(mix) <= set(rows):
        return None
    it, electrical, misc, cooling = (sum(s * rows[k].number(c) for k, s in mix.items()) for c in _ENERGIES)
    return float(calibrated_kappa(target, it, electrical, misc, cooling))


def warnings(scenario: Scenario) -> list[Problem]:
    """Return a warning for every κ outside 0.8–1.25, where archetype and reported PUE do not fit.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    list of Problem
        Each with its place.
    """
    found = []
    for name, factor in zip(scenario.config.centres, kappa(scenario), strict=True):
        if not LOW <= factor <= HIGH:
            text = (
                f"centres.{name}: the calibration factor of the cooling is {factor:.2f}, outside {LOW}–{HIGH}: "
                "its cooling mix and its PUE do not fit each other"
            )
            found.append(Problem(scenario.origin("centres", name, "pue"), text))
    return found


def write(folder: Path, archetypes: Sequence[str], centres: Sequence[str], energies: Array, kappa: Array) -> Path:
    """Write a nation's `calibration.csv` and return its path.

    Parameters
    ----------
    folder
        The nation's folder.
    archetypes, centres
        Ids along the axes of `energies`.
    energies
        [part, archetype, centre], TWh: IT, electrical, misc, cooling at κ 1.
    kappa
        [centre].

    Returns
    -------
    Path
        The file, replaced as a whole.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["centre", "archetype", "kappa", *_ENERGIES, "source", "confidence"])
    for c, centre in enumerate(centres):
        for a, archetype in enumerate(archetypes):
            parts = [f"{value:.12g}" for value in energies[:, a, c]]
            table.writerow([centre, archetype, repr(float(kappa[c])), *parts, SOURCE, "calibrated"])
    return placed(
        folder / "calibration.csv", lambda draft: draft.write_text(text.getvalue(), encoding="utf-8"), force=True
    )
