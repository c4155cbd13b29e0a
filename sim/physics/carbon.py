"""Green shares and carbon: four ways to count green power, two ways to count emissions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array


class GreenShares(NamedTuple):
    """The four green shares of a site, 0 to 1, dimensionless; always reported together.

    References
    ----------
    Annual: EN 50600-4-3 (renewable energy factor).  Hourly: B. Acun et al., "Carbon Explorer", ASPLOS
    2023, doi 10.1145/3575693.3575754.  CFE: I. Riepin and T. Brown, "System-level impacts of 24/7
    carbon-free electricity procurement in Europe" (2022), doi 10.5281/zenodo.7180098.
    """

    annual: Array
    """Contracted generation and certificates over consumption: China's 绿电占比, REF."""
    bundled: Array
    """The same without certificates that were bought apart from the power."""
    hourly: Array
    """Consumption met by green power within the same epoch."""
    cfe: Array
    """The 24/7 carbon-free score: the hourly share plus the clean part of what the grid supplied."""


def green_shares(
    load: Array,
    green: Array,
    charge: Array | float = 0.0,
    discharge: Array | float = 0.0,
    grid_carbon_free: Array | float = 0.0,
    certificates: Array | float = 0.0,
) -> GreenShares:
    """Return the four green shares of a site over a period.

    With the green energy used in an epoch, ``M = min(L, G - charge + discharge)``::

        annual  = min(1, (ΣG + certificates) / ΣL)
        bundled = min(1, ΣG / ΣL)
        hourly  = ΣM / ΣL
        cfe     = Σ[M + (L - M) g] / ΣL

    Surplus counts towards the annual shares and never towards the hourly ones.  Storage carries the
    origin of its charge: hand in only what was charged from `green` and the discharge of that, starting
    empty of green energy.  Then hourly <= cfe and hourly <= bundled <= annual.

    Parameters
    ----------
    load
        Energy consumed, [..., epoch], J.
    green
        Green energy contracted and generated, surplus included, [..., epoch], J.
    charge
        Green energy charged, at most `green`, broadcastable with `load`, J.
    discharge
        Green energy discharged, broadcastable with `load`, J.
    grid_carbon_free
        Carbon-free share g of the grid without the contracted plant, 0 to 1, broadcastable with `load`,
        dimensionless.
    certificates
        Energy of certificates bought apart from the power over the whole period, [...], J.

    Returns
    -------
    GreenShares
        The four shares, each [...]; 0 where nothing is consumed.

    Examples
    --------
    >>> shares = green_shares(
    ...     np.full(4, 10.0), np.array([0.0, 5, 15, 20]), grid_carbon_free=np.array([0.3, 0.3, 0.5, 0.5])
    ... )
    >>> [round(float(share), 4) for share in shares]
    [1.0, 1.0, 0.625, 0.7375]
    """
    used = np.minimum(load, green - charge + discharge)
    clean = used + (load - used) * grid_carbon_free
    consumed = np.sum(load, axis=-1)
    generated = np.sum(green, axis=-1)
    return GreenShares(
        annual=np.minimum(1.0, _share(np.asarray(generated + certificates), consumed)),
        bundled=np.minimum(1.0, _share(generated, consumed)),
        hourly=_share(np.sum(used, axis=-1), consumed),
        cfe=_share(np.sum(clean, axis=-1), consumed),
    )


def _share(energy: Array, consumed: Array) -> Array:
    """Return the energy over the consumption, 0 where there is none."""
    none = np.zeros(np.broadcast_shapes(np.shape(energy), np.shape(consumed)))
    return np.asarray(np.divide(energy, consumed, out=none, where=consumed > 0.0))


def location_based(grid_energy: Array | float, factor: Array | float) -> float:
    """Return the emissions by the mix of the grid that delivers the energy.

    ``Σ E_grid EF``, whoever owns a contract for it.

    Parameters
    ----------
    grid_energy
        Energy drawn from the grid, any shape (centre, epoch, ...), J.
    factor
        Average emission factor of the grid, broadcastable with `grid_energy`, kg/J; 1 kg/kWh is
        1/3.6e6 kg/J.

    Returns
    -------
    float
        Emissions, kg of CO2.

    References
    ----------
    GHG Protocol Scope 2 Guidance (2015); factors of 2023: Ministry of Ecology and Environment
    of China, 0.5306 kg/kWh for the nation.

    Examples
    --------
    >>> round(location_based(100e6 * 3.6e6, 0.5306 / 3.6e6) / 1e3, 3)
    53060.0
    """
    return float(np.sum(np.asarray(grid_energy, dtype=np.float64) * factor))


