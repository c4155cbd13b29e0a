"""The event engine against the fluid engine on the national year, as jobs shrink and multiply."""

from __future__ import annotations

from benchmarks.lines import plot
from benchmarks.registry import Spec, Table
from sim.engine import events, fluid
from sim.ground.places import scenarios
from sim.network.build import build
from sim.network.network import Network
from sim.once import policy_of, prepare
from sim.results.schema import Results

COUNTS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
POLICIES = ("nearest", "base")
MOST = 0.005
# What only one of the engines knows stays out: failures by chance, and the sharing of links by single flows.
_STILL = [f"failures.{name}=null" for name in ("building", "cooling", "row", "supply", "fibre")]
_KPIS = {
    "served share": "served_share",
    "IT energy": "it_energy_twh",
    "facility energy": "facility_energy_twh",
    "PUE": "pue",
    "emissions": "emissions_mt.location",
}


def measure() -> Table:
    """Return the distance of the engines by policy and number of jobs, each measure's event value / fluid value − 1."""
    rows, good = [], True
    lines: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for policy in POLICIES:
        network = _network(policy, COUNTS[0])
        truth = _values(fluid.simulate(network, policy_of(network.scenario)))
        worst: dict[str, list[tuple[float, float]]] = {name: [] for name in _KPIS}
        for count in COUNTS:
            network = _network(policy, count)
            found = _values(events.simulate(network, policy_of(network.scenario)))
            gaps = {name: found[name] / truth[name] - 1.0 for name in _KPIS}
            rows.append((policy, f"{count:,}", *(f"{gap:+.2%}" for gap in gaps.values())))
            for name, gap in gaps.items():
                worst[name].append((count, 100.0 * max(abs(gap), 1e-5)))
        good &= max(line[-1][1] for line in worst.values()) <= 100.0 * MOST
        lines[policy] = worst
    note = (
        f"No failures, no transfers; at {COUNTS[-1]:,} jobs at most {MOST:.1%}. What remains is mostly time: a job "
        "runs on for hours after it came, a fluid is served in its hour."
    )
    figure = plot(lines, "jobs of the year", "distance, %", 100.0 * MOST)
    return Table(("policy", "jobs", *_KPIS), tuple(rows), note, good, figure)


def _network(policy: str, count: int) -> Network:
    given = ["run.engine=events", f"run.jobs.count={count}", f"policy.name={policy}", "run.jobs.transfers=false"]
    return build(prepare(scenarios() / "baseline-2024.yaml", [*given, *_STILL]))


def _values(results: Results) -> dict[str, float]:
    found = {}
    for name, key in _KPIS.items():
        value = results.kpi
        for part in key.split("."):
            value = value[part]
        found[name] = float(value)  # type: ignore[arg-type]
    return found


SPEC = Spec("engine_agreement", "events against fluid on the national year, as jobs multiply", measure)
