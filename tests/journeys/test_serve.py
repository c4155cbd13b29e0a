"""The local index, asked as a browser asks it and as an attacker would: a real server on a port of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sim.desk import compare as comparing
from sim.desk.serve import ADDRESS, Server, policy_of
from sim.desk.sweep import page
from sim.ground.errors import ResultsError, UsageError
from sim.report.index_strings import INDEX
from sim.report.strings import STRINGS
from sim.results.shelf import shelf
from sim.study.replicate import run
from sim.study.sweep import plan, sweep
from tests.unit.report.runs import Reader
from tests.unit.report.test_page import EVIL
from tests.unit.report.test_strings import called, gaps

ROOT = Path(__file__).parents[2]
SHORT = ["run.horizon=24 h"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two runs (one of a hostile name), a comparison, a sweep, and what went wrong."""
    folder = tmp_path_factory.mktemp("served")
    place, toy = folder / "results", ROOT / "scenarios/toy.yaml"
    run(toy, sets=SHORT, policy="local", results=place)
    evil = folder / "evil.yaml"
    text = f"extends: toy.yaml\nname: {json.dumps(EVIL)}\n"
    evil.write_text(text, encoding="utf-8")
    run(evil, sets=SHORT, policy="cheapest", results=place)
    comparing.find([toy], "local,nearest", results=place, sets=SHORT)
    asked = folder / "asked.yaml"
    asked.write_text("extends: toy.yaml\nname: asked\nsweep: {grid: {workloads.*.growth: [1, 2]}}\n", encoding="utf-8")
    page(sweep(plan(asked, sets=SHORT, results=place)), "en")
    for name, text in (("deadbeef0000", "{ half"), ("deadbeef0001", "[1, 2]"), (".abc.1.2.tmp", "{}")):
        (place / name).mkdir()
        (place / name / "kpi.json").write_text(text, encoding="utf-8")
        (place / name / "report.html").write_text("<p>old</p>", encoding="utf-8")
    (folder / "secret.txt").write_text("secret", encoding="utf-8")
    (place / "secret.txt").symlink_to(folder / "secret.txt")
    (place / "aaaaaaaaaaaa").symlink_to(folder)
    shutil.copy(toy, folder / "kpi.json")
    return place


@pytest.fixture(scope="module")
def server(results: Path) -> Iterator[Server]:
    with Server(results, 0, "en") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection(ADDRESS, server.server_port, timeout=30)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", errors="replace")
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def test_the_index_holds_what_is_there_and_tells_what_is_damaged(server: Server, results: Path) -> None:
    status, _, body = ask(server, "/")
    assert status == 200
    texts = "".join(Reader(body, "en").texts)
    for entry in shelf(results):
        assert entry.name in texts
    kinds = [entry.kind for entry in shelf(results) if not entry.damaged]
    assert {kind: kinds.count(kind) for kind in kinds} == {"run": 3, "comparison": 1, "sweep": 1}
    assert texts.count("damaged: run it again") == 2
    assert "asked" in texts
    assert ".abc" not in body
    assert "aaaaaaaaaaaa" not in body


def test_everything_it_links_to_is_there(server: Server) -> None:
    _, _, body = ask(server, "/")
    links = [target for target in Reader(body).attribute("href") if target.startswith("/")]
    assert len(links) > 10
    assert {ask(server, link, "HEAD")[0] for link in links} == {200}


def test_it_filters_by_words_and_kind(server: Server) -> None:
    def names(query: str) -> list[str]:
        return [value for value in Reader(ask(server, f"/?{query}")[2]).attribute("value") if len(value) == 12]

    assert len(names("")) == 3
    assert len(names("q=toy+nearest")) == 1
    assert len(names("q=cheapest&kind=run")) == 1
    assert names("kind=sweep") == []
    assert len(names("q=alert(1)")) == 1


def test_two_runs_stand_side_by_side(server: Server, results: Path) -> None:
    one, two = [entry for entry in shelf(results) if entry.kind == "run" and not entry.damaged][:2]
    _, _, body = ask(server, f"/compare?run={one.name}&run={two.name}")
    rows = "".join(Reader(body, "en").texts)
    assert "Total cost [bn CNY]" in rows
    for entry in (one, two):
        assert entry.name in rows
    for count in (0, 1, 3):
        asked = "&".join(f"run={one.name}" for _ in range(count))
        assert f"{count} were named" in ask(server, f"/compare?{asked}")[2]
    assert "2 were named" in ask(server, "/compare?run=deadbeef0000&run=nobody")[2]


