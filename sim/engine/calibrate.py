"""κ of every centre, once a nation, in closed form: reported PUEs are kept, the rest share one factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.centres.base import REGISTRY, Weather, read_sheet
from sim.ground.arrays import Array, BoolArray
from sim.ground.errors import ScenarioError
from sim.network.network import Network
from sim.physics.efficiency import calibrated_kappa

_J_PER_TWH = 3.6e15


@dataclass(frozen=True)
class Calibration:
    """What a nation stores.

    Attributes
    ----------
    archetypes
        Names along the second axis of `energies`.
    energies
        [part, archetype, centre], TWh: IT, electrical losses, the rest of the building, cooling at κ 1 -
        each as if the archetype were the centre's whole stock.
    kappa
        [centre].
    fixed
        [centre], whether the centre keeps a reported PUE.
    """

    archetypes: tuple[str, ...]
    energies: Array
    kappa: Array
    fixed: BoolArray


def calibrate(network: Network, power: Array, target: float, reported: dict[str, float]) -> Calibration:
    """Return the factors that give the reported PUEs and the nation's on a base year's IT load.

    κ_c = ((PUE_c − 1) E_IT − E_el − E_misc) / E_cool for a centre with a reported PUE; the others share
    κ = (PUE · ΣE_IT − Σ_reported PUE_c E_IT,c − Σ_rest (E_IT + E_el + E_misc)) / Σ_rest E_cool.

    Parameters
    ----------
    network
        The base year.
    power
        [epoch, centre], W, IT load under the base policy.
    target
        PUE of the nation.
    reported
        PUE by centre.

    Returns
    -------
    Calibration
        To be stored with the nation.

    Raises
    ------
    ScenarioError
        Where a centre's mix cannot reach its PUE.
    """
    names, centres = REGISTRY.names(), network.ids("centre")
    energies = np.stack([_energies(network, power, name) for name in names], axis=1)
    mix = np.zeros((len(names), len(centres)))
    for number, name in enumerate(network.ids("archetype")):
        mix[names.index(name)] = network["mix"][:, number]
    it, electrical, misc, cooling = (energies * mix).sum(axis=1)
    fixed = np.array([name in reported for name in centres])
    pue = np.array([reported.get(name, 1.0) for name in centres])
    kappa = np.ones(len(centres))
    for c in np.flatnonzero(fixed):
        kappa[c] = calibrated_kappa(pue[c], it[c], electrical[c], misc[c], cooling[c])
    rest = ~fixed
    if rest.any():
        spent = (pue * it)[fixed].sum() + (it + electrical + misc)[rest].sum()
        kappa[rest] = (target * it.sum() - spent) / cooling[rest].sum()
    if (kappa < 0.0).any() or not np.isfinite(kappa).all():
        bad = centres[int(np.argmin(np.where(np.isfinite(kappa), kappa, -1.0)))]
        raise ScenarioError(f"centres.{bad}: its cooling mix cannot reach its PUE; change the mix")
    return Calibration(names, energies, kappa, fixed)


def _energies(network: Network, power: Array, name: str) -> Array:
    """Return IT, electrical, misc and cooling energy, all stock being one archetype; [part, centre], TWh."""
    rated = network["rated_power"]
    load = np.divide(power, rated, out=np.zeros_like(power), where=rated > 0.0)
    weather = Weather(network["temperature"], network["wet_bulb"], network["pressure"])
    parts = REGISTRY.get(name)(load, weather, read_sheet(name))
    scale = rated * network.calendar.seconds / _J_PER_TWH
    return np.stack([(part * scale).sum(axis=0) for part in (load, parts.electrical, parts.misc, parts.cooling)])
