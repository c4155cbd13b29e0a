"""Efficiency of a data centre: PUE, water, heat reuse, and the factor that calibrates cooling."""

from __future__ import annotations

import numpy as np

from sim.ground.arrays import Array


def pue(facility_energy: Array | float, it_energy: Array | float) -> float:
    """Return the power usage effectiveness of all that is handed in.

    ``PUE = Σ E_facility / Σ E_IT`` over the same things and period: a ratio of sums, never a mean of
    ratios, which would give an hour of light load the weight of a full one.

    Parameters
    ----------
    facility_energy
        Energy the data centres draw, any shape (centre, epoch, ...), J.
    it_energy
        Energy their IT equipment draws, same shape, J.

    Returns
    -------
    float
        PUE, at least 1 for physical input, dimensionless; not a number where there is no IT energy.

    References
    ----------
    ISO/IEC 30134-2 (power usage effectiveness).

    Examples
    --------
    >>> round(pue(np.array([13.0, 30.0]), np.array([10.0, 25.0])), 5)
    1.22857
    """
    return _ratio_of_sums(facility_energy, it_energy)


def wue(water: Array | float, it_energy: Array | float) -> float:
    """Return the water usage effectiveness of all that is handed in.

    ``WUE = Σ water / Σ E_IT``; one kg/J is 3.6e6 L/kWh, for a litre of water has one kilogram.

    Parameters
    ----------
    water
        Water used at the site, any shape (centre, epoch, ...), kg.
    it_energy
        Energy of the IT equipment, same shape, J.

    Returns
    -------
    float
        WUE, kg/J; not a number where there is no IT energy.

    References
    ----------
    ISO/IEC 30134-9 (water usage effectiveness), category 1: water of the site alone.

    Examples
    --------
    >>> round(3.6e6 * wue(1.8, 3.6e6), 6)
    1.8
    """
    return _ratio_of_sums(water, it_energy)


def erf(reused_energy: Array | float, facility_energy: Array | float) -> float:
    """Return the energy reuse factor of all that is handed in.

    ``ERF = Σ E_reused / Σ E_facility``.  Reused heat is reported here and never lowers the PUE.

    Parameters
    ----------
    reused_energy
        Heat used outside the data centre, any shape, J.
    facility_energy
        Energy the data centre draws, same shape, J.

    Returns
    -------
    float
        ERF, 0 to 1, dimensionless; not a number where no energy is drawn.

    References
    ----------
    ISO/IEC 30134-6 (energy reuse factor).

    Examples
    --------
    >>> erf(20.0, 125.0)
    0.16
    """
    return _ratio_of_sums(reused_energy, facility_energy)


def calibrated_kappa(
    target: float,
    it: Array | float,
    electrical: Array | float,
    misc: Array | float,
    cooling: Array | float,
) -> float:
    """Return the factor on cooling energy with which a period hits a PUE.

    ``κ = ((PUE* - 1) ΣE_IT - ΣE_electrical - ΣE_misc) / ΣE_cooling``: exact, for the facility energy is
    linear in κ.  A factor outside 0.8 to 1.25 says that the archetype or the load is wrong.  Several
    centres share one factor where their arrays are handed in together.

    Parameters
    ----------
    target
        PUE* to hit over all that is handed in, dimensionless.
    it
        Energy of the IT equipment, any shape (centre, epoch, ...), J.
    electrical
        Losses of UPS and distribution, same shape, J.
    misc
        Lighting, offices and security, same shape, J.
    cooling
        Cooling energy at κ = 1, same shape, J.

    Returns
    -------
    float
        κ, dimensionless; infinite or not a number where nothing is cooled.

    Examples
    --------
    >>> round(calibrated_kappa(1.20, 1.0, 0.05, 0.01, 0.30), 6)
    0.466667
    """
    fixed = np.sum(electrical) + np.sum(misc)
    return _ratio_of_sums((target - 1.0) * np.sum(it) - fixed, cooling)


def _ratio_of_sums(above: Array | float, below: Array | float) -> float:
    """Return Σ above / Σ below, not a number or infinite where the lower sum is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(above) / np.sum(below))
