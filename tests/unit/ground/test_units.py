"""Units: keys, suffixes, conversions against pint, and what is refused."""

from __future__ import annotations

import math

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ground.units import UNITS, Unit, UnitError, parse, si, split_key

RATIO = split_key("share")[1]
# Label here → the same in pint; every unit that both know.
PINT = {
    "GW": "gigawatt", "MW": "megawatt", "kW": "kilowatt", "TWh": "terawatt_hour", "GWh": "gigawatt_hour",
    "MWh": "megawatt_hour", "kWh": "kilowatt_hour", "Pbps": "petabit/second", "Tbps": "terabit/second",
    "Gbps": "gigabit/second", "Mbps": "megabit/second", "us": "microsecond", "ms": "millisecond", "s": "second",
    "min": "minute", "h": "hour", "d": "day", "us/km": "microsecond/kilometer", "km": "kilometer", "m": "meter",
    "EB": "exabyte", "ZB": "zettabyte",
    "Mt": "megatonne",
    "kg/kWh": "kilogram/kilowatt_hour", "1/year": "1/year",
}  # fmt: skip
BASE = {
    "power": "watt", "energy": "joule", "bit rate": "bit/second", "time": "second", "time per length": "second/meter",
    "length": "meter", "data": "bit", "mass": "kilogram", "emission factor": "kilogram/joule",
    "rate per year": "1/year",
}  # fmt: skip
REGISTRY: pint.UnitRegistry = pint.UnitRegistry()
SHARED = sorted({unit.label: unit for unit in UNITS.values() if unit.label in PINT}.items())
numbers = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@pytest.mark.parametrize(("label", "unit"), SHARED)
def test_a_unit_is_worth_what_pint_says(label: str, unit: Unit) -> None:
    assert unit.si == pytest.approx(REGISTRY.Quantity(1.0, PINT[label]).to(BASE[unit.dimension]).magnitude, rel=1e-12)


def test_most_units_are_known_to_pint() -> None:
    assert {label for label, _ in SHARED} == set(PINT)
    missing = {unit.label for unit in UNITS.values()} - set(PINT)
    assert missing == {
        "EFLOPS", "PFLOPS", "TFLOPS", "MW/EFLOPS", "year", "deg", "degC", "K", "CNY", "CNY/kWh", "CNY/t", "CNY/kW",
        "CNY/kW/month", "CNY/(EFLOPS h)", "CNY/(EFLOPS h ms)", "CNY/TB", "CNY/(TB 1000 km)", "bn CNY/EFLOPS", "bn CNY",
        "million",
    }  # fmt: skip


@given(numbers, st.data())
def test_conversions_go_round_as_in_pint(number: float, data: st.DataObject) -> None:
    label, unit = data.draw(st.sampled_from(SHARED))
    others = [pair for pair in SHARED if pair[1].dimension == unit.dimension]
    other_label, other = data.draw(st.sampled_from(others))
    found = parse(f"{number!r} {label}", other)
    expected = REGISTRY.Quantity(number, PINT[label]).to(PINT[other_label]).magnitude
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)
    assert parse(f"{found!r} {other_label}", unit) == pytest.approx(number, rel=1e-12, abs=1e-300)


@given(numbers, st.sampled_from(sorted(UNITS)))
def test_a_number_in_its_own_unit_stays_as_it_is(number: float, key: str) -> None:
    unit = UNITS[key]
    for written in (
        f"{number!r} {unit.label}",
        f"{number!r}{unit.label.lstrip('1')}",
        f" {number!r}  {unit.label.upper()} ",
    ):
        assert parse(written, unit) == number


@given(numbers)
def test_a_ratio_is_a_plain_number_or_a_percentage(number: float) -> None:
    assert parse(repr(number), RATIO) == number
    assert parse(f"{number!r} %", RATIO) == number / 100.0
    assert parse(f"{number!r}％", RATIO) == number / 100.0


