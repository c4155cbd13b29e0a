"""Public backbones in whole modules: what the best design costs that a time allows, and what none costs less than."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):  # Run as a file, whose folder alone is looked through for packages.
    sys.path.insert(0, str(ROOT))

from benchmarks.registry import Spec, Table  # noqa: E402
from sim.optimise.design import design  # noqa: E402
from sim.optimise.multicommodity import design_bound  # noqa: E402
from sim.scenario.backbones.sndlib import Model, plain_model, read_model, read_network  # noqa: E402

SECONDS = 60.0
NAMES = ("polska", "abilene", "nobel-germany", "dfn-bwin", "germany50", "cost266")


def _models(folder: Path, name: str) -> Iterator[Model]:
    """Yield the models of a network; its plain one where it has none."""
    files = sorted(folder.glob(f"{name}--*.txt"))
    yield from (read_model(path) for path in files)
    if not files:
        yield plain_model(read_network(folder / f"{name}.txt"))


def _best(folder: Path) -> dict[tuple[str, str], float]:
    """Return the best published value by network and model."""
    with (folder / "published.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {(row["sndlib_network"], row["sndlib_model"]): float(row["published_best"]) for row in rows}


def measure() -> Table:
    """Return cost, bound and gap of every network; one row that says why where the data are not at hand."""
    folder = Path(os.environ.get("SUANWANG_PEERS") or ROOT.parent / "shared" / "peers") / "sndlib"
    if not folder.is_dir():
        text = "skipped: other people's data are not at hand; name their folder in SUANWANG_PEERS"
        return Table(("peers_design",), ((text,),))
    published, rows, good = _best(folder), [], True
    for name in NAMES:
        network = read_network(folder / f"{name}.txt")
        for model in _models(folder, name):
            linear = design_bound(network, model).value
            found = design(network, model, SECONDS)
            best = published.get((name, model.letters))
            good &= linear <= found.bound * (1 + 1e-9) and found.bound <= found.cost * (1 + 1e-9)
            good &= best is None or (found.bound <= best * (1 + 1e-9) and best <= found.cost * (1 + 1e-6))
            rows.append(
                (
                    name, model.letters, f"{linear:,.0f}", f"{found.bound:,.0f}", f"{found.cost:,.0f}",
                    f"{100 * found.gap:.2f} %", "-" if best is None else f"{best:,.0f}",
                    "-" if best is None else f"{100 * (found.cost / best - 1):+.2f} %", f"{found.seconds:.0f}",
                )
            )  # fmt: skip
    head = ("network", "model", "linear bound", "bound", "design", "gap", "best published", "dearer by", "seconds")
    note = (
        f"Slope scaling, cuts and the search of HiGHS, at most {SECONDS:.0f} s each on one thread. The best published "
        "values are those of the instances in MIPLIB 2017; a network that is not among them is taken under its plain "
        "model. A gap is what the search could not close in the time."
    )
    return Table(head, tuple(rows), note, bool(good))


SPEC = Spec("peers_design", "designs of public backbones in whole modules, and their bounds", measure)

if __name__ == "__main__":
    print(measure())
