"""How numbers are written on a page and in a terminal."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

_SPACE = "\u202f"  # narrow, and no line breaks at it
_MINUS, _NONE = "−", "–"
# What is smaller is what sums leave behind by rounding.
_NOISE = 1e-12
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Exact(str):
    """A number as it is written, which knows its value to the last digit."""

    exact: str


def exact(text: str, value: Any) -> str:
    """Return a text that carries the number that it writes; without one the text alone.

    Examples
    --------
    >>> exact("1.46", 1.4600000123).exact, exact("–", None)
    ('1.4600000123', '–')
    """
    if not isinstance(value, int | float):
        return text
    found = Exact(text)
    found.exact = json.dumps(value)
    return found


def number(value: float | None, digits: int = 4) -> str:
    """Return a number with a few significant digits, its thousands apart.

    Parameters
    ----------
    value
        The number; None or not a number for one that is not defined.
    digits
        Significant digits.

    Returns
    -------
    str
        An en dash for None; powers of ten from a million billions up and a ten-thousandth down.

    Examples
    --------
    >>> number(139.77015719), number(1.46265), number(280.0), number(0.0), number(None)
    ('139.8', '1.463', '280.0', '0', '–')
    >>> number(9.9996), number(-12346.0).replace("\u202f", " "), number(7.6629e-7)
    ('10.00', '−12 350', '7.663×10⁻⁷')
    """
    if value is None or not isfinite(value):
        return _NONE
    if abs(value) < _NOISE:
        return "0"
    mantissa, _, power = f"{abs(value):.{digits - 1}e}".partition("e")
    sign, exponent = (_MINUS if value < 0.0 else ""), int(power)
    if not -5 < exponent < 15:
        return f"{sign}{mantissa}×10{str(exponent).translate(_RAISED)}"
    rounded = float(f"{mantissa}e{power}")
    return sign + f"{rounded:,.{max(digits - 1 - exponent, 0)}f}".replace(",", _SPACE)


def brief(value: float) -> str:
    """Return a difference with three significant digits and no zeros at its end.

    Examples
    --------
    >>> brief(0.04), brief(20.0), brief(-2.857), brief(3e-13)
    ('0.04', '20', '−2.86', '0')
    """
    if abs(value) < 1e-9:
        return "0"
    text = number(value, 3)
    return text.rstrip("0").rstrip(".") if "." in text and "×" not in text else text


def given(value: float) -> str:
    """Return a number as it was given, its thousands apart.

    Examples
    --------
    >>> given(1883.8).replace("\u202f", " "), given(0.23), given(135.0)
    ('1 883.8', '0.23', '135')
    """
    return f"{value:,.10g}".replace(",", _SPACE).replace("-", _MINUS)


def count(value: float | None) -> str:
    """Return a count to the unit, its thousands apart.

    Examples
    --------
    >>> count(9_000_000.0).replace("\u202f", " ")
    '9 000 000'
    """
    return _NONE if value is None else f"{value:,.0f}".replace(",", _SPACE).replace("-", _MINUS)


def share(value: float | None) -> str:
    """Return a ratio in percent; what is nearly all does not become all by rounding.

    Examples
    --------
    >>> [share(value).replace("\u202f", " ") for value in (0.0, 0.32142857, 1.0, 0.99999964, 7.66e-7)]
    ['0 %', '32.14 %', '100 %', '99.99996 %', '7.660×10⁻⁵ %']
    """
    if value is None:
        return _NONE
    if abs(value - 1.0) < 1e-12:
        return f"100{_SPACE}%"
    percent = 100.0 * value
    places = 2
    while percent < 100.0 and f"{percent:.{places}f}".startswith("100") and places < 10:
        places += 1
    text = f"{percent:.{places}f}" if 99.9 < percent < 100.0 else number(percent)
    return f"{text}{_SPACE}%"
