"""`wheelfix-index --serve` as a program: what it prints, how it ends, where it listens, and what it makes of requests that
aren't sound. What it serves to clients is in test_index_http.py and test_index_clients.py."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import servers
from clients import Client
from servers import Server
from test_index_http import plain_server
from wheels import build_wheel

HOST = b"Host: localhost\r\n"
CLOSE = HOST + b"Connection: close\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_wheel(tmp_path / "wheels", "demo", "1.0", {"demo.py": ""}).parent


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_prints_its_url_and_ends_by_the_signal(kind: signal.Signals, wheelfix_index, folder: Path) -> None:
    process = start(wheelfix_index, folder, "--serve", "0")
    url = process.stdout.readline()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/simple/\n", url)
    process.send_signal(kind)
    stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout) == (-kind, "")
    assert stderr == (
        f"1 file of 1 project: 1 added\npip install --index-url {url.strip()} PROJECT\nCtrl-C ends it\n"
    )


def test_the_url_is_in_the_json_too(wheelfix_index, folder: Path) -> None:
    process = start(wheelfix_index, folder, "--serve", "0", "--json", "--quiet")
    document, text = None, ""
    while document is None:
        text += process.stdout.readline()
        document = json.loads(text) if text.endswith("\n}\n") else None
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == ("", "")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/simple/", document["url"])


def test_a_port_that_is_taken_is_an_error(wheelfix_index, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = wheelfix_index(folder, "--quiet", f"--serve={port}")
    assert (result.returncode, result.stdout) == (4, "")
    assert result.stderr == (
        f"error: port {port}: cannot be listened on: Address already in use\n"
        "hint: give another one, or `--serve 0` for any that is free\n"
    )


def test_it_listens_on_loopback_alone(own: Server) -> None:
    listening = {
        line.split()[1].split(":")[0]
        for table in ["tcp", "tcp6"]
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{own.port:04X}") and line.split()[3] == "0A"
    }
    v6 = {"00000000000000000000000001000000"} if Path("/proc/net/if_inet6").read_text() else set()
    assert listening == {"0100007F"} | v6


@pytest.mark.parametrize(
    ("request_bytes", "statuses"),
    [
        (b"GET /simple/ HTTP/1.1\r\n" + HOST + b"\r\nGET /simple/demo/ HTTP/1.1\r\n" + CLOSE + b"\r\n", [200, 200]),
        (b"GET /simple/ HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabcGET /x HTTP/1.1\r\n" + CLOSE + b"\r\n", [200, 404]),
        (b"GET /simple/ HTTP/1.0\r\n\r\n", [200]),
        (b"GET /simple/demo/%2e%2e/%2e%2e/secret HTTP/1.1\r\n" + CLOSE + b"\r\n", [404]),
        (b"GET /simple/index.html%00.whl HTTP/1.1\r\n" + CLOSE + b"\r\n", [404]),
        (b"GET /simple/\xff\x01 HTTP/1.1\r\n" + CLOSE + b"\r\n", [404]),
        (b"POST /simple/ HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n\r\nabc", [405]),
        (b"GET /simple/ HTTP/1.1\r\nConnection: close\r\n\r\n", [400]),
        (b"GET /simple/ HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 40000 + b"\r\n\r\n", [431]),
        (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", [414]),
        (b"GET /simple/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n", [421]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []),
    ],
)
def test_requests_that_are_odd_get_an_answer_or_none(request_bytes: bytes, statuses: list[int], own: Server) -> None:
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as connection:
        connection.sendall(request_bytes)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert [int(status) for status in re.findall(rb"^HTTP/1\.[01] (\d{3})", answer, re.MULTILINE)] == statuses
    assert own.get("/simple/demo/").status == 200


def test_many_connections_that_say_nothing_leave_its_memory_alone(wheelfix_index, folder: Path, tmp_path: Path) -> None:
    with servers.own(wheelfix_index, folder, tmp_path) as server:
        before = server.memory()
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(500)]
        for connection in idle:
            connection.sendall(b"GET /simple/ HTTP/1.1\r\n")
        assert server.get("/simple/demo/").status == 200
        assert server.memory() - before < 500 * 64 * 1024
        for connection in idle:
            connection.close()


def test_a_large_file_takes_no_memory(wheelfix_index, folder: Path, tmp_path: Path) -> None:
    size = 64 << 20
    with (folder / "large-1.0.zip").open("wb") as file:
        file.truncate(size)
    wheelfix_index(folder)  # it isn't an sdist, so it's left out
    (folder / "simple/demo/large-1.0.zip").symlink_to("../../large-1.0.zip")
    (tmp_path / "own").mkdir()
    with servers.own(wheelfix_index, folder, tmp_path / "own") as server:
        before = server.memory()
        assert len(server.get("/simple/demo/large-1.0.zip").body) == size
        assert server.memory() - before < 4 << 20


@pytest.mark.parametrize("name", ["pip-newest", "uv"])
def test_without_metadata_files_the_ends_of_wheels_are_read(
    name: str, client_of: Callable[[str], Client], wheelfix_index, tmp_path: Path
) -> None:
    """By uv, and by pip's `fast-deps`, of pages that refer to wheels on another server."""
    folder = tmp_path / "packages"
    data = {"demo/data": os.urandom(1_000_000), "demo/__init__.py": ""}
    build_wheel(folder, "demo", "1.0+x", data)
    words = ["--use-feature=fast-deps"] if name != "uv" else []
    with servers.own(wheelfix_index, folder, tmp_path) as server, plain_server(tmp_path / "pages") as pages:
        wheelfix_index.done("--output", tmp_path / "pages", "--base-url", f"{server.url}/demo", folder)
        client_of(name).done("install", *words, "--dry-run", "--target", tmp_path, "--index-url", pages, "demo")
        answers = re.findall(r"^(\d+) (\w+) .*\.whl$", server.log.read_text(), re.MULTILINE)
    assert ("206", "GET") in answers
    assert ("200", "GET") not in answers


def start(wheelfix_index, *words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [wheelfix_index.program, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=wheelfix_index.environment(),
    )
