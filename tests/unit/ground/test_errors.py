"""Errors that a user meets: one line a problem, in the order of the places, with a hint."""

from __future__ import annotations

import pytest

from sim.ground import errors
from sim.ground.errors import Origin, Problem, ScenarioError, SimError, did_you_mean


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin("a.yaml", 3, 7), "a.yaml:3:7"),
        (Origin("a.csv", 3), "a.csv:3"),
        (Origin("a.csv", 0, 7), "a.csv"),
        (Origin("--set run.seed=7"), "--set run.seed=7"),
        (Origin(), "scenario"),
    ],
)
def test_a_place(origin: Origin, text: str) -> None:
    assert str(origin) == text


def test_a_problem_is_one_line() -> None:
    assert str(Problem(Origin("a", 1, 2), "two\nlines\t and   blanks")) == "a:1:2: two lines and blanks"


def test_problems_are_told_once_in_the_order_of_the_file() -> None:
    last, first = Problem(Origin("a", 10, 1), "z"), Problem(Origin("a", 9, 3), "y")
    other = Problem(Origin("A", 99), "x")
    error = ScenarioError([last, first, other, Problem(Origin("a", 9, 3), "y")])
    assert error.problems == (other, first, last)
    assert str(error) == "A:99: x\na:9:3: y\na:10:1: z"


def test_a_single_problem_may_be_text() -> None:
    error = ScenarioError("wrong", Origin("a", 1))
    assert (str(error), error.problems) == ("a:1: wrong", (Problem(Origin("a", 1), "wrong"),))
    assert str(ScenarioError("wrong")) == "scenario: wrong"
    assert ScenarioError([]).problems == ()


def test_every_error_is_a_sim_error() -> None:
    names = ("ScenarioError", "PluginError", "SolveError", "ResultsError", "InvariantError")
    for name in names:
        kind = getattr(errors, name)
        assert issubclass(kind, SimError)
        assert [other for other in names if issubclass(getattr(errors, other), kind)] == [name]


@pytest.mark.parametrize(
    ("word", "allowed", "hint"),
    [
        ("guian", ["gui_an", "qingyang"], "; did you mean 'gui_an'?"),
        ("tianjing", ["tianjin", "tianfu", "beijing"], "; did you mean 'tianjin' or 'beijing'?"),
        ("x", ["fluid", "events"], "; allowed: 'events', 'fluid'"),
        ("x", ["fluid", "fluid"], "; allowed: 'fluid'"),
        ("x", [], ""),
        ("", ["a"], "; allowed: 'a'"),
        (
            "x",
            [f"name{i}" for i in range(10)],
            "; allowed: " + ", ".join(f"'name{i}'" for i in range(8)) + " and 2 more",
        ),
        ("枢纽", ["新枢纽", "贵州"], "; did you mean '新枢纽'?"),
    ],
)
def test_a_hint(word: str, allowed: list[str], hint: str) -> None:
    assert did_you_mean(word, allowed) == hint
    assert did_you_mean(word, iter(allowed)) == hint
