"""Waiting lines with a closed form: what the event engine must agree with wherever one of them applies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.ground.arrays import Array, IntArray


class Finite(NamedTuple):
    """A line with a bounded number of places.

    Attributes
    ----------
    loss
        Share of arrivals that find every place taken, 0-1.
    wait
        Mean wait of those who enter, s.
    sojourn
        Mean wait and service of those who enter, s.
    """

    loss: float
    wait: float
    sojourn: float


def erlang_b(servers: int, offered: float) -> float:
    """Return the share of arrivals that find all servers busy where nobody waits (M/G/c/c).

    ``B₀ = 1, Bₖ = a·Bₖ₋₁ / (k + a·Bₖ₋₁)``, from Poisson arrivals, for any law of service times of the same mean.

    Parameters
    ----------
    servers
        Their number, ≥ 0.
    offered
        Arrival rate × mean service time, erlang.

    Returns
    -------
    float
        Share, 0-1.

    References
    ----------
    L. Kleinrock, "Queueing Systems 1: Theory", Wiley 1975, section 3.6.  Insensitivity to the law: B. A.
    Sevast'yanov, Theory of Probability and Its Applications 2 (1957) 104-112, doi 10.1137/1102005.

    Examples
    --------
    >>> round(erlang_b(5, 3.0), 10), round(erlang_b(10, 10.0), 10)
    (0.1100543478, 0.2145823431)
    """
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """Return the share of arrivals that wait where all wait until they are served (M/M/c).

    ``C = B / (1 − ρ(1 − B))`` with ``ρ = a / c < 1`` and B of :func:`erlang_b`.

    Parameters
    ----------
    servers
        Their number, ≥ 1.
    offered
        Arrival rate × mean service time, erlang, below `servers`.

    Returns
    -------
    float
        Share, 0-1.

    Raises
    ------
    ValueError
        Where more is offered than the servers can do.

    References
    ----------
    L. Kleinrock, "Queueing Systems 1: Theory", Wiley 1975, section 3.5.

    Examples
    --------
    >>> round(erlang_c(2, 1.6), 7)
    0.7111111
    """
    if not offered < servers:
        raise ValueError(f"{offered} erlang are offered to {servers} servers: the line grows without bound")
    blocked = erlang_b(servers, offered)
    return blocked / (1.0 - offered / servers * (1.0 - blocked))


def mmc_wait(servers: int, arrival: float, service: float) -> float:
    """Return the mean wait before service of a line with Poisson arrivals and exponential service (M/M/c).

    ``Wq = C / (cμ − λ)`` with C of :func:`erlang_c`; any order of service that does not look at the service times.

    Parameters
    ----------
    servers
        Their number, ≥ 1.
    arrival
        Rate λ, 1/s.
    service
        Rate of one server μ, 1/s.

    Returns
    -------
    float
        Mean over all arrivals, those that do not wait included, s.

    References
    ----------
    L. Kleinrock, "Queueing Systems 1: Theory", Wiley 1975, section 3.5.

    Examples
    --------
    >>> round(mmc_wait(4, 3.6, 1.0), 7)
    1.9693832
    """
    return erlang_c(servers, arrival / service) / (servers * service - arrival)


def mmck(servers: int, places: int, arrival: float, service: float) -> Finite:
    """Return loss, wait and sojourn of a line with a bounded number of places (M/M/c/K).

    ``pₙ ∝ aⁿ/n!`` up to n = c, ``∝ aⁿ/(c! cⁿ⁻ᶜ)`` from there to K; the loss is p_K, and by Little's law the
    sojourn is ``L / (λ(1 − p_K))``.  Any offered load.

    Parameters
    ----------
    servers
        Their number c, ≥ 1.
    places
        Number K of those in service and waiting at most, ≥ c.
    arrival
        Rate λ, 1/s.
    service
        Rate of one server μ, 1/s.

    References
    ----------
    L. Kleinrock, "Queueing Systems 1: Theory", Wiley 1975, sections 3.6 to 3.9.

    Examples
    --------
    >>> found = mmck(1, 5, 0.8, 1.0)
    >>> round(found.loss, 7), round(found.sojourn, 7)
    (0.0888195, 2.5630652)
    """
    number = np.arange(places + 1)
    # The ratio of neighbours: each step up by an arrival, down by as many servers as are busy.
    steps = arrival / (service * np.minimum(np.maximum(number[1:], 1), servers))
    weight = np.concatenate([[1.0], np.cumprod(steps)])
    share = weight / weight.sum()
    entering = arrival * (1.0 - float(share[-1]))
    waiting = float(share @ np.maximum(number - servers, 0))
    return Finite(float(share[-1]), waiting / entering, float(share @ number) / entering)


def mg1_wait(arrival: float, mean: float, variation: float) -> float:
    """Return the mean wait before service of one server with Poisson arrivals and any law of service (M/G/1).

    ``Wq = ρ·E[S]·(1 + cv²) / (2(1 − ρ))``, the formula of Pollaczek and Khinchin, with ``ρ = λ·E[S] < 1``; any
    order of service that neither interrupts nor looks at the service times.

    Parameters
    ----------
    arrival
        Rate λ, 1/s.
    mean
        Mean service time, s.
    variation
        Squared coefficient of variation of the service time, dimensionless.

    Returns
    -------
    float
        Mean wait, s.

    Raises
    ------
    ValueError
        Where more is offered than the server can do.

    References
    ----------
    F. Pollaczek, Mathematische Zeitschrift 32 (1930) 64-100, doi 10.1007/BF01194620; L. Kleinrock, "Queueing
    Systems 1: Theory", Wiley 1975, section 5.6.

    Examples
    --------
    >>> [round(mg1_wait(0.9, 1.0, v), 6) for v in (0.0, 1.0, 4.0)]
    [4.5, 9.0, 22.5]
    """
    load = arrival * mean
    if not load < 1.0:
        raise ValueError(f"{load} erlang are offered to one server: the line grows without bound")
    return load * mean * (1.0 + variation) / (2.0 * (1.0 - load))


def priority_waits(arrival: Array, mean: Array, second: Array) -> Array:
    """Return the mean waits before one server that serves classes in order and does not interrupt (M/G/1).

    ``W_k = W₀ / ((1 − σ_{k−1})(1 − σ_k))`` with ``W₀ = Σ λE[S²]/2`` and ``σ_k`` the load of class k and all before it.

    Parameters
    ----------
    arrival
        [class], first served first, rates, 1/s.
    mean
        [class], mean service times, s.
    second
        [class], second moments of the service times, s².

    Returns
    -------
    Array
        [class], s.

    Raises
    ------
    ValueError
        Where more is offered than the server can do.

    References
    ----------
    A. Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954) 70-76,
    doi 10.1287/opre.2.1.70.

    Examples
    --------
    Two classes of half the load 0.8 each, exponential service of mean 1 s; their mean is the 4 s of one class:

    >>> priority_waits(np.array([0.4, 0.4]), np.ones(2), np.full(2, 2.0)).round(6).tolist()
    [1.333333, 6.666667]
    """
    load = np.concatenate([[0.0], np.cumsum(arrival * mean)])
    if not load[-1] < 1.0:
        raise ValueError(f"{load[-1]} erlang are offered to one server: the line grows without bound")
    residual = float(np.sum(arrival * second)) / 2.0
    return np.asarray(residual / ((1.0 - load[:-1]) * (1.0 - load[1:])))


def jackson_arrivals(outside: Array, passes: Array) -> Array:
    """Return the rates at which jobs come to the nodes of an open network of lines.

    ``λ = (I − Pᵀ)⁻¹ γ``.  With exponential service and Poisson arrivals from outside every node then behaves as a
    line of its own with Poisson arrivals (Jackson's theorem), so :func:`mmc_wait` applies to it.

    Parameters
    ----------
    outside
        [node], arrivals from outside γ, 1/s.
    passes
        [node, node], share of the jobs served at the one that go on to the other; rows sum to at most 1, and from
        every node there is a way out.

    Returns
    -------
    Array
        [node], 1/s.

    References
    ----------
    J. R. Jackson, "Networks of waiting lines", Operations Research 5 (1957) 518-521, doi 10.1287/opre.5.4.518.

    Examples
    --------
    Half of what the second node serves goes back to the first:

    >>> jackson_arrivals(np.array([1.0, 0.0]), np.array([[0.0, 1.0], [0.5, 0.0]])).round(12).tolist()
    [2.0, 2.0]
    """
    return np.asarray(np.linalg.solve(np.eye(len(outside)) - passes.T, outside))


def jackson_waits(servers: IntArray, outside: Array, passes: Array, service: Array) -> Array:
    """Return the mean waits before service at the nodes of an open network of lines.

    Parameters
    ----------
    servers
        [node], their number.
    outside, passes
        As in :func:`jackson_arrivals`.
    service
        [node], rate of one server, 1/s.

    Returns
    -------
    Array
        [node], s a visit.

    References
    ----------
    J. R. Jackson, "Networks of waiting lines", Operations Research 5 (1957) 518-521, doi 10.1287/opre.5.4.518.

    Examples
    --------
    >>> jackson_waits(np.array([1]), np.array([0.8]), np.zeros((1, 1)), np.ones(1)).round(6).tolist()
    [4.0]
    """
    rates = jackson_arrivals(outside, passes)
    nodes = zip(servers, rates, service, strict=True)
    return np.array([mmc_wait(int(count), float(rate), float(speed)) for count, rate, speed in nodes])
