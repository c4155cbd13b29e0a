"""The annuity against the payments that it stands for."""

from __future__ import annotations

import pytest

from sim.physics.money import annuity


@pytest.mark.parametrize("rate", [-0.02, 0.0, 1e-12, 0.03, 0.06, 0.25])
@pytest.mark.parametrize("years", [1, 5, 20])
def test_payments_repay_the_capital(rate: float, years: int) -> None:
    present = sum((1.0 + rate) ** -year for year in range(1, years + 1))
    assert annuity(rate, years) * present == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("rate", "years"), [(0.05, 0.0), (0.05, -3.0), (-1.0, 5.0)])
def test_impossible_terms_are_refused(rate: float, years: float) -> None:
    with pytest.raises(ValueError, match="annuity: rate"):
        annuity(rate, years)
