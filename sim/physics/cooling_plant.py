"""The parts of a cooling plant put together: the loop that cools by air and the loop that cools by liquid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array
from sim.physics import cooling, heat_rejection
from sim.physics.electrical import distribution_loss, ups_loss


class AirLoop(NamedTuple):
    """Power and heat of a plant that cools by air, per unit of rated IT capacity (W/W)."""

    electrical: Array
    """Losses of UPS and distribution."""
    misc: Array
    """Lighting, offices, security."""
    fan: Array
    """Fans of the halls."""
    pump: Array
    """Pumps of chilled and condenser water."""
    chiller: Array
    """Compressors."""
    rejection: Array
    """Fans of towers or dry coolers."""
    rejected: Array
    """Heat given to the outside, compressors included."""
    economiser_share: Array
    """Share of the heat that leaves without the compressor, 0 to 1, dimensionless."""
    cop: Array
    """Coefficient of performance of the chiller at full load, dimensionless."""


def air_loop(
    load: Array,
    source: Array,
    economiser: Array | float,
    pressure: Array,
    sheet: Mapping[str, float],
    liquid_share: float = 0.0,
) -> AirLoop:
    """Return power and heat of the halls, the chiller and the heat rejection.

    ``Q = x + losses - φ_L x + fans`` is the heat of the air loop: what the fans draw ends up in the air.
    The chiller takes ``(1 - φ) Q`` and the outside gets ``Q + P_chiller``.  Fans, pumps and chiller are
    sized for the share ``1 - φ_L`` of the heat that the air carries.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    source
        Temperature of what the heat is given to, broadcastable with `load`, degC.
    economiser
        Share φ of the heat that leaves without the compressor, broadcastable with `load`, dimensionless.
    pressure
        Air pressure, broadcastable with `load`, Pa.
    sheet
        Parameters of the archetype, as in ``models/cooling``.
    liquid_share
        Share φ_L of the IT heat that a liquid loop carries away, below 1, dimensionless.

    Returns
    -------
    AirLoop
        Every field of the broadcast shape.

    References
    ----------
    The partition of PUE into parts follows N. Lei and E. Masanet, Resources, Conservation and Recycling
    182 (2022) 106323, doi 10.1016/j.resconrec.2022.106323.
    """
    air = 1.0 - liquid_share
    losses = _losses(load, sheet)
    fan = cooling.fan_power(load, air * sheet["fan_rated"], sheet["fan_floor"], pressure)
    heat = air * load + losses + fan
    cop = _cop(source, sheet["supply_temperature"], sheet)
    chiller = _chiller((1.0 - economiser) * heat, cop, air * sheet["chiller_oversize"], sheet)
    rejected = heat + chiller
    parts = np.broadcast_arrays(
        losses,
        sheet["misc"],
        fan,
        cooling.pump_power(load, air * sheet["pump_rated"], sheet["pump_floor"]),
        chiller,
        heat_rejection.rejection_power(rejected, sheet["rejection"]),
        rejected,
        economiser,
        cop,
    )
    return AirLoop(*parts)


def liquid_loop(load: Array, temperature: Array, sheet: Mapping[str, float]) -> Array:
    """Return the power of a warm-water loop that carries heat from cold plates to dry coolers.

    With ``q = φ_L x``: ``k_cdu q`` for the coolant distribution units, ``P = (1 - φ) q/COP`` for the
    compressor of hot hours, ``k_rej (q + P)`` for the dry coolers.  No part-load curve: the compressor
    runs in few hours, and then near its rating.

    Parameters
    ----------
    load
        IT load x per rated capacity, 0 to 1, any shape, W/W.
    temperature
        Dry bulb, broadcastable with `load`, degC.
    sheet
        Parameters of the archetype, as in ``models/cooling``.

    Returns
    -------
    Array
        Power per rated capacity, broadcast shape, W/W.

    References
    ----------
    Water of 38 degC lies in class W40 of ASHRAE TC 9.9, Thermal Guidelines for Data Processing
    Environments (2021).
    """
    heat = sheet["liquid_share"] * load
    supply = sheet["liquid_supply_temperature"]
    source = heat_rejection.dry_source(temperature, sheet["liquid_approach"])
    economiser = cooling.economiser_share(source, supply, sheet["liquid_temperature_range"])
    chiller = (1.0 - economiser) * heat / _cop(source, supply, sheet)
    return (
        sheet["coolant_distribution"] * heat
        + chiller
        + heat_rejection.rejection_power(heat + chiller, sheet["liquid_rejection"])
    )


def _losses(load: Array, sheet: Mapping[str, float]) -> Array:
    """Return the losses of UPS and distribution with the parameters of a sheet."""
    ups = ups_loss(load, sheet["ups_redundancy"], sheet["ups_no_load"], sheet["ups_proportional"], sheet["ups_square"])
    return ups + distribution_loss(load, sheet["distribution_no_load"], sheet["distribution_square"])


def _chiller(heat: Array, cop: Array, capacity: float, sheet: Mapping[str, float]) -> Array:
    """Return the power of the chiller with the part-load curve of a sheet."""
    curve = (sheet["chiller_fixed"], sheet["chiller_linear"], sheet["chiller_square"])
    return cooling.chiller_power(heat, cop, capacity, curve, sheet["chiller_start"])


def _cop(source: Array, supply: float, sheet: Mapping[str, float]) -> Array:
    """Return the coefficient of performance with the chiller parameters of a sheet."""
    return cooling.chiller_cop(
        source,
        supply,
        sheet["carnot_share"],
        sheet["evaporator_difference"],
        sheet["condenser_difference"],
        sheet["least_lift"],
        sheet["greatest_cop"],
    )