def market_based(
    energy: Array | float,
    contracted: Array | float,
    residual_factor: Array | float,
    contracted_factor: Array | float = 0.0,
) -> float:
    """Return the emissions by what was contracted, the rest at the residual mix.

    ``Σ E_c EF_c + max(E - E_c, 0) EF_residual``.  The residual mix (0.6096 kg/kWh for China in 2023)
    leaves out the non-fossil power that others bought; the average mix would count that twice.

    Parameters
    ----------
    energy
        Energy consumed over each period of account, any shape, J.
    contracted
        Contracted energy claimed in it, broadcastable with `energy`, J; more than `energy` is not claimed.
    residual_factor
        Emission factor of the residual mix, broadcastable with `energy`, kg/J.
    contracted_factor
        Emission factor of the contracted energy, broadcastable with `energy`, kg/J.

    Returns
    -------
    float
        Emissions, kg of CO2.

    References
    ----------
    GHG Protocol Scope 2 Guidance (2015).

    Examples
    --------
    >>> mwh = 3.6e9
    >>> round(market_based(1e5 * mwh, 8e4 * mwh, 0.6096 / 3.6e6) / 1e3, 3)
    12192.0
    """
    claimed = np.minimum(contracted, energy)
    return float(np.sum(claimed * contracted_factor + (energy - claimed) * residual_factor))


def cue(emissions: Array | float, it_energy: Array | float) -> float:
    """Return the carbon usage effectiveness.

    ``CUE = Σ CO2 / Σ E_IT``, which is PUE times the emission factor where that is constant.

    Parameters
    ----------
    emissions
        Emissions of the data centres, any shape, kg of CO2.
    it_energy
        Energy of their IT equipment, any shape, J.

    Returns
    -------
    float
        CUE, kg/J; not a number where there is no IT energy.

    References
    ----------
    ISO/IEC 30134-8 (carbon usage effectiveness).

    Examples
    --------
    >>> round(cue(1.25 * 0.5306, 1.0), 5)
    0.66325
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.sum(emissions) / np.sum(it_energy))


def sci(energy: float, intensity: float, embodied: float, units: float) -> float:
    """Return the software carbon intensity: emissions per functional unit.

    ``SCI = (E I + M) / R``; I is location-based, certificates do not lower it.

    Parameters
    ----------
    energy
        Energy E of the software, J.
    intensity
        Emission factor I of the grid, kg/J.
    embodied
        Embodied emissions M that fall to the software, kg of CO2e.
    units
        Functional units R served (jobs, users, FLOP), above 0.

    Returns
    -------
    float
        Emissions per functional unit, kg of CO2e.

    References
    ----------
    ISO/IEC 21031:2024 (software carbon intensity).

    Examples
    --------
    >>> round(1e3 * sci(0.05 * 3.6e6, 0.5306 / 3.6e6, 0.030, 10), 3)
    5.653
    """
    return (energy * intensity + embodied) / units


def server_embodied(total: float, lifetime: float, share: float = 1.0) -> float:
    """Return the rate at which the embodied emissions of hardware are written off.

    ``total · share / lifetime``, the form of the software carbon intensity; a server embodies 1000 to
    1500 kg, a node of eight accelerators 5 to 10 t, over 5 to 6 years.

    Parameters
    ----------
    total
        Total embodied emissions of the hardware, kg of CO2e.
    lifetime
        Life of the hardware, above 0, s.
    share
        Share of the hardware that is reserved, 0 to 1, dimensionless.

    Returns
    -------
    float
        Emissions per time, kg/s of CO2e.

    References
    ----------
    ISO/IEC 21031:2024 (software carbon intensity).

    Examples
    --------
    Grams per hour of 1300 kg over five years:

    >>> hour = 3600.0
    >>> round(1e3 * hour * server_embodied(1300.0, 5 * 8760 * hour), 4)
    29.6804
    """
    return total * share / lifetime
