"""What a MW of hall draws: facility power by its load, in pieces that lie below the engine's physics."""

from __future__ import annotations

import numpy as np

from sim.centres.base import REGISTRY, Weather, facility_power, read_sheet
from sim.ground.arrays import Array, IntArray
from sim.network.network import Network
from sim.optimise.pieces import convex_envelope

STEPS = 20
"""Points of the load at which the physics is looked at."""
KNOTS = (0, 4, 7, 9, 11, 13, 15, 17, 20)
"""Those at which two pieces meet: dense where halls run."""


def halls(network: Network, epochs: IntArray, archetype: str | None) -> tuple[Array, Array, Array]:
    """Return facility power per rated power of the halls that are there and of new ones.

    F(x) = start + Σ_k slope_k q_k with Σ q_k = x and 0 ≤ q_k ≤ width_k, x = P_IT / C. Within a hall all archetypes of
    its stock run at the same load, as in the engine, and a centre's calibration factor holds for its new halls too.
    The pieces are chords of the convex envelope, lowered so that they lie nowhere above it at the points looked at.

    Parameters
    ----------
    network
        Gives weather, stocks and calibration.
    epochs
        [epoch], those looked at.
    archetype
        Cooling of new halls; None as the halls that are there.

    Returns
    -------
    tuple
        Start, [hall, epoch, centre]; slope, [hall, piece, epoch, centre], ascending, W/W; width, [piece].
    """
    load = np.linspace(0.0, 1.0, STEPS + 1)
    if archetype is not None:
        kappa = network["kappa"]
        fresh = _power(network, epochs, load, {archetype: np.ones(len(kappa))}, kappa)
    present = _power(
        network, epochs, load,
        {name: network["mix"][:, number] for number, name in enumerate(network.ids("archetype"))}, network["kappa"],
    )  # fmt: skip
    values = np.stack([present, present if archetype is None else fresh], axis=1)
    knots = np.array(KNOTS)
    envelope = convex_envelope(values)
    # A chord between knots lies above a convex curve: the pieces are lowered by the most that it does.
    width = np.diff(load[knots])
    slope = np.diff(envelope[knots], axis=0) / width[:, None, None, None]
    chord = np.stack([np.interp(load, load[knots], column) for column in envelope[knots].reshape(len(knots), -1).T])
    over = (chord.T.reshape(values.shape) - values).max(axis=0)
    start = envelope[0] - np.maximum(over, 0.0)
    return start, np.maximum.accumulate(slope, axis=0).transpose(1, 0, 2, 3), width


def _power(network: Network, epochs: IntArray, load: Array, stock: dict[str, Array], kappa: Array) -> Array:
    """Return facility power per rated power of a stock; [load, epoch, centre]."""
    dry, wet = network["temperature"][epochs], network["wet_bulb"][epochs]
    total = np.zeros((len(load), *dry.shape))
    for name, share in stock.items():
        at = np.flatnonzero(share > 0.0)
        if not len(at):
            continue
        weather = Weather(dry[:, at], wet[:, at], network["pressure"][at])
        sheet = read_sheet(name)
        for number, x in enumerate(load):
            here = np.full(weather.temperature.shape, x)
            parts = REGISTRY.get(name)(here, weather, sheet)
            total[number][:, at] += share[at] * facility_power(here, parts, kappa[at])
    return total
