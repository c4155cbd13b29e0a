"""Plug-ins: found by listing a folder, and refused loudly where they are double, empty or broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.ground.errors import PluginError
from sim.ground.registry import Registry


class Wing:
    """A package of plug-ins in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder / "wing_of_tests", "wing_of_tests"
        self.folder.mkdir()
        self.write("__init__", "")
        self.write("base", "from sim.ground.registry import Registry\nREGISTRY = Registry('rule', 'wing_of_tests')\n")

    def write(self, name: str, text: str) -> Path:
        path = self.folder / f"{name}.py"
        path.write_text(text, "utf-8")
        return path

    def plugin(self, name: str, *registered: str) -> Path:
        body = "".join(
            f"@REGISTRY.register({word!r})\ndef rule_{i}():\n    pass\n" for i, word in enumerate(registered)
        )
        return self.write(name, f"from wing_of_tests.base import REGISTRY\n{body}")

    @property
    def registry(self) -> Registry:
        from importlib import import_module

        return import_module("wing_of_tests.base").REGISTRY


@pytest.fixture
def wing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wing]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Wing(tmp_path)
    for name in [name for name in sys.modules if name.startswith(("wing_of_tests", "suanwang_plugin_"))]:
        del sys.modules[name]


def test_the_folder_is_the_list(wing: Wing) -> None:
    wing.plugin("zebra", "late")
    wing.plugin("ape", "early")
    assert wing.registry.names() == ("early", "late")
    assert wing.registry.get("late").__module__ == "wing_of_tests.zebra"


def test_a_folder_within_the_folder_is_no_plugin(wing: Wing) -> None:
    wing.plugin("ape", "early")
    inner = wing.folder / "inner"
    inner.mkdir()
    (inner / "__init__.py").write_text("", "utf-8")
    assert wing.registry.names() == ("early",)


def test_an_unknown_name_is_met_with_the_nearest(wing: Wing) -> None:
    wing.plugin("near", "nearest")
    with pytest.raises(PluginError, match=r"^no rule is called 'neerest'; did you mean 'nearest'\?$"):
        wing.registry.get("neerest")


def test_a_file_without_a_plugin_is_refused(wing: Wing) -> None:
    wing.write("empty", "x = 1\n")
    with pytest.raises(PluginError, match=r"wing_of_tests\.empty: no rule is registered in this file; end it with"):
        wing.registry.names()


def test_a_name_taken_twice_is_refused(wing: Wing) -> None:
    wing.plugin("a", "same")
    wing.plugin("b", "same")
    with pytest.raises(
        PluginError, match=r"wing_of_tests\.b: the rule 'same' is already registered by wing_of_tests\.a"
    ):
        wing.registry.names()


def test_a_private_file_adds_to_the_list(wing: Wing, tmp_path: Path) -> None:
    wing.plugin("near", "nearest")
    private = tmp_path / "mine.py"
    private.write_text(
        "from wing_of_tests.base import REGISTRY\n@REGISTRY.register('mine')\ndef rule():\n    pass\n", "utf-8"
    )
    wing.registry.load(private)
    assert wing.registry.names() == ("mine", "nearest")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.py", None, r"missing\.py: not a Python file; --plugin takes the path of one"),
        ("notes.txt", "x", r"notes\.txt: not a Python file; --plugin takes the path of one"),
        ("empty.py", "x = 1\n", r"empty\.py: no rule is registered; end the file with @register\(\"name\"\)"),
        ("broken.py", "1 / 0\n", r"broken\.py: the plug-in failed to load: division by zero"),
        ("syntax.py", "def\n", r"syntax\.py: the plug-in failed to load: "),
        (
            "thief.py",
            "from wing_of_tests.base import REGISTRY\n@REGISTRY.register('nearest')\ndef rule():\n    pass\n",
            r"the rule 'nearest' is already registered by wing_of_tests\.near; choose another name",
        ),
    ],
)
def test_a_private_file_that_does_not_load(
    name: str, text: str | None, message: str, wing: Wing, tmp_path: Path
) -> None:
    wing.plugin("near", "nearest")
    path = tmp_path / name
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(PluginError, match=message):
        wing.registry.load(path)
    assert wing.registry.names() == ("nearest",)


def test_a_folder_is_no_plugin(wing: Wing, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="not a Python file"):
        wing.registry.load(tmp_path)
