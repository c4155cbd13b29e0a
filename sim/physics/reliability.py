"""Availability of what fails and is repaired for ever: an alternating renewal process."""

from __future__ import annotations

from math import gamma


def felt_share(between: float, repair: float, shape: float = 1.0, ride_through: float = 0.0) -> float:
    """Return the share of all time in which a failure is felt; 0–1.

    E[(R − r)⁺] / (E[U] + E[R]), U the time from a repair to the next failure, R the repair, Weibull with mean E[R]
    and shape k, r what is ridden through. E[(R − r)⁺] = ∫_r^∞ exp(−(x/λ)^k) dx = (λ/k) Γ(1/k, (r/λ)^k) with
    λ = E[R] / Γ(1 + 1/k).

    Parameters
    ----------
    between, repair
        Mean times, s.
    shape
        k of the repair; 1 is exponential.
    ride_through
        r, s.

    References
    ----------
    S. M. Ross, "Introduction to Probability Models", renewal reward processes.

    Examples
    --------
    >>> felt_share(90.0, 10.0)
    0.1
    >>> round(felt_share(90.0, 10.0, 1.0, 10.0), 6)  # e⁻¹ of it
    0.036788
    """
    if ride_through <= 0.0:
        return repair / (between + repair)
    from scipy.special import gammaincc

    scale = repair / gamma(1.0 + 1.0 / shape)
    tail = scale / shape * gamma(1.0 / shape) * float(gammaincc(1.0 / shape, (ride_through / scale) ** shape))
    return tail / (between + repair)
