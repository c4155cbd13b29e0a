"""Values as a page's script reads them."""

from __future__ import annotations

import json
from typing import Any


def as_script(value: Any) -> str:
    r"""Return JSON that may stand inside a script element: nothing in it ends one.

    Examples
    --------
    >>> print(as_script({"a": "</script>"}))
    {"a":"\u003c/script\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
