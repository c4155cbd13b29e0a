"""YAML 1.2 as plain data: located, bounded, without aliases, tags or surprises."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

import pytest

from sim.ground.errors import ScenarioError
from sim.scenario.yaml_file import MOST_BYTES, leaves, parse_document, read_document, read_text
from tests.unit.scenario.desk import BASE, TOY, Desk, same


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("12:30", "12:30"), ("1_000", "1_000"),
        ("0b11", "0b11"), ("2024-01-01", "2024-01-01"), ("2024-07-15 14:00", "2024-07-15 14:00"), ("1e6", 1e6),
        ("1E+2", 100.0), ("017", 17), ("0o17", 15), ("0x1F", 31), ("+5", 5), ("-0", 0), (".5", 0.5), ("5.", 5.0),
        ("-.inf", -math.inf), (".Inf", math.inf), ("true", True), ("FALSE", False), ("tRUE", "tRUE"), ("~", None),
        ("null", None), ("", None), ('""', ""), ("'5'", "5"), ('"null"', "null"), ("1.2.3", "1.2.3"), ("1e", "1e"),
        ("|\n  a\n  b\n", "a\nb\n"), (">\n  a\n  b\n", "a b\n"),
        ("1" + "0" * 100, 10**100), ("1" + "0" * 5000, math.inf),
        ("-1" + "0" * 5000, -math.inf), ("0x" + "F" * 400, math.inf), ("[1, a]", [1, "a"]), ("{a: 1}", {"a": 1}),
    ],
)  # fmt: skip
def test_a_scalar_means_what_yaml_1_2_says(written: str, value: object) -> None:
    found = parse_document(f"key: {written}\n", "x").values["key"]
    assert found == value
    assert type(found) is type(value)


def test_not_a_number() -> None:
    assert math.isnan(parse_document("key: .NaN\n", "x").values["key"])


def test_keys_are_words() -> None:
    document = parse_document("1: a\ntrue: b\nnull: c\n", "x")
    assert document.values == {"1": "a", "true": "b", "null": "c"}
    assert [str(problem) for problem in parse_document("? [a]\n: 1\nb: 2\n", "x").problems] == [
        "x:1:3: a key must be a plain word"
    ]


def test_every_value_has_its_place() -> None:
    document = parse_document("a: 1\nb:\n  c: [x, {d: 2}]\n", "x")
    assert {".".join(path): str(origin) for path, origin in document.origins.items()} == {
        "a": "x:1:1", "b": "x:2:1", "b.c": "x:3:3", "b.c.0": "x:3:7", "b.c.1": "x:3:10", "b.c.1.d": "x:3:11",
    }  # fmt: skip
    assert list(leaves(document.values)) == [(("a",), 1), (("b", "c"), ["x", {"d": 2}])]


LAUGHS = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LAUGHS, "s.yaml:2:8: aliases (*name) are not allowed; use `extends`, or write the value again"),
        ("a: &a {b: *a}\n", "s.yaml:1:11: aliases (*name) are not allowed"),
        ("x: " + "[" * 100 + "]" * 100 + "\n", "s.yaml:1:33: nested deeper than 30 levels"),
        ("x: " + "[" * 20000 + "]" * 20000 + "\n", "s.yaml:1:33: nested deeper than 30 levels"),
        ("".join(f"{' ' * i}a:\n" for i in range(200)), "s.yaml:31:31: nested deeper than 30 levels"),
        ("name: a\nset:\n\tx: 1\n", "s.yaml:3:1: not valid YAML: found character '\\t' that cannot start any token"),
        ("name: a: b\n", "s.yaml:1:8: not valid YAML: mapping values are not allowed here"),
        ('name: "open\n', "s.yaml:2:1: not valid YAML: found unexpected end of stream"),
        ("run: {seed: 1\n", "s.yaml:2:1: not valid YAML: expected ',' or '}'"),
        ("---\na: 1\n---\nb: 2\n", "s.yaml:3:1: not valid YAML: but found another document"),
        ("%YAML 1.1\n---\nname: no\n", "s.yaml:2:1: a scenario is YAML 1.2; remove the line %YAML"),
        ("name: !!python/object/apply:os.system [ls]\n", "s.yaml:1:7: tags (!!python/object/apply:os.system) are not"),
        ("run: {seed: !!int abc}\n", "s.yaml:1:13: tags (!!int) are not allowed; a scenario is plain data"),
        ("!scenario\nname: a\n", "s.yaml:1:1: tags (!scenario) are not allowed"),
        ("- a\n- b\n", "s.yaml:1:1: a scenario is a mapping of keys to values"),
        ("just words\n", "s.yaml:1:1: a scenario is a mapping of keys to values"),
        ('name: "a\\x1b[31mb"\n', "s.yaml:1:7: name holds a control character; remove it"),
        ('name: "\\ud800"\n', "s.yaml:1:7: name holds a control character; remove it"),
        ("name: a\nquestion: b\0c\n", "s.yaml:2:12: a control character (U+0000) stands here; remove it"),
    ],
)
def test_what_is_no_plain_yaml(text: str, line: str, desk: Desk) -> None:
    same(desk.told(text), [line])


def test_a_key_that_stands_twice(desk: Desk) -> None:
    same(desk.told(TOY + "name: a\nname: b\n"), ["s.yaml:4:1: the key 'name' stands twice; keep one of them"])
    same(
        desk.told(TOY + "set:\n  regions.east: {gdp_bn_cny: 1, gdp_bn_cny: 2}\n"),
        ["s.yaml:4:33: the key 'gdp_bn_cny' stands twice; keep one of them"],
    )
    lines = desk.told("name: a\nname: b\n")
    assert lines[1] == "s.yaml:2:1: the key 'name' stands twice; keep one of them", "told beside what stops the reading"


def test_a_key_has_a_length(desk: Desk) -> None:
    same(desk.told(TOY + f"? {'k' * 300}\n: 1\n"), ["s.yaml:3:3: a key is a plain word of at most 200 letters"])


def test_merge_keys_are_keys(desk: Desk) -> None:
    same(desk.told(TOY + "<<: {name: a}\n"), ["s.yaml:3:1: '<<' is not a key of a scenario file"])


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"name: a\nquestion: \xff\xfe\n", "s.yaml:2:11: byte 19 is not UTF-8; save the file as UTF-8 and try again"),
        ("name: 算网\n".encode("gb18030"), "s.yaml:1:7: byte 7 is not UTF-8; save the file as UTF-8"),
        (
            "name: q\n".encode("utf-16"),
            "s.yaml:1:1: byte 1 is not UTF-8 (it looks like UTF-16); save the file as UTF-8",
        ),
        ("name: q\n".encode("utf-32"), "s.yaml:1:1: byte 1 is not UTF-8"),
        (b"name: a\xed\xa0\x80\n", "s.yaml:1:8: byte 8 is not UTF-8"),
        (b"x: " + b"a" * 1_000_000, "s.yaml: the file has 1,000,003 bytes; at most 262,144 are read: move long tables"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, line: str, desk: Desk) -> None:
    same(desk.told(data), [line])


def test_a_byte_order_mark_and_line_ends_of_another_system(desk: Desk) -> None:
    assert desk.told(b"\xef\xbb\xbf" + TOY.encode()) == []
    assert desk.told(TOY.replace("\n", "\r\n").encode()) == []
    same(
        desk.told((BASE + "set:\n  centres.guian.racks: 3\n").replace("\n", "\r\n").encode()),
        ["s.yaml:3:3: there is no 'guian' in centres; did you mean 'gui_an'"],
    )


def test_names_may_be_chinese(desk: Desk) -> None:
    path = desk.write("extends: 基准.yaml\nname: 西部六成\nset: {hubs.新枢纽: {name: {zh: 新枢纽}}}\n", "情景.yaml")
    desk.write(TOY, "基准.yaml")
    assert desk.problems(path) == []
    same(desk.told("extends: 基准.yaml\nset: {hubs.新枢.name.zh: x, hubs.内陆: 3}\n", name="情景.yaml"), [
        "情景.yaml:2:7: there is no '新枢' in hubs", "情景.yaml:2:27: hubs.内陆 is 3; it must be a mapping",
    ])  # fmt: skip


def test_a_file_at_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\n" + b"#" * (MOST_BYTES - 5))
    assert read_document(path).values == {"a": 1}
    path.write_bytes(b"a: 1\n" + b"#" * (MOST_BYTES - 4))
    with pytest.raises(ScenarioError, match=r"262,145 bytes; at most 262,144 are read"):
        read_document(path)


def test_a_folder_is_no_file(desk: Desk) -> None:
    desk.write(TOY)
    (problem,) = desk.problems(desk.folder)
    assert problem.message == "this is a folder; name a file; beside it stand s.yaml"


def test_what_never_ends_is_not_read(desk: Desk) -> None:
    fifo, zero = desk.folder / "fifo.yaml", desk.folder / "zero.yaml"
    os.mkfifo(fifo)
    zero.symlink_to("/dev/zero")
    found: list[str] = []
    work = threading.Thread(
        target=lambda: found.extend(desk.problems(path)[0].message for path in (fifo, zero, Path("/dev/zero"))),
        daemon=True,
    )
    work.start()
    work.join(timeout=30)
    assert not work.is_alive(), "the reader hangs"
    assert found == ["this is no plain file; name a file that can be read to its end"] * 3


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="/proc/self/status is not there")
def test_a_file_that_hides_its_size_is_bounded(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="bytes; at most 10 are read"):
        read_text(Path("/proc/self/status"), 10)


def test_a_file_that_may_not_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.write(TOY)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    same(desk.told_of(path), ["s.yaml: the file cannot be read: Permission denied"])
