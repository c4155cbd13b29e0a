"""suanwang: simulate and plan a national computing network.

>>> import sim
>>> r = sim.run("scenarios/baseline-2024.yaml", policy="nearest")  # doctest: +SKIP
>>> r.kpi["pue"], r.series["facility_power"]  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.engine.fluid import simulate
    from sim.network.build import build
    from sim.scenario.read import read
    from sim.study.compare import compare
    from sim.study.planning import plan
    from sim.study.replicate import run

__all__ = ["build", "compare", "plan", "read", "run", "simulate"]

_HOMES = {
    "build": "sim.network.build",
    "compare": "sim.study.compare",
    "plan": "sim.study.planning",
    "read": "sim.scenario.read",
    "run": "sim.study.replicate",
    "simulate": "sim.engine.fluid",
}


def __getattr__(name: str) -> Any:
    """Return a verb of the package, imported when first asked for: the import of `sim` itself is cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
