"""How compiled functions are called where they are called every epoch: without asking what types the arguments have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core.dispatcher import Dispatcher


class Caller:
    """Calls compiled functions, each with arguments of the same types for ever: it asks for them the first time only.

    To find the types of a hundred tables takes longer than what most functions do. Whoever gave another type later
    would have memory misread, so a caller belongs to one object, which makes the arguments itself.
    """

    def __init__(self) -> None:
        self._codes: dict[Callable[..., Any], Callable[..., Any]] = {}

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a function returns.

        Parameters
        ----------
        function
            Made by `entry` or `shared`.
        arguments
            All of them, by place.
        """
        code = self._codes.get(function)
        if code is None:
            code = self._codes[function] = _code(function, arguments)
        return code(*arguments)


def _code(function: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the machine code of a function for the types of arguments; itself where compiling is switched off."""
    if not isinstance(function, Dispatcher):
        return function  # type: ignore[no-any-return]
    return function.compile(tuple(map(numba.typeof, arguments)))
