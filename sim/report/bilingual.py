"""Two renderings of one page, English and Chinese, laid over each other: what differs stands twice, all else once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

from sim.ground.errors import InvariantError
from sim.ground.script import as_script

CODES = {"en": "en", "zh": "zh-CN"}
"""Languages of a page and how HTML calls them."""
_VOID = {"meta", "link", "br", "input", "img", "hr", "wbr", "col"}
# Attributes that may differ; the page's script sets them.
_SPOKEN = {"aria-label", "title", "placeholder", "content", "data-tip", "aria-valuetext"}
# Elements that hold text and nothing else: the page's script sets it.
_PLAIN = {"title", "option"}
# What may hold both languages side by side, and in which wrapping.
_WRAPPING = dict.fromkeys(
    ("p", "td", "th", "li", "dd", "dt", "h1", "h2", "h3", "h4", "summary", "span", "a", "caption", "label", "button",
     "legend", "strong", "code", "output", "figcaption"), "span",
) | {"div": "div", "section": "div", "text": "tspan", "tspan": "tspan", "g": "g"}  # fmt: skip


@dataclass
class _Node:
    """An element, or with no tag a text; both as they were written."""

    tag: str = ""
    attrs: dict[str, str] = field(default_factory=dict)
    head: str = ""
    children: list[_Node] = field(default_factory=list)
    raw: str = ""


class _Differ(Exception):
    """Raised where two elements cannot be one; the nearest that may hold both holds both."""


class _Reader(HTMLParser):
    """Reads HTML into nodes and keeps every character."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.root = _Node("root")
        self._open = [self.root]
        self.feed(text)
        self.close()
        if len(self._open) > 1:
            raise InvariantError(f"the page leaves <{self._open[-1].tag}> open; this is a bug of suanwang")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {key: value or "" for key, value in attrs}, self.get_starttag_text() or "")
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        self._open[-1].children.append(_Node(tag, {key: value or "" for key, value in attrs}, text, raw="/"))

    def handle_endtag(self, tag: str) -> None:
        if self._open.pop().tag != tag:
            raise InvariantError(f"the page closes <{tag}> where another is open; this is a bug of suanwang")

    def handle_data(self, data: str) -> None:
        self._text(data)

    def handle_entityref(self, name: str) -> None:
        self._text(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._text(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._text(f"<!{decl}>")

    def _text(self, text: str) -> None:
        around = self._open[-1].children
        if around and not around[-1].tag:
            around[-1].raw += text
        else:
            around.append(_Node(raw=text))


def bilingual(draw: Callable[[str], str], first: str) -> str:
    """Return one page that speaks two languages, switched by the `lang` of its root and no reload.

    What is the same in both stands once, numbers above all; what differs stands twice, each part with its
    `lang`, of which the style shows one. Attributes, titles and options that differ carry both as
    ``data-words``, texts of charts as ``{"en": …, "zh": …}``, for the page's script.

    Parameters
    ----------
    draw
        Returns the page in one language.
    first
        The language that is shown at first, and without a script.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    InvariantError
        Where the two differ in more than words.
    """
    english, chinese = (_Reader(draw(language)).root for language in CODES)
    try:
        return "".join(_children(english, chinese, list(CODES).index(first)))
    except _Differ as error:
        raise InvariantError(f"<{error}> is another in the other language; this is a bug of suanwang") from error


def _children(one: _Node, other: _Node, first: int) -> Iterator[str]:
    """Yield what is inside two elements that are one."""
    pairs = list(zip(one.children, other.children, strict=False))
    if len(one.children) != len(other.children) or any(a.tag != b.tag for a, b in pairs):
        raise _Differ(one.tag)
    for a, b in pairs:
        yield from _merged(a, b, first, one.tag)


def _merged(one: _Node, other: _Node, first: int, within: str) -> Iterator[str]:
    if not one.tag:
        yield _texts(one.raw, other.raw, within)
        return
    head = _head(one, other, first)
    if one.raw or one.tag in _VOID:
        yield head
        return
    yield head
    yield from _inside(one, other, first)
    yield f"</{one.tag}>"


def _inside(one: _Node, other: _Node, first: int) -> Iterator[str]:
    if one.tag == "script" and "application/json" in one.attrs.get("type", ""):
        yield _specs("".join(_whole(one.children)), "".join(_whole(other.children)))
        return
    if one.tag in _PLAIN:
        yield "".join(_whole((one, other)[first].children))
        return
    try:
        yield "".join(_children(one, other, first))
    except _Differ as error:
        wrapping = _WRAPPING.get(one.tag)
        both = ["".join(_whole(node.children)) for node in (one, other)]
        if wrapping is None or any(" id=" in text for text in both):
            if wrapping is None:
                raise
            raise InvariantError(f"<{one.tag}> is another in the other language; this is a bug of suanwang") from error
        yield _both(wrapping, *both)


def _both(tag: str, english: str, chinese: str) -> str:
    pairs = zip(CODES.values(), (english, chinese), strict=True)
    return "".join(f'<{tag} lang="{code}">{text}</{tag}>' for code, text in pairs)


def _texts(english: str, chinese: str, within: str) -> str:
    """Return two texts as one: once where they are the same but for blanks at their ends."""
    if english == chinese or not (english.strip() or chinese.strip()):
        return english
    if within not in _WRAPPING:
        raise _Differ(within)
    return _both("tspan" if _WRAPPING[within] in ("tspan", "g") else "span", english, chinese)


def _head(one: _Node, other: _Node, first: int) -> str:
    """Return the start tag of both."""
    spoken: dict[str, tuple[str, str]] = {}
    if one.head != other.head:
        if one.attrs.keys() != other.attrs.keys():
            raise _Differ(one.tag)
        different = {key for key in one.attrs if one.attrs[key] != other.attrs[key]}
        if not different <= (_SPOKEN | ({"lang"} if one.tag == "html" else set())):
            raise _Differ(one.tag)
        spoken = {key: (one.attrs[key], other.attrs[key]) for key in sorted(different - {"lang"})}
    if one.tag in _PLAIN:
        texts = [unescape("".join(_whole(node.children))) for node in (one, other)]
        if texts[0] != texts[1]:
            spoken[""] = (texts[0], texts[1])
    head = (one, other)[first].head
    if not spoken:
        return head
    words = escape(json.dumps(spoken, ensure_ascii=False))
    end = "/>" if head.endswith("/>") else ">"
    return f'{head[: -len(end)].rstrip()} data-words="{words}"{end}'


def _whole(nodes: list[_Node]) -> Iterator[str]:
    """Yield nodes as they were written."""
    for node in nodes:
        if not node.tag:
            yield node.raw
            continue
        yield node.head
        yield from _whole(node.children)
        if not node.raw and node.tag not in _VOID:
            yield f"</{node.tag}>"


def _specs(english: str, chinese: str) -> str:
    """Return two specifications of a chart as one, words in both languages where they differ."""
    if english == chinese:
        return english
    return as_script(_spec(json.loads(english), json.loads(chinese)))


def _spec(one: Any, other: Any) -> Any:
    if one == other:
        return one
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return {key: _spec(value, other[key]) for key, value in one.items()}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [_spec(a, b) for a, b in zip(one, other, strict=True)]
    if isinstance(one, str) and isinstance(other, str):
        return {"en": one, "zh": other}
    raise InvariantError("a chart is another in the other language; this is a bug of suanwang")
