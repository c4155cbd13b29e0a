"""Colours are told apart by every kind of eye, and text by every reader.

Colour blindness is simulated with the matrices of Machado, Oliveira and Fernandes (2009, severity 1, on linear RGB);
differences are Euclidean in CIELAB (CIE 1976), contrasts those of WCAG 2.1.
"""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.figures.base import PALETTE, SCALE
from sim.ground.arrays import Array

STYLE = (Path(__file__).parents[3] / "sim/report/templates/style.css").read_text(encoding="utf-8")
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> Array:
    parts = np.array([int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: Array) -> Array:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    ratio = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


def seen(colour: str, eye: str) -> Array:
    return lab(np.clip(EYES[eye] @ linear(colour), 0.0, 1.0))


def apart(one: str, other: str, eye: str) -> float:
    return float(np.linalg.norm(seen(one, eye) - seen(other, eye)))


def contrast(one: str, other: str) -> float:
    light = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def variable(name: str) -> str:
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}})", STYLE)
    assert found is not None
    return found[1]


LOADS = re.findall(r"\.map \.link\.load-\d, .*?stroke: (#[0-9a-f]{6})", STYLE)


def test_white_and_black_are_as_far_apart_as_can_be() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert apart("#000000", "#ffffff", "usual") == pytest.approx(100.0, abs=0.1)


@pytest.mark.parametrize("eye", EYES)
def test_the_loads_of_links_are_told_apart(eye: str) -> None:
    assert len(LOADS) == 5
    assert min(apart(one, other, eye) for one, other in combinations(LOADS, 2)) > 15.0


@pytest.mark.parametrize("eye", EYES)
def test_the_palette_is_told_apart_and_its_neighbours_best(eye: str) -> None:
    assert min(apart(one, other, eye) for one, other in combinations(PALETTE, 2)) > 15.0
    assert min(apart(one, other, eye) for one, other in pairwise(PALETTE)) > 30.0


@pytest.mark.parametrize("eye", EYES)
def test_the_scale_falls_in_lightness_for_every_eye(eye: str) -> None:
    lightness = [seen(colour, eye)[0] for _, colour in SCALE]
    assert lightness == sorted(lightness, reverse=True)
    assert lightness[0] - lightness[-1] > 60.0


@pytest.mark.parametrize("name", ["ink", "soft", "blue", "good", "bad", "warn"])
def test_text_stands_out_from_the_paper(name: str) -> None:
    assert contrast(variable(name), variable("paper")) >= 4.5
    assert contrast(variable(name), variable("tint")) >= 4.5


def test_numbers_stand_out_from_the_shares_behind_them() -> None:
    """The blue of a share, over white; black up to 74, white from there on, as the style has it."""
    assert "rgba(20, 74, 140, calc(var(--share) / 100))" in STYLE
    assert "calc((74.5 - var(--share)) * -1000%)" in STYLE
    for share in range(101):
        behind = [round(255 + (part - 255) * share / 100) for part in (20, 74, 140)]
        text = "#ffffff" if share > 74 else "#000000"
        assert contrast("#" + "".join(f"{part:02x}" for part in behind), text) >= 4.5, share
