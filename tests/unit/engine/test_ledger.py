"""The ledger books what is conserved and stops at what is not."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from sim.engine.days import Days
from sim.engine.ledger import Ledger, check_battery, check_energy
from sim.ground.arrays import Array
from sim.ground.calendar import Calendar
from sim.ground.errors import InvariantError

REGIONS, WORKLOADS, CENTRES = 2, 3, 4


def entry(seed: int = 0) -> dict[str, Array]:
    """Return an epoch that balances, of work of the order of 1e22 FLOP."""
    rng = np.random.default_rng(seed)
    before, arrived = (rng.uniform(0.0, 1e22, (REGIONS, WORKLOADS)) for _ in range(2))
    share = rng.dirichlet(np.ones(CENTRES + 2), (REGIONS, WORKLOADS))
    work = share * (before + arrived)[:, :, None]
    return {
        "before": before, "arrived": arrived, "served": work[:, :, :CENTRES],
        "unserved": work[:, :, CENTRES], "after": work[:, :, CENTRES + 1],
    }  # fmt: skip


def ledger() -> Ledger:
    days = Days(Calendar(2024, datetime(2024, 1, 1), 2), REGIONS, CENTRES, np.ones((WORKLOADS, 2)))
    return Ledger(2, REGIONS, WORKLOADS, CENTRES, links=2, paths=1, ages=3, days=days)


def enter(book: Ledger, epoch: int, work: dict[str, Array]) -> None:
    book.book(epoch, **work)


def test_a_balanced_epoch_is_entered_as_it_is() -> None:
    book, work = ledger(), entry()
    enter(book, 1, work)
    np.testing.assert_allclose(book.served[1].sum(), work["served"].sum(), rtol=1e-12)
    np.testing.assert_array_equal(book.arrived[1], work["arrived"])
    np.testing.assert_array_equal(book.unserved[1], work["unserved"])
    np.testing.assert_allclose(book.backlog[1], work["after"].sum(axis=0))
    np.testing.assert_array_equal(book.moved, work["served"].transpose(0, 2, 1))
    assert not book.served[0].any()


@pytest.mark.parametrize("part", ["before", "arrived", "served", "unserved", "after"])
@pytest.mark.parametrize("change", [1.001, 0.0, -1.0, np.nan, np.inf])
def test_a_number_that_is_wrong_in_one_place_stops_the_run(part: str, change: float) -> None:
    work = entry()
    work[part] = work[part].copy()
    work[part].flat[1] *= change
    with pytest.raises(InvariantError, match=r"epoch 1: work is not conserved in region 0, workload [01]"):
        enter(ledger(), 1, work)


def test_numbers_that_are_all_wrong_stop_the_run_too() -> None:
    work = entry()
    work["served"] = np.full_like(work["served"], np.nan)
    with pytest.raises(InvariantError, match="this is a bug of suanwang"):
        enter(ledger(), 0, work)


def test_rounding_is_no_error() -> None:
    work = entry()
    work["arrived"] = work["arrived"] * (1.0 + 1e-13)
    enter(ledger(), 0, work)


def power(seed: int = 0) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    green, grid, discharge = (rng.uniform(0.0, 1e8, (5, 3)) for _ in range(3))
    charge = rng.uniform(0.0, 1.0, (5, 3)) * green
    facility = green + grid + discharge - charge
    return {"facility": facility, "grid": grid, "green": green, "discharge": discharge, "charge": charge}


def test_a_balanced_power_passes() -> None:
    check_energy(**power())


@pytest.mark.parametrize("part", ["facility", "grid", "green", "discharge", "charge"])
@pytest.mark.parametrize("change", [1.001, 0.0, -1.0, np.nan, np.inf])
def test_power_from_nowhere_stops_the_run(part: str, change: float) -> None:
    numbers = power()
    numbers[part][3, 2] *= change
    with pytest.raises(InvariantError, match=r"epoch 3: the power of centre 2 is out of balance"):
        check_energy(**numbers)


def test_power_that_is_nowhere_a_number_stops_the_run() -> None:
    numbers = power()
    numbers["grid"][:] = np.nan
    with pytest.raises(InvariantError, match="out of balance"):
        check_energy(**numbers)


def battery() -> tuple[Array, Array]:
    """Return content and gain of batteries of the order of 1e11 J."""
    content = np.random.default_rng(2).uniform(0.0, 1e12, (6, 3))
    return content, np.diff(content, axis=0, prepend=0.0)


def test_a_battery_that_holds_what_it_was_given_passes() -> None:
    check_battery(*battery())


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("change", [1.001, 0.0, -1.0, np.nan, np.inf])
def test_energy_that_a_battery_makes_or_loses_stops_the_run(part: int, change: float) -> None:
    numbers = battery()
    numbers[part][4, 2] *= change
    with pytest.raises(InvariantError, match=r"epoch [45]: the battery of centre 2 holds"):
        check_battery(*numbers)


def test_a_battery_that_owes_energy_stops_the_run() -> None:
    content, gain = battery()
    content[:, 1] -= 2e12
    gain[0, 1] -= 2e12
    with pytest.raises(InvariantError, match="the battery of centre"):
        check_battery(content, gain)
