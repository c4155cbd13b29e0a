"""Units: outside the code in the key or as a checked suffix, inside the code SI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Unit:
    """A unit that a key or a quantity may carry.

    Attributes
    ----------
    label
        As it is printed, such as ``"EFLOPS"``.
    dimension
        What it measures; two units convert only within one dimension.
    si
        Value of one unit in SI.
    """

    label: str
    dimension: str
    si: float


_HOUR = 3600.0
_KWH = 3.6e6

_ONE = Unit("1", "ratio", 1.0)

# Key suffix → unit. The suffix is what stands behind the last field's stem: capacity_eflops.
UNITS: dict[str, Unit] = {
    "eflops": Unit("EFLOPS", "compute", 1e18),
    "pflops": Unit("PFLOPS", "compute", 1e15),
    "tflops": Unit("TFLOPS", "compute", 1e12),
    "gw": Unit("GW", "power", 1e9),
    "mw": Unit("MW", "power", 1e6),
    "kw": Unit("kW", "power", 1e3),
    "twh": Unit("TWh", "energy", _KWH * 1e9),
    "gwh": Unit("GWh", "energy", _KWH * 1e6),
    "mwh": Unit("MWh", "energy", _KWH * 1e3),
    "kwh": Unit("kWh", "energy", _KWH),
    "mw_per_eflops": Unit("MW/EFLOPS", "power of compute", 1e6 / 1e18),
    "pbps": Unit("Pbps", "bit rate", 1e15),
    "tbps": Unit("Tbps", "bit rate", 1e12),
    "gbps": Unit("Gbps", "bit rate", 1e9),
    "mbps": Unit("Mbps", "bit rate", 1e6),
    "us": Unit("us", "time", 1e-6),
    "ms": Unit("ms", "time", 1e-3),
    "s": Unit("s", "time", 1.0),
    "min": Unit("min", "time", 60.0),
    "h": Unit("h", "time", _HOUR),
    "hours": Unit("h", "time", _HOUR),
    "d": Unit("d", "time", 24 * _HOUR),
    "days": Unit("d", "time", 24 * _HOUR),
    "years": Unit("year", "time", 8760 * _HOUR),
    "us_per_km": Unit("us/km", "time per length", 1e-9),
    "km": Unit("km", "length", 1e3),
    "m": Unit("m", "length", 1.0),
    "deg": Unit("deg", "angle", 1.0),
    "c": Unit("degC", "temperature", 1.0),
    "k": Unit("K", "temperature difference", 1.0),
    "cny": Unit("CNY", "money", 1.0),
    "cny_per_kwh": Unit("CNY/kWh", "price of energy", 1.0 / _KWH),
    "cny_per_t": Unit("CNY/t", "price of carbon", 1e-3),
    "cny_per_kw": Unit("CNY/kW", "price of power", 1e-3),
    "cny_per_kw_month": Unit("CNY/kW/month", "price of peak power", 1e-3),
    "cny_per_eflops_h": Unit("CNY/(EFLOPS h)", "price of work", 1.0 / (1e18 * _HOUR)),
    "cny_per_eflops_h_ms": Unit("CNY/(EFLOPS h ms)", "price of delay", 1.0 / (1e18 * _HOUR * 1e-3)),
    "cny_per_tb": Unit("CNY/TB", "price of data", 1.0 / 8e12),
    "cny_per_tb_1000km": Unit("CNY/(TB 1000 km)", "price of transport", 1.0 / (8e12 * 1e6)),
    "bn_cny_per_eflops": Unit("bn CNY/EFLOPS", "price of compute", 1e9 / 1e18),
    "kg_per_kwh": Unit("kg/kWh", "emission factor", 1.0 / _KWH),
    "per_year": Unit("1/year", "rate per year", 1.0),
    "eb": Unit("EB", "data", 8e18),
    "zb": Unit("ZB", "data", 8e21),
    "bn_cny": Unit("bn CNY", "money", 1e9),
    "mt": Unit("Mt", "mass", 1e9),
    "million": Unit("million", "count", 1e6),
}

_BY_LABEL = {unit.label.lower(): unit for unit in UNITS.values()} | {
    "µs": UNITS["us"],
    "day": UNITS["d"],
    "days": UNITS["d"],
    "hour": UNITS["h"],
    "hours": UNITS["h"],
    "tbit/s": UNITS["tbps"],
    "gbit/s": UNITS["gbps"],
    "mbit/s": UNITS["mbps"],
    "°c": UNITS["c"],
    "years": UNITS["years"],
    "/year": UNITS["per_year"],
}
_SUFFIXES = sorted(UNITS, key=len, reverse=True)
_QUANTITY = re.compile(r"([+-]?(?:\d{1,3}(?:[_ ]\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(\S.*)?")
_PRECISION = re.compile(r"(?:^|[\s_(-]+)((?:FP|BF|TF|INT)\d+)\)?$", re.IGNORECASE)


class UnitError(ValueError):
    """A quantity has no unit, the wrong one, or one that is not known."""


@lru_cache(maxsize=4096)
def split_key(key: str) -> tuple[str, Unit]:
    """Return stem and unit of a key; a key without a unit is a plain ratio.

    Parameters
    ----------
    key
        Such as ``capacity_eflops``.

    Returns
    -------
    tuple of str and Unit
        Stem and unit, ``("capacity", EFLOPS)``.

    Examples
    --------
    >>> split_key("price_cny_per_kwh")[0], split_key("price_cny_per_kwh")[1].label
    ('price', 'CNY/kWh')
    >>> split_key("rack_utilisation")[1].label
    '1'
    """
    for suffix in _SUFFIXES:
        if key.endswith("_" + suffix) and len(key) > len(suffix) + 1:
            return key[: -len(suffix) - 1], UNITS[suffix]
    return key, _ONE


def si(key: str) -> float:
    """Return the SI value of one unit of a key.

    Parameters
    ----------
    key
        Such as ``capacity_eflops``.

    Returns
    -------
    float
        Factor by which the key's value becomes SI.

    Examples
    --------
    >>> si("wind_mw")
    1000000.0
    """
    return split_key(key)[1].si


def parse(text: str, unit: Unit) -> float:
    """Return a written quantity in the unit asked for.

    Parameters
    ----------
    text
        Such as ``"64 Tbps"``, ``"6 h"`` or ``"25 %"``.
    unit
        The unit wanted.

    Returns
    -------
    float
        The number in that unit.

    Raises
    ------
    UnitError
        Where the text is no quantity, its unit is not known or measures something else, or its
        precision is not FP32.

    Examples
    --------
    >>> parse("64 Tbps", UNITS["tbps"]), parse("1500 Gbps", UNITS["tbps"])
    (64.0, 1.5)
    >>> parse("25 %", _ONE)
    0.25
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise UnitError(f"'{text[:60]}' is not {_example(unit)}")
    number = float(match[1].replace(" ", "").replace("_", ""))
    word = (match[2] or "").strip()
    if not word:
        return number if unit is _ONE else _refuse_bare(text, unit)
    if word in ("%", "％"):
        return number / 100.0 if unit is _ONE else _refuse_bare(text, unit)
    found = _known(word, unit)
    return number if found == unit.si else number * found / unit.si


