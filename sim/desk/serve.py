"""A local index of results: on this machine only, and nothing can be changed through it."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit

from sim.ground.errors import ResultsError, UsageError
from sim.report.index_page import KINDS, index_page, note_page, pair_page
from sim.report.sheet import POLICY
from sim.results.shelf import shelf

ADDRESS = "127.0.0.1"
_TYPES = {
    ".html": "text/html; charset=utf-8", ".json": "application/json; charset=utf-8",
    ".jsonl": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8",
}  # fmt: skip
_HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}  # fmt: skip
_OWN = "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# A report may draw and save tables, and reach nothing: not even the other pages of this server.
_OF_FILES = (
    f"{POLICY}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox allow-scripts allow-downloads"
)


class Server(ThreadingHTTPServer):
    """The server of one results folder.

    Parameters
    ----------
    results
        The folder.
    port
        0 for any that is free.
    language
        ``en`` or ``zh``, the one that pages show first.

    Raises
    ------
    UsageError
        Where the port is taken or not ours to take.
    ResultsError
        Where there is no such folder.
    """

    daemon_threads = True

    def __init__(self, results: Path, port: int, language: str) -> None:
        if not results.is_dir():
            raise ResultsError(f"{results}: there is no such folder; run a scenario first, or name another folder")
        self.results, self.language = results.resolve(), language
        try:
            super().__init__((ADDRESS, port), _Handler)
        except OSError as error:
            raise UsageError(f"port {port} {_refused(error)}; choose another with --port, or 0 for any") from error

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://{ADDRESS}:{self.server_port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the names by which it may be asked: another one is a page elsewhere that tries to read here."""
        return tuple(f"{name}:{self.server_port}" for name in (ADDRESS, "localhost"))


def _refused(error: OSError) -> str:
    known = {errno.EADDRINUSE: "is in use by another program", errno.EACCES: "may not be used without rights"}
    return known.get(error.errno or 0, f"cannot be used ({error.strerror or error})")


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    server_version, sys_version = "suanwang", ""
    timeout = 20.0

    def do_GET(self) -> None:
        """Answer a request to read."""
        address = urlsplit(self.path)
        if self.headers.get("Host", "").lower() not in self.server.hosts:
            self._page(note_page("not_here", self.server.language), HTTPStatus.MISDIRECTED_REQUEST)
        elif address.path == "/":
            self._index(parse_qs(address.query, max_num_fields=20))
        elif address.path == "/compare":
            self._pair(parse_qs(address.query, max_num_fields=2000).get("run", []))
        elif address.path.startswith("/files/"):
            self._file(unquote(address.path.removeprefix("/files/")).split("/"))
        else:
            self._missing()

    do_HEAD = do_GET

    def __getattr__(self, name: str) -> Any:
        """Return what answers any other method: that nothing is changed here."""
        if name.startswith("do_"):
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        # What the request carries is not read: the connection ends with it.
        self.close_connection = True
        page = note_page("read_only", self.server.language)
        self._page(page, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})

    def _index(self, asked: dict[str, list[str]]) -> None:
        search, kind = (asked.get(name, [""])[0][:200] for name in ("q", "kind"))
        entries = shelf(self.server.results)
        found = [entry for entry in entries if entry.says(search) and (kind not in KINDS or entry.kind == kind)]
        folder = self.server.results.name
        self._page(index_page(found, len(entries), folder, self.server.language, search, kind))

    def _pair(self, names: list[str]) -> None:
        known = {entry.name: entry for entry in shelf(self.server.results) if entry.kind == "run" and not entry.damaged}
        self._page(pair_page([known[name] for name in names if name in known][:2], self.server.language, len(names)))

    def _missing(self) -> None:
        self._page(note_page("not_found", self.server.language), HTTPStatus.NOT_FOUND)

    def _file(self, parts: list[str]) -> None:
        try:
            with opened(self.server.results, parts) as (file, size):
                kind = _TYPES.get(Path(parts[-1]).suffix, "application/octet-stream")
                headers = {"Content-Security-Policy": _OF_FILES}
                if kind == "application/octet-stream":
                    headers["Content-Disposition"] = "attachment"
                self._head(HTTPStatus.OK, kind, size, headers)
                if self.command != "HEAD":
                    # No more than was promised, however much is being written meanwhile.
                    while size > 0 and (piece := file.read(min(size, 1 << 20))):
                        self.wfile.write(piece)
                        size -= len(piece)
        except FileNotFoundError:
            self._missing()

    def _page(self, page: str, status: HTTPStatus = HTTPStatus.OK, more: dict[str, str] | None = None) -> None:
        body = page.encode()
        headers = {"Content-Security-Policy": policy_of(page), **(more or {})}
        self._head(status, _TYPES[".html"], len(body), headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, kind: str, size: int, more: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(size)} | _HEADERS | more).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of a request: who reads what is nobody's business."""

    def handle(self) -> None:
        """Answer; a reader who goes away in between is no error."""
        with suppress(ConnectionError, TimeoutError):
            super().handle()


def policy_of(page: str) -> str:
    """Return the content security policy of a page of ours: its own style and script by their hashes, nothing else."""
    found = {}
    for tag in ("style", "script"):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, flags=re.S)
        hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
        found[tag] = " ".join(f"'sha256-{each}'" for each in hashes)
    return f"default-src 'none'; style-src {found['style']}; script-src {found['script']}; img-src data: blob:{_OWN}"


@contextmanager
def opened(results: Path, parts: list[str]) -> Iterator[tuple[BinaryIO, int]]:
    """Yield a plain file below a folder, open to be read, and its size; no link is followed on the way.

    Parameters
    ----------
    results
        The folder.
    parts
        Names on the way, the file's last.

    Raises
    ------
    FileNotFoundError
        Where there is none, or a name is none: empty, hidden, ``..``, or with a separator in it.
    """
    if not parts or any(not part or part.startswith(".") or re.search(r"[/\\\0]", part) for part in parts):
        raise FileNotFoundError
    try:
        handle = os.open(results, os.O_RDONLY | os.O_DIRECTORY)
        for at, part in enumerate(parts):
            folder = os.O_DIRECTORY if at < len(parts) - 1 else os.O_NONBLOCK
            above, handle = handle, os.open(part, os.O_RDONLY | os.O_NOFOLLOW | folder, dir_fd=handle)
            os.close(above)
    except OSError as error:
        with suppress(UnboundLocalError, OSError):
            os.close(handle)
        raise FileNotFoundError from error
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        os.close(handle)
        raise FileNotFoundError
    with os.fdopen(handle, "rb") as file:
        yield file, state.st_size
