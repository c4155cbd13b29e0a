"""Small questions of capacity, quick enough to be asked many times."""

from __future__ import annotations

from sim.ground.places import scenarios
from sim.network.build import build
from sim.once import prepare
from sim.optimise.expand.plan import Study, study

SMALL = (
    "run.horizon=48 h", "run.epoch=3 h", "plan.check_days=0",
    "plan.periods=2", "plan.extremes=false", "plan.paths=1", "plan.last=2026",
    "plan.growth={interactive: 1.2, inference: 1.3, batch: 1.1, training: 1.3}",
    "plan.build={general: {}, smart: {}, facility: {}, wind: {}, solar: {}, battery: {}, waves: {}}",
)  # fmt: skip


def question(*sets: str) -> Study:
    """Return a question about the toy nation: two years on two days of eight steps."""
    return study(build(prepare(scenarios() / "toy.yaml", [*SMALL, *sets])))