def _example(unit: Unit) -> str:
    return "a number such as 1.5" if unit is _ONE else f"a quantity such as '1.5 {unit.label}'"


def _refuse_bare(text: str, unit: Unit) -> float:
    raise UnitError(f"'{text[:60]}' has no unit of {unit.dimension}; write for example '1.5 {unit.label}'")


def _known(word: str, unit: Unit) -> float:
    precision, shown = _PRECISION.search(word), word[:40]
    if precision and precision[1].upper() != "FP32" and unit.dimension == "compute":
        raise UnitError(
            f"'{shown}' is counted in {precision[1].upper()}, compute here in FP32, and the two never add: "
            "convert with the hardware's own ratio (4 to 16) first"
        )
    if word.startswith("mW"):
        raise UnitError(f"'{shown}' would be a milliwatt; write MW for the megawatt")
    label = _PRECISION.sub("", word).strip().lower() if precision else word.lower()
    found = _BY_LABEL.get(label)
    if found is not None and found.dimension == unit.dimension:
        return found.si
    what = f"measures {found.dimension}" if found is not None else "is not a unit known here"
    raise UnitError(
        f"'{shown}' {what}; a plain number belongs here, such as 1.5"
        if unit is _ONE
        else f"'{shown}' {what}; expected one of {unit.dimension}, such as {unit.label}"
    )
