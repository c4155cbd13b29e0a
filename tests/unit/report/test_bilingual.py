"""Two renderings laid over each other: what is the same stands once, what differs twice, and nothing is lost."""

from __future__ import annotations

import json
import re

import pytest

from sim.ground.errors import InvariantError
from sim.report.bilingual import bilingual


def both(english: str, chinese: str, first: str = "en") -> str:
    return bilingual({"en": english, "zh": chinese}.__getitem__, first)


def test_what_is_the_same_stands_once() -> None:
    text = '<!DOCTYPE html><p class="a">1 &lt; 2 &#39;x&#39;<br><b>3</b></p><svg><path d="M0"/></svg>\n'
    assert both(text, text) == text


def test_what_differs_stands_twice_with_its_language() -> None:
    found = both('<p>cost <b data-v="1">1</b> CNY</p>', '<p>成本 <b data-v="1">1</b> 元</p>')
    assert found == (
        '<p><span lang="en">cost </span><span lang="zh-CN">成本 </span><b data-v="1">1</b>'
        '<span lang="en"> CNY</span><span lang="zh-CN"> 元</span></p>'
    )


def test_another_order_makes_two_sentences() -> None:
    found = both("<td>of <b>1</b> to <i>2</i></td>", "<td><i>2</i>的<b>1</b></td>")
    assert (
        found == '<td><span lang="en">of <b>1</b> to <i>2</i></span><span lang="zh-CN"><i>2</i>的<b>1</b></span></td>'
    )


def test_attributes_titles_and_options_carry_both() -> None:
    found = both('<img alt="x"><a title="One &amp; two">1</a>', '<img alt="x"><a title="一">1</a>', "zh")
    (words,) = re.findall(r'data-words="(.*?)"', found)
    assert json.loads(words.replace("&quot;", '"').replace("&amp;", "&")) == {"title": ["One & two", "一"]}
    assert '<a title="一"' in found
    option = both("<select><option>a</option></select>", "<select><option>甲</option></select>")
    assert "[&quot;a&quot;, &quot;甲&quot;]" in option
    assert ">a</option>" in option


def test_texts_of_a_drawing_stay_a_drawing() -> None:
    found = both("<svg><g><text>a</text></g></svg>", "<svg><g><text>甲</text></g></svg>")
    assert found == '<svg><g><text><tspan lang="en">a</tspan><tspan lang="zh-CN">甲</tspan></text></g></svg>'
    moved = both('<svg><g><text x="1">a</text></g></svg>', '<svg><g><text x="2">甲</text></g></svg>')
    assert moved.count("<g lang=") == 2


def test_charts_carry_both_words() -> None:
    spec = '<script type="application/json" data-chart="c">{"x":[1,2.5],"name":"%s"}</script>'
    assert both(spec % "a", spec % "甲") == spec.replace('"%s"', '{"en":"a","zh":"甲"}')
    assert "</b" not in both(spec % "\\u003c/b", spec % "甲").replace("</script", "")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td><td>2</td></tr></table>"),
        ('<div><p id="a">x</p></div>', '<div><b id="a">x</b></div>'),
        ('<script type="application/json">[1]</script>', '<script type="application/json">[2]</script>'),
    ],
)
def test_a_page_of_another_build_is_refused(english: str, chinese: str) -> None:
    with pytest.raises(InvariantError, match="in the other language"):
        both(english, chinese)


def test_what_is_left_open_is_refused() -> None:
    with pytest.raises(InvariantError, match="leaves <p> open"):
        both("<p>x", "<p>x")
