"""What import-linter cannot see: the face, the network, and chance that is not seeded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [path.relative_to(ROOT) for path in sorted((ROOT / "sim").rglob("*.py"))]
INSIDE = [file for file in FILES if str(file) != "sim/__init__.py"]
#: Libraries that may be imported in one room only, at the top of a file or within a function.
HOMES = {
    "simpy": {"engine"},
    "pulp": {"optimise"},
    "highspy": {"optimise"},
    "plotly": {"figures", "report"},
    "dask": {"study"},
    "distributed": {"study"},
}
#: A run asks no network; every random number comes from a named stream.
FORBIDDEN = ("socket", "urllib.request", "http.client", "ftplib", "requests", "httpx", "random")


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every import, wherever in the file it stands."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


@pytest.mark.parametrize("file", INSIDE, ids=str)
def test_nothing_inside_imports_the_face(file: Path) -> None:
    face = [line for line, name in imports(file) if name == "sim" or name.startswith(".")]
    assert not face, f"{file}, lines {face}: import the room (from sim.room.file import name), not the face"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_library_stays_in_its_room(file: Path) -> None:
    room = file.parts[1].removesuffix(".py")
    astray = [
        f"{file}:{line}: {name} belongs in sim/{' or sim/'.join(sorted(HOMES[library]))}"
        for line, name in imports(file)
        if (library := name.partition(".")[0]) in HOMES and room not in HOMES[library]
    ]
    assert not astray, "\n".join(astray)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_no_network_and_no_unseeded_chance(file: Path) -> None:
    found = [
        f"{file}:{line}: {name}"
        for line, name in imports(file)
        if any(f"{name}.".startswith(f"{module}.") for module in FORBIDDEN)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("file", FILES, ids=str)
def test_generators_are_made_in_one_place(file: Path) -> None:
    if file == Path("sim/ground/seeds.py"):
        return
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "default_rng(" not in text, f"{file}: take a generator, or make one with sim.ground.seeds.generator"
