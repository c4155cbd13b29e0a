"""A file is one idea: short enough to be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES = 400
FUNCTION_LINES = 60
BASE_LINES = 100
FILES = [path.relative_to(ROOT) for room in ("sim", "benchmarks") for path in sorted((ROOT / room).rglob("*.py"))]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_stays_below_the_ceiling(file: Path) -> None:
    lines = len((ROOT / file).read_text(encoding="utf-8").splitlines())
    ceiling = BASE_LINES if file.name == "base.py" else FILE_LINES
    assert lines <= ceiling, f"{file} has {lines} lines, at most {ceiling}: split it by idea"


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring, where equations and sources have their place."""
    first = function.body[0]
    docstring = ast.get_docstring(function, clean=False) is not None
    words = (first.end_lineno or first.lineno) - first.lineno + 1 if docstring else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - words


@pytest.mark.parametrize("file", FILES, ids=str)
def test_its_functions_stay_below_the_ceiling(file: Path) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    long = [
        f"{file}:{node.lineno}: {node.name} has {code_lines(node)} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and code_lines(node) > FUNCTION_LINES
    ]
    assert not long, f"at most {FUNCTION_LINES} lines of code a function:\n" + "\n".join(long)
