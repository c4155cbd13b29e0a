"""Public backbones: our linear bounds beside the published ones.

``python benchmarks/cases/peers_network.py FOLDER`` does it for the SNDlib, REPETITA and GML files of any folder.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):  # Run as a file, whose folder alone is looked through for packages.
    sys.path.insert(0, str(ROOT))

from benchmarks.registry import Spec, Table  # noqa: E402
from sim.ground.errors import Origin, ScenarioError, SimError  # noqa: E402
from sim.optimise.multicommodity import design_bound, least_utilisation  # noqa: E402
from sim.scenario.backbones.repetita import read_demands, read_graph  # noqa: E402
from sim.scenario.backbones.sndlib import plain_model, read_model, read_network  # noqa: E402
from sim.scenario.backbones.zoo import read_gml  # noqa: E402
from sim.scenario.tables import read_table  # noqa: E402
from sim.scenario.topology import Topology  # noqa: E402

FILLED = "least utilisation"
BOUND = "published_lp_bound"
# A text of another kind may lie beside the data; one that was meant as data may have lost its first line.
_SNDLIB = re.compile(rb"\A\?|^\s*(?:NODES|LINKS|DEMANDS|META)\s*\(|^\s*[A-Z_]+_MODEL\s*=", re.MULTILINE)
_LOOKED_AT = 64 * 1024


@dataclass(frozen=True)
class Instance:
    """One line: a network under a model.

    Attributes
    ----------
    name, model
        Of the network; letters of the model, or what is done without one.
    ours
        Our bound; None where the file states no demands.
    published
        As it is written in `published.csv`; empty where it is not.
    """

    name: str
    model: str
    ours: float | None
    published: str = ""

    @property
    def within(self) -> bool | None:
        """Return whether both agree to half a unit of the last digit published; None where there is one alone."""
        if self.ours is None or not self.published:
            return None
        last = Decimal(self.published).as_tuple().exponent
        half = 0.5 * 10.0 ** (last if isinstance(last, int) else 0)
        return abs(self.ours - float(self.published)) <= half * (1.0 + 1e-9)

    def cells(self) -> tuple[str, str, str, str]:
        """Return name, model, our bound to twelve digits and the published one, ``-`` for none."""
        ours = "-" if self.ours is None else f"{self.ours:.12g}"
        return self.name, self.model, ours, self.published or "-"


@dataclass
class Collection:
    """The files of a folder and those below it.

    Attributes
    ----------
    folder
        Where to look.
    errors
        What was wrong with a file; the others go on.
    """

    folder: Path
    errors: list[str] = field(default_factory=list)

    def instances(self) -> Iterator[Instance]:
        """Yield the instances in the order of the files' names."""
        kinds: dict[str, Callable[[Path], Iterator[Instance]]] = {
            ".txt": self._sndlib, ".gml": self._gml, ".graph": self._graph, ".demands": self._demands,
        }  # fmt: skip
        for path in self.files:
            if path.suffix in kinds:
                yield from self._guarded(kinds[path.suffix], path)

    @cached_property
    def files(self) -> list[Path]:
        """Return every file."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    @cached_property
    def published(self) -> dict[tuple[str, str], str]:
        """Return what every `published.csv` says of a network under a model, as it is written."""
        bounds: dict[tuple[str, str], str] = {}

        def note(path: Path) -> Iterator[Instance]:
            for row in read_table(path, ()):
                if BOUND in row.cells:
                    row.number(BOUND)
                    key = row.cells.get("sndlib_network", ""), row.cells.get("sndlib_model", "")
                    bounds[key] = row.cells[BOUND]
            yield from ()

        for path in self.files:
            if path.name == "published.csv":
                list(self._guarded(note, path))
        return bounds

    def _guarded(self, work: Callable[[Path], Iterator[Instance]], path: Path) -> Iterator[Instance]:
        """Yield the instances of a file; note what is wrong with it."""
        try:
            yield from work(path)
        except SimError as error:
            self.errors += [line for line in str(error).splitlines() if line not in self.errors]

    def _instance(self, name: str, model: str, ours: float) -> Instance:
        return Instance(name, model, ours, self.published.get((name, model), ""))

    def _sndlib(self, path: Path) -> Iterator[Instance]:
        name, dashes, _ = path.stem.partition("--")
        if dashes:
            model = read_model(path)
            yield self._instance(name, model.letters, design_bound(self._network(name, path), model).value)
            return
        if not _meant(path):
            return
        network = read_network(path)
        if any(other.name.startswith(f"{name}--") for other in self.files if other.suffix == ".txt"):
            return
        model = plain_model(network)
        if not network.demands:
            yield _without_demands(network)
        elif all(link.capacity for link in network.links):
            filled = least_utilisation(network, model.values["LINK_MODEL"])
            yield self._instance(name, f"{model.letters[:3]} {FILLED}", filled.value)
        else:
            yield self._instance(name, model.letters, design_bound(network, model).value)

    def _network(self, name: str, model: Path) -> Topology:
        """Return the network that a model's file names: beside it, else anywhere in the folder."""
        beside = model.parent / f"{name}.txt"
        found = [beside, *(path for path in self.files if path.name == beside.name)]
        path = next((path for path in found if path.is_file()), None)
        if path is None:
            raise ScenarioError(f"there is no file '{beside.name}' with the network of this model", Origin(str(model)))
        return read_network(path)

    def _gml(self, path: Path) -> Iterator[Instance]:
        yield _without_demands(read_gml(path))

    def _graph(self, path: Path) -> Iterator[Instance]:
        graph = read_graph(path)
        if not any(other.name.startswith(f"{path.stem}.") for other in self.files if other.suffix == ".demands"):
            yield _without_demands(graph)

    def _demands(self, path: Path) -> Iterator[Instance]:
        graph = path.parent / f"{path.name.removesuffix('.demands').rpartition('.')[0]}.graph"
        if not graph.is_file():
            raise ScenarioError(f"there is no graph '{graph.name}' beside these demands", Origin(str(path)))
        network = read_demands(path, read_graph(graph))
        yield self._instance(network.name, FILLED, least_utilisation(network, "DIRECTED").value)


