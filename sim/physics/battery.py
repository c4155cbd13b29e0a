"""The battery: charge from what is offered, discharge for what is wanted, and the green part of both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array


class Step(NamedTuple):
    """What one epoch does to a battery, any shape."""

    content: Array
    """Energy held at the end of the epoch, J."""
    charge: Array
    """Mean power drawn from the site, W."""
    discharge: Array
    """Mean power given to the site, W."""


def step(
    content: Array | float,
    surplus: Array | float,
    deficit: Array | float,
    *,
    capacity: Array | float,
    power: Array | float,
    duration: float,
    charge_efficiency: Array | float = 0.95,
    discharge_efficiency: Array | float = 0.95,
) -> Step:
    """Return the content after one epoch of the greedy rule, with charge and discharge.

    The battery takes all the surplus it can and covers all the deficit it can:
    ``c = min(surplus, P, (E - e)/(η_c Δ))``, ``d = min(deficit, P, e η_d/Δ)``,
    ``e' = e + η_c c Δ - d Δ/η_d``, which keeps ``0 <= e' <= E``.  Self-discharge is left out: lithium
    ion cells lose below 0.1 % a day.

    Parameters
    ----------
    content
        Energy held at the start, 0 to `capacity`, any shape, J.
    surplus
        Power on offer, at least 0, broadcastable with `content`, W.
    deficit
        Power wanted, at least 0 and 0 wherever there is surplus, broadcastable with `content`, W.
    capacity
        Energy that the battery can hold, broadcastable with `content`, J.
    power
        Greatest charge and greatest discharge, broadcastable with `content`, W.
    duration
        Length Δ of the epoch, s.
    charge_efficiency
        Share η_c of the charge that is stored, in (0, 1], dimensionless.
    discharge_efficiency
        Share η_d of the energy taken out that is delivered, in (0, 1], dimensionless.

    Returns
    -------
    Step
        Content in J, charge and discharge in W, each of the broadcast shape.

    References
    ----------
    The usual energy balance; rate limits as in B. Acun et al., doi 10.1145/3575693.3575754.

    Examples
    --------
    >>> hour, mwh = 3600.0, 3.6e9
    >>> after = step(2 * mwh, 3e6, 0.0, capacity=8 * mwh, power=4e6, duration=hour)
    >>> round(float(after.content) / mwh, 6)
    4.85
    """
    held = np.asarray(content, dtype=np.float64)
    room = np.maximum(capacity - held, 0.0) / (charge_efficiency * duration)
    charge = np.minimum(np.minimum(surplus, power), room)
    discharge = np.minimum(np.minimum(deficit, power), held * discharge_efficiency / duration)
    after = held + (charge_efficiency * charge - discharge / discharge_efficiency) * duration
    # Rounding may overshoot a bound by one ulp; the clip keeps the bounds exact for the next epoch.
    after = np.clip(after, 0.0, capacity)
    return Step(*(np.array(part) for part in np.broadcast_arrays(after, charge, discharge)))


def green_part(
    green: Array | float,
    content: Array | float,
    step: Step,
    surplus: Array | float,
    *,
    duration: float,
    charge_efficiency: Array | float = 0.95,
    discharge_efficiency: Array | float = 0.95,
) -> Step:
    """Return the green part of what one epoch did to a battery.

    What is charged is green up to the green surplus; what is given has the mixture that was held:
    ``c_g = min(c, surplus)``, ``d_g = d e_g/e``, ``e_g' = e_g + η_c c_g Δ - d_g Δ/η_d``.

    Parameters
    ----------
    green
        Green energy held at the start, 0 to `content`, J.
    content
        Energy held at the start, J.
    step
        What the epoch did, J and W.
    surplus
        Green power that no load takes, at least 0, W.
    duration
        Length Δ of the epoch, s.
    charge_efficiency, discharge_efficiency
        As in `step`, dimensionless.

    Returns
    -------
    Step
        Content in J, 0 to that of `step`; charge and discharge in W.

    References
    ----------
    Proportional sharing, as power flows are traced: J. Bialek, doi 10.1049/ip-gtd:19960461.

    Examples
    --------
    >>> hour, mwh = 3600.0, 3.6e9
    >>> after = Step(4.75 * mwh, 0.0, 3.0e6)  # 3 MW out of 7.9 MWh at 0.95
    >>> part = green_part(3.95 * mwh, 7.9 * mwh, after, 0.0, duration=hour)
    >>> float(part.discharge) / 1e6
    1.5
    """
    held, mine = np.asarray(content, dtype=np.float64), np.asarray(green, dtype=np.float64)
    share = np.divide(mine, held, out=np.zeros(np.broadcast_shapes(mine.shape, held.shape)), where=held > 0.0)
    charge, discharge = np.minimum(step.charge, surplus), step.discharge * share
    after = mine + (charge_efficiency * charge - discharge / discharge_efficiency) * duration
    return Step(np.clip(after, 0.0, step.content), np.asarray(charge), np.asarray(discharge))