@pytest.mark.parametrize(
    ("written", "key", "found"),
    [
        ("64 Tbps", "capacity_tbps", 64.0),
        ("64 000 Gbps", "capacity_tbps", 64.0),
        ("1_500 Gbps", "capacity_tbps", 1.5),
        (".5 MW", "solar_mw", 0.5),
        ("5. MW", "solar_mw", 5.0),
        ("+1e3 kW", "solar_mw", 1.0),
        ("90 min", "horizon_h", 1.5),
        ("366 days", "horizon_h", 8784.0),
        ("2 hours", "horizon_h", 2.0),
        ("10 µs", "delay_ms", 0.01),
        ("1.5 EFLOPS", "capacity_eflops", 1.5),
        ("1.5 EFLOPS FP32", "capacity_eflops", 1.5),
        ("1.5 EFLOPS_FP32", "capacity_eflops", 1.5),
        ("1.5 EFLOPS (fp32)", "capacity_eflops", 1.5),
        ("55 MW/EFLOPS", "power_mw_per_eflops", 55.0),
        ("-3 K", "add_k", -3.0),
        ("21 °C", "temperature_c", 21.0),
        ("5000000 CNY/(EFLOPS h)", "unserved_cny_per_eflops_h", 5e6),
    ],
)
def test_quantities_as_planners_write_them(written: str, key: str, found: float) -> None:
    assert parse(written, split_key(key)[1]) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize(
    ("written", "key", "message"),
    [
        ("64", "capacity_tbps", "'64' has no unit of bit rate; write for example '1.5 Tbps'"),
        ("20 %", "solar_mw", "'20 %' has no unit of power; write for example '1.5 MW'"),
        ("64 MW", "capacity_tbps", "'MW' measures power; expected one of bit rate, such as Tbps"),
        ("64 Tbit", "capacity_tbps", "'Tbit' is not a unit known here; expected one of bit rate, such as Tbps"),
        ("4 mW", "solar_mw", "'mW' would be a milliwatt; write MW for the megawatt"),
        ("4 mWh", "energy_mwh", "'mWh' would be a milliwatt; write MW for the megawatt"),
        ("5 10 kW", "solar_mw", "'10 kW' is not a unit known here"),
        ("1,000 kW", "solar_mw", "',000 kW' is not a unit known here"),
        ("nan h", "horizon_h", "'nan h' is not a quantity such as '1.5 h'"),
        ("inf h", "horizon_h", "'inf h' is not a quantity such as '1.5 h'"),
        ("", "horizon_h", "'' is not a quantity such as '1.5 h'"),
        (". MW", "solar_mw", "'. MW' is not a quantity such as '1.5 MW'"),
        ("5 kW", "racks", "'kW' measures power; a plain number belongs here, such as 1.5"),
        ("many", "racks", "'many' is not a number such as 1.5"),
        ("1e", "racks", "'e' is not a unit known here; a plain number belongs here, such as 1.5"),
        ("x" * 500, "racks", "'" + "x" * 60 + "' is not a number such as 1.5"),
    ],
)
def test_what_is_no_quantity(written: str, key: str, message: str) -> None:
    with pytest.raises(UnitError) as found:
        parse(written, split_key(key)[1])
    assert str(found.value) == message or str(found.value).startswith(message + ";")


@pytest.mark.parametrize(
    ("word", "precision"),
    [
        ("EFLOPS FP16", "FP16"), ("EFLOPS (FP16)", "FP16"), ("EFLOPS_FP16", "FP16"), ("EFLOPS-fp8", "FP8"),
        ("PFLOPS BF16", "BF16"), ("EFLOPS TF32", "TF32"), ("EFLOPS INT8", "INT8"), ("FP16", "FP16"),
        ("EFLOPS FP64", "FP64"),
    ],
)  # fmt: skip
def test_another_precision_is_never_added_to_fp32(word: str, precision: str) -> None:
    message = f"'{word}' is counted in {precision}, compute here in FP32, and the two never add: convert with the"
    with pytest.raises(UnitError) as found:
        parse(f"40 {word}", UNITS["eflops"])
    assert str(found.value).startswith(message)


def test_a_number_too_large_for_a_float_is_infinite_and_left_to_the_schema() -> None:
    assert parse("1e999 MW", UNITS["mw"]) == math.inf


@pytest.mark.parametrize(
    ("key", "stem", "label"),
    [
        ("capacity_eflops", "capacity", "EFLOPS"),
        ("power_mw_per_eflops", "power", "MW/EFLOPS"),
        ("general_capex_bn_cny_per_eflops", "general_capex", "bn CNY/EFLOPS"),
        ("unserved_cny_per_eflops_h", "unserved", "CNY/(EFLOPS h)"),
        ("wan_cny_per_tb_1000km", "wan", "CNY/(TB 1000 km)"),
        ("demand_charge_cny_per_kw_month", "demand_charge", "CNY/kW/month"),
        ("gdp_bn_cny", "gdp", "bn CNY"),
        ("fibre_us_per_km", "fibre", "us/km"),
        ("wind_hours", "wind", "h"),
        ("it_life_years", "it_life", "year"),
        ("add_k", "add", "K"),
        ("racks", "racks", "1"),
        ("rack_utilisation", "rack_utilisation", "1"),
        ("mw", "mw", "1"),
        ("_mw", "_mw", "1"),
    ],
)
def test_the_unit_of_a_key(key: str, stem: str, label: str) -> None:
    assert (split_key(key)[0], split_key(key)[1].label) == (stem, label)
    assert si(key) == split_key(key)[1].si


def test_no_label_means_two_things() -> None:
    seen: dict[str, Unit] = {}
    for unit in UNITS.values():
        assert seen.setdefault(unit.label.lower(), unit) == unit
