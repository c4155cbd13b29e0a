"""A plug-in is one file: it sees the base of its wing, registers once, and is named in one place."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WINGS = ("centres", "figures", "policies", "scenario/backbones", "workloads", "workloads/traces")
PLUGINS = [
    path.relative_to(ROOT)
    for wing in WINGS
    for path in sorted((ROOT / "sim" / wing).glob("*.py"))
    if path.stem not in ("__init__", "base")
]


def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def registrations(node: ast.AST) -> list[ast.Call]:
    """Return the calls ``register(...)`` and ``something.register(...)`` below a node."""
    calls = (child for child in ast.walk(node) if isinstance(child, ast.Call))
    return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", None)) == "register"]


def imported(file: Path) -> set[str]:
    """Return the dotted names that a file imports, with what it takes from them."""
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write the import in full, from sim."
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_has_a_base_and_plugins(wing: str) -> None:
    assert (ROOT / "sim" / wing / "base.py").is_file()
    assert any(file.parent == Path("sim", wing) for file in PLUGINS)


@pytest.mark.parametrize("file", PLUGINS, ids=str)
def test_a_plugin_ends_in_its_only_registration(file: Path) -> None:
    module = tree(file)
    assert len(registrations(module)) == 1, f"{file}: one plug-in a file, one register call"
    assert registrations(module.body[-1]), f"{file}: the registered plug-in stands last"


@pytest.mark.parametrize("file", PLUGINS, ids=str)
def test_a_plugin_sees_only_the_base_of_its_wing(file: Path) -> None:
    wing = ".".join(file.parent.parts)
    strangers = {
        name
        for name in imported(file)
        if (name == wing or name.startswith(f"{wing}."))
        and not f"{name}.".startswith(f"{wing}.base.")
        # A folder within the folder holds no plug-in of this kind: what one of them is made of may lie there.
        and not (ROOT.joinpath(*name.split(".")[: len(file.parent.parts) + 1])).is_dir()
    }
    assert not strangers, f"{file} may import {wing}.base and folders of the wing only, not {sorted(strangers)}"


@pytest.mark.parametrize("wing", WINGS)
def test_a_name_is_taken_once(wing: str) -> None:
    names = Counter(
        ast.unparse(call.args[0])
        for file in PLUGINS
        if file.parent == Path("sim", wing)
        for call in registrations(tree(file))
    )
    assert all(count == 1 for count in names.values()), names
