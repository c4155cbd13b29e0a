"""The time profiles of the workload classes: mean 1 over the week, peaks where they are said to be."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

WORKLOADS = Path(__file__).parents[2] / "models" / "workloads"
CLASSES = ["batch", "hpc", "inference", "interactive", "storage", "training"]


def sheet(name: str) -> dict[str, list[Decimal]]:
    with (WORKLOADS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["parameter"]: [Decimal(factor) for factor in row["value"].split(";")] for row in rows}


@pytest.mark.parametrize("name", CLASSES)
def test_the_weekly_mean_of_a_profile_is_one(name: str) -> None:
    values = sheet(name)
    weekday, weekend = values["weekday_hours"], values["weekend_hours"]
    assert len(weekday) == len(weekend) == 24
    assert min(weekday + weekend) >= 0
    assert 5 * sum(weekday) + 2 * sum(weekend) == 168


def test_profiles_peak_where_they_should() -> None:
    interactive, inference = sheet("interactive"), sheet("inference")
    assert max(interactive["weekend_hours"]) == Decimal("1.51") > max(interactive["weekday_hours"])
    assert interactive["weekend_hours"].index(Decimal("1.51")) == 21
    assert max(inference["weekday_hours"]) == Decimal("1.6") > max(inference["weekend_hours"])
    assert inference["weekday_hours"].index(Decimal("1.6")) in range(9, 18)


def test_batch_and_hpc_follow_the_submissions_of_sdsc() -> None:
    batch, hpc = sheet("batch"), sheet("hpc")
    for parameter in ("flat_share", "weekday_hours", "weekend_hours"):
        assert batch[parameter] == hpc[parameter]
    assert batch["flat_share"] == [Decimal("0.5")]
    for weekday, weekend in zip(batch["weekday_hours"], batch["weekend_hours"], strict=True):
        assert float(weekend / weekday) == pytest.approx(0.60 / 1.16, abs=1e-5)
    assert batch["weekday_hours"].index(max(batch["weekday_hours"])) == 11


def test_training_is_flat_and_storage_nightly() -> None:
    assert set(sheet("training")["weekday_hours"] + sheet("training")["weekend_hours"]) == {Decimal(1)}
    for day in ("weekday_hours", "weekend_hours"):
        night = [hour for hour, factor in enumerate(sheet("storage")[day]) if factor == 3]
        assert night == [0, 1, 2, 3, 4, 5, 22, 23]