def test_hostile_names_change_nothing_but_text(server: Server, results: Path) -> None:
    evil = next(entry for entry in shelf(results) if entry.scenario == EVIL)
    other = next(entry for entry in shelf(results) if entry.policy == "local")
    for path in ("/", f"/?q={quote(EVIL)}&kind={quote(EVIL)}", f"/compare?run={evil.name}&run={other.name}"):
        _, headers, body = ask(server, path)
        reader = Reader(body)
        assert "alert(1)" in body
        assert not any("alert(1)" in text for _, text in reader.scripts)
        assert [tag for tag, _ in reader.tags].count("script") == 1
        # What the browser is told to run is the page's own script and nothing else.
        assert headers["Content-Security-Policy"] == policy_of(body)
        assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/files/../secret.txt", "/files/%2e%2e/secret.txt", "/files/..%2fsecret.txt", "/files/secret.txt",
        "/files/aaaaaaaaaaaa/secret.txt", "/files/aaaaaaaaaaaa/kpi.json", "/files//etc/passwd", "/files/%00",
        "/files/.abc.1.2.tmp/kpi.json", "/files/comparisons", "/files/", "/files/..%5c..%5csecret.txt", "/elsewhere",
        "//etc/passwd", "/files/deadbeef0000/kpi.json/x", "/files/" + "a" * 5000,
    ],
)  # fmt: skip
def test_nothing_outside_is_told(server: Server, path: str) -> None:
    status, _, body = ask(server, path)
    assert status == 404
    assert "secret" not in body
    assert "root:" not in body


def test_a_page_elsewhere_cannot_read_here_by_another_name(server: Server) -> None:
    port = server.server_port
    for host in ("evil.example", f"evil.example:{port}", ADDRESS, f"{ADDRESS}:{port}.evil.example", ""):
        status, _, body = ask(server, "/", Host=host)
        assert status == 421
        assert "toy" not in body
    for host in (f"{ADDRESS}:{port}", f"localhost:{port}", f"LOCALHOST:{port}"):
        assert ask(server, "/", Host=host)[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_only_reads(server: Server, results: Path, method: str) -> None:
    before = sorted(path.stat().st_mtime_ns for path in results.rglob("*"))
    status, headers, _ = ask(server, "/", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert sorted(path.stat().st_mtime_ns for path in results.rglob("*")) == before


def test_a_report_is_handed_out_in_a_sandbox(server: Server, results: Path) -> None:
    entry = next(entry for entry in shelf(results) if entry.kind == "sweep")
    _, headers, body = ask(server, f"/files/{entry.place}/report.html")
    assert body == (results / entry.place / "report.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "sandbox allow-scripts allow-downloads" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    _, headers, _ = ask(server, f"/files/{entry.place}/sweep.nc", "HEAD")
    assert headers["Content-Disposition"] == "attachment"


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {ADDRESS}
    for other in others:
        with socket.socket() as caller:
            caller.settimeout(2.0)
            assert caller.connect_ex((other, server.server_port)) != 0


def test_a_busy_port_and_a_missing_folder_are_one_clear_sentence(server: Server, results: Path) -> None:
    with pytest.raises(UsageError, match=f"port {server.server_port} is in use by another program; choose another"):
        Server(results, server.server_port, "en")
    with pytest.raises(ResultsError, match="there is no such folder"):
        Server(results / "nowhere", 0, "en")


def test_the_command_tells_its_address_and_ends_with_ctrl_c(results: Path) -> None:
    words = [sys.executable, "-m", "sim", "serve", str(results), "--port", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    port = int(told["url"].rstrip("/").rpartition(":")[2])
    with socket.create_connection((ADDRESS, port), timeout=10):
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert error == "the server has ended; the results are as they were\n"


def test_what_it_says_is_in_the_tables_and_nothing_else_is() -> None:
    report = ROOT / "sim/report"
    files = [report / "index_page.py", *(report / "templates" / f"{name}.html" for name in ("index", "pair", "note"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert called(text) <= set(STRINGS) | set(INDEX)
    said = text + (ROOT / "sim/desk/serve.py").read_text(encoding="utf-8")
    assert {key for key in INDEX if not key.startswith("kind.")} <= set(re.findall(r"\"([\w.]+)\"", said))
    for english, chinese in INDEX.values():
        assert gaps(english) == gaps(chinese)
