"""The national baseline of 2024 beside the figures that the Digital China report and others publish."""

from __future__ import annotations

from benchmarks.registry import Spec, Table
from sim.ground.names import flat
from sim.ground.places import scenarios
from sim.once import run


def measure() -> Table:
    """Return each figure: published, ours, the difference, the tolerance, and what ours is."""
    results = run(scenarios() / "baseline-2024.yaml")
    rows, good = [], True
    for figure in results.meta["report_figures"]:
        if not figure.get("kpi"):
            continue
        scope = figure["scope"]
        kpi = results.kpi if scope == "nation" else results.by["centre"].get(scope) or results.by["hub"][scope]
        ours, theirs = flat(kpi)[figure["kpi"]], float(figure["value"])
        if "tolerance" not in figure:
            rows.append(_row(figure, ours, theirs, "-", "-"))
            continue
        tolerance = float(figure["tolerance"])
        within = _within(ours, theirs, figure["comparison"], tolerance)
        good = good and (within or figure["role"] == "predicted")
        rows.append(_row(figure, ours, theirs, f"{tolerance:g}", "yes" if within else "NO"))
    columns = (
        "figure",
        "unit",
        "published",
        "ours",
        "difference",
        "tolerance (relative)",
        "within",
        "ours is",
    )
    note = (
        "*input*: given to the model; *calibrated*: fitted to the figure; *predicted*: came out; *context*: known not "
        "to fit, or not comparable. A predicted figure "
        "outside its tolerance is a finding, an input or a calibration outside it is an error (exit code 1)."
    )
    return Table(columns, tuple(rows), note, good)


def _row(figure: dict[str, str], ours: float, theirs: float, tolerance: str, within: str) -> tuple[str, ...]:
    published = f"{figure['comparison']} {theirs:.10g}"
    name = f"{figure['name_en']} ({figure['scope']})"
    difference = f"{ours - theirs:+.3g}"
    return (name, figure["unit"], published, f"{ours:.7g}", difference, tolerance, within, figure["role"])


def _within(ours: float, theirs: float, comparison: str, tolerance: float) -> bool:
    slack = tolerance * abs(theirs)
    if comparison in (">", ">="):
        return ours >= theirs - slack
    if comparison in ("<", "<="):
        return ours <= theirs + slack
    return abs(ours - theirs) <= slack + 1e-12


SPEC = Spec("report_baselines", "the report's figures against the baseline year", measure)