def _meant(path: Path) -> bool:
    """Return whether a text was meant to be SNDlib's; what cannot be opened is for its reader to tell."""
    try:
        with path.open("rb") as file:
            return _SNDLIB.search(file.read(_LOOKED_AT)) is not None
    except OSError:
        return True


def _without_demands(network: Topology) -> Instance:
    return Instance(network.name, f"no demands, {len(network.nodes)} nodes, {len(network.links)} links", None)


def measure() -> Table:
    """Return the bounds of the peers' folder; one row that says why where there is none."""
    folder = Path(os.environ.get("SUANWANG_PEERS") or ROOT.parent / "shared" / "peers")
    if not folder.is_dir():
        text = "skipped: other people's data are not at hand; name their folder in SUANWANG_PEERS"
        return Table(("peers_network",), ((text,),))
    collection = Collection(folder)
    found = list(collection.instances())
    marks = {True: "yes", False: "NO", None: "-"}
    rows = tuple((*instance.cells(), marks[instance.within]) for instance in found)
    note = (
        "The published bounds are those of the linear relaxation under the instance's name in MIPLIB 2017. "
        "REPETITA scales its matrices so that the best utilisation is 0.9. Letters: demand, link and capacity model, "
        "fixed charge, routing, paths, hop limits, survivability, as SNDlib names them."
    )
    note = "\n\n".join([note, *(f"Broken: {error}" for error in collection.errors)])
    good = not collection.errors and all(instance.within is not False for instance in found)
    return Table(("network", "model", "ours", "published", "equal as printed"), rows, note, good)


def main() -> int:
    """Print a line for every instance of a folder; return 1 where a file is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="searched with all folders in it")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"{folder}: there is no folder of this name", file=sys.stderr)
        return 1
    collection = Collection(folder)
    for instance in collection.instances():
        name, model, ours, published = instance.cells()
        print(f"{name:<24}  {model:<24}  {ours:>20}  {published}", flush=True)
    for error in collection.errors:
        print(error, file=sys.stderr)
    return 1 if collection.errors else 0


SPEC = Spec("peers_network", "linear bounds of public backbones against the published ones", measure)

if __name__ == "__main__":
    sys.exit(main())
