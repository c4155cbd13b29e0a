"""The law of a class's jobs: width and run drawn together, what is requested, and the moments of all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.ground.arrays import Array, IntArray
from sim.ground.errors import ScenarioError
from sim.ground.units import UNITS
from sim.workloads.base import Sheet

SHORTEST = 1.0
"""Least run of a job, s: as in the logs that the laws are fitted to."""
_FAMILIES: dict[Literal["lognormal", "weibull"], tuple[str, str]] = {
    "lognormal": ("run_median_s", "run_sigma"),
    "weibull": ("run_scale_s", "run_shape"),
}
_OTHERS = ("run_most_s", "run_over_ask", "width", "width_share", "run_by_width", "width_tflops")


@dataclass(frozen=True)
class JobLaw:
    """Widths in kinds, and a run for every kind: what makes gangs long and tails heavy.

    A job is of kind k with probability `share[k]`, `width[k]` units wide, and runs ``min(max(X, 1 s), most)``
    where X is lognormal with median `scale[k]` and log deviation `shape`, or Weibull with scale `scale[k]` and
    shape `shape`: the atom at `most` is the wall clock limit.  It requests ``run / V``, where V has the density
    of ``U^(1/m - 1)`` (U uniform), of mean m = `run_over_ask`, but no more than `most`.

    Attributes
    ----------
    family
        Law of the runs.
    width
        [kind], units.
    share
        [kind], probability, sum 1.
    scale
        [kind], median or scale of the run, s.
    shape
        Log deviation or Weibull shape, dimensionless.
    most
        Longest run, s.
    run_over_ask
        Mean of run over requested time but for the limit, 0–1.
    flops
        Compute of a unit of width, FLOPS.

    References
    ----------
    D. G. Feitelson, "Workload Modeling for Computer Systems Performance Evaluation" (2015), chapters 3 and 9.
    """

    family: Literal["lognormal", "weibull"]
    width: Array
    share: Array
    scale: Array
    shape: float
    most: float
    run_over_ask: float
    flops: float

    def moment(self, order: int) -> Array:
        """Return the mean of a power of the run; [kind], s to that power.

        ``E[min(max(X, a), b)^n] = a^n F(a) + M_n(b) - M_n(a) + b^n (1 - F(b))``, M_n the partial moment.

        Parameters
        ----------
        order
            n, from 1.
        """
        below, partial = self._lognormal(order) if self.family == "lognormal" else self._weibull(order)
        a, b = SHORTEST, self.most
        return np.asarray(a**order * below(a) + partial(b) - partial(a) + b**order * (1.0 - below(b)))

    def _lognormal(self, order: int) -> tuple[Callable[[float], Array], Callable[[float], Array]]:
        """Return the distribution and the partial moment [kind], as functions of the run."""
        from scipy.special import ndtr

        centre, width = np.log(self.scale), self.shape
        whole = np.exp(order * centre + 0.5 * (order * width) ** 2)
        return (
            lambda x: np.asarray(ndtr((np.log(x) - centre) / width)),
            lambda x: np.asarray(whole * ndtr((np.log(x) - centre) / width - order * width)),
        )

    def _weibull(self, order: int) -> tuple[Callable[[float], Array], Callable[[float], Array]]:
        """Return the distribution and the partial moment [kind], as functions of the run."""
        from scipy.special import gamma, gammainc

        power = 1.0 + order / self.shape
        whole = self.scale**order * gamma(power)
        return (
            lambda x: np.asarray(-np.expm1(-((x / self.scale) ** self.shape))),
            lambda x: np.asarray(whole * gammainc(power, (x / self.scale) ** self.shape)),
        )

    def kinds(self, rng: np.random.Generator, count: int) -> IntArray:
        """Return the kinds of some jobs; [job]."""
        edges = np.cumsum(self.share)[:-1]
        return np.searchsorted(edges, rng.random(count), side="right")

    def runs(self, rng: np.random.Generator, kind: IntArray) -> Array:
        """Return the runs of jobs of these kinds [job]; [job], s."""
        if self.family == "lognormal":
            drawn = np.exp(self.shape * rng.standard_normal(len(kind)))
        else:
            drawn = rng.standard_exponential(len(kind)) ** (1.0 / self.shape)
        return np.clip(drawn * self.scale[kind], SHORTEST, self.most)

    def asks(self, rng: np.random.Generator, run: Array) -> Array:
        """Return the times that jobs of these runs [job, s] request, at least their run; [job], s."""
        drawn = rng.random(len(run)) ** (1.0 / self.run_over_ask - 1.0)
        return np.maximum(np.minimum(run / np.maximum(drawn, 1e-9), self.most), run)


def job_law(sheet: Sheet) -> JobLaw | None:
    """Return the law of a class's jobs, or None where its sheet has none: such work stays fluid.

    Parameters
    ----------
    sheet
        ``run_median_s`` and ``run_sigma``, or ``run_scale_s`` and ``run_shape``; ``run_most_s``;
        ``run_over_ask``; ``width``, ``width_share`` and ``run_by_width`` (factor on the run), as many of
        each; ``width_tflops``.

    Raises
    ------
    ScenarioError
        Where some of them are missing or no law.

    Examples
    --------
    Jobs of one width that run an hour, give or take nothing:

    >>> hour = {"run_median_s": 3600.0, "run_sigma": 1e-9, "run_most_s": 9e9, "run_over_ask": 1.0, "width": 4.0,
    ...         "width_share": 1.0, "run_by_width": 1.0, "width_tflops": 8.7}
    >>> law = job_law(hour)
    >>> law.moment(1), law.moment(2)
    (array([3600.]), array([12960000.]))
    """
    given = [family for family, names in _FAMILIES.items() if any(name in sheet for name in names)]
    if not given and "width" not in sheet:
        return None
    lacking = [name for family in given[:1] for name in (*_FAMILIES[family], *_OTHERS) if name not in sheet]
    if len(given) != 1 or lacking:
        ways = " or ".join(" and ".join(names) for names in _FAMILIES.values())
        raise ScenarioError(f"a law of jobs has {ways}, never both, and {', '.join(_OTHERS)}; missing: {lacking}")
    scale, shape = (float(np.asarray(sheet[name])) for name in _FAMILIES[given[0]])
    width, share, factor = (np.atleast_1d(np.asarray(sheet[n])) for n in ("width", "width_share", "run_by_width"))
    most, ratio, tflops = (float(np.asarray(sheet[n])) for n in ("run_most_s", "run_over_ask", "width_tflops"))
    alike = width.shape == share.shape == factor.shape
    positive = min(scale, shape, tflops, ratio) > 0.0 and most > SHORTEST and ratio <= 1.0
    if not (alike and positive and min(width.min(), factor.min()) > 0.0 and share.min() >= 0.0):
        text = "widths, shares and factors are as many of each; all are above 0, run_over_ask at most 1"
        raise ScenarioError(f"{text}, run_most_s above {SHORTEST:g} s")
    if abs(share.sum() - 1.0) > 1e-6:
        raise ScenarioError(f"width_share sums to {share.sum():g}; it must sum to 1")
    flops = tflops * UNITS["tflops"].si
    return JobLaw(given[0], width, share / share.sum(), scale * factor, shape, most, ratio, flops)
