"""Random streams: named, independent, the same on every machine."""

from __future__ import annotations

import itertools
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.ground.seeds import generator

KEYS = list(itertools.product((0, 42), (0, 1), ("weather", "wind"), ("beijing", "北京", "")))


def test_the_same_name_draws_the_same_numbers() -> None:
    for key in KEYS:
        assert np.array_equal(generator(*key).random(100), generator(*key).random(100))


def test_another_name_draws_other_numbers() -> None:
    draws = [generator(*key).random(4).tobytes() for key in KEYS]
    assert len(set(draws)) == len(KEYS)


def test_a_draw_does_not_depend_on_who_else_draws() -> None:
    alone = generator(42, 0, "weather", "beijing").random(10)
    generator(42, 0, "weather", "tianjin").random(1000)
    assert np.array_equal(generator(42, 0, "weather", "beijing").random(10), alone)


def test_stream_and_name_are_not_run_together() -> None:
    assert generator(1, 2, "ab", "c").random() != generator(1, 2, "a", "bc").random()
    assert generator(1, 2, "a", "b").random() != generator(2, 1, "a", "b").random()


def test_the_numbers_are_those_of_philox() -> None:
    # What users are promised: Philox over SeedSequence([seed, replication, crc32(stream), crc32(name)]).
    key = np.random.SeedSequence([42, 0, crc32(b"weather"), crc32("北京".encode())])
    expected = np.random.Generator(np.random.Philox(key)).random(5)
    assert np.array_equal(generator(42, 0, "weather", "北京").random(5), expected)


def test_streams_are_uniform_and_uncorrelated() -> None:
    a, b = (generator(42, replication, "weather", "beijing").random(20_000) for replication in (0, 1))
    assert stats.kstest(a, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**31 - 1), st.text(max_size=30), st.text(max_size=30))
def test_every_seed_that_a_scenario_allows_works(seed: int, replication: int, stream: str, name: str) -> None:
    assert 0.0 <= generator(seed, replication, stream, name).random() < 1.0


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        generator(-1, 0, "weather")
