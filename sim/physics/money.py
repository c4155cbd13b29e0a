"""Money over time."""

from __future__ import annotations

from math import expm1, log1p


def annuity(rate: float, years: float) -> float:
    """Return the yearly payment that repays one unit of capital with interest.

    ``a = r / (1 - (1 + r)^-n)``, and ``1/n`` without interest; payments fall at the ends of years.

    Parameters
    ----------
    rate
        Interest of a year, above -1, dimensionless: 0.06 is 6 %.
    years
        Years n over which the capital is repaid, above 0.

    Returns
    -------
    float
        Payment of a year per unit of capital, 1/year.

    Raises
    ------
    ValueError
        Where `years` is not above 0 or `rate` is not above -1.

    References
    ----------
    Any textbook of engineering economy calls it the capital recovery factor.

    Examples
    --------
    >>> round(annuity(0.06, 10), 6)
    0.135868
    >>> annuity(0.0, 5)
    0.2
    """
    if years <= 0.0 or rate <= -1.0:
        raise ValueError(f"annuity: rate {rate} must be above -1 and years {years} above 0")
    if rate == 0.0:
        return 1.0 / years
    # expm1 and log1p keep small rates exact, where 1 - (1 + r)^-n cancels.
    return rate / -expm1(-years * log1p(rate))
