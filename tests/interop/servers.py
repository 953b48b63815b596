"""Servers of an index on a loopback port, as whoever runs the tests: Debian's nginx and Caddy, with the configuration that
we ship, and wheelfix-index itself.

    with nginx(folder, scratch) as server:
        server.get("/simple/")

Of the shipped file only its two lines with the address and the folder are changed.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SHIPPED = Path(__file__).resolve().parents[2] / "apps/wheelfix-index"
NGINX = """\
daemon off;
master_process off;
pid {scratch}/pid;
error_log stderr;
events {{}}
http {{
    log_format requests escape=json
        '{{"method": "$request_method", "path": "$request_uri", "status": $status, "sent": "$sent_http_content_type"}}';
    access_log {scratch}/access.log requests;
    client_body_temp_path {scratch};
    proxy_temp_path {scratch};
    fastcgi_temp_path {scratch};
    uwsgi_temp_path {scratch};
    scgi_temp_path {scratch};
    include {scratch}/shipped.conf;
}}
"""
CADDY = """\
{
	admin off
}
"""


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]  # by lower-case name
    body: bytes


@dataclass(frozen=True)
class Server:
    port: int
    log: Path  # of requests: nginx's has one JSON object a line, ours lines like `200 GET /simple/`
    process: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    def request(self, method: str, path: str, **headers: str) -> Response:
        """Asks for just that path, unquoted and unquotable as it is; `Accept_Language` stands for a header's name."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Response(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Response:
        return self.request("GET", path, **headers)

    def memory(self) -> int:
        """The most bytes that it had at once, so far."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def requests(self) -> list[dict]:
        """All requests so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@contextmanager
def nginx(folder: Path, scratch: Path) -> Iterator[Server]:
    (scratch / "nginx.conf").write_text(NGINX.format(scratch=scratch))

    def command(port: int) -> list[str | Path]:
        lines = {"listen 8080;": f"listen 127.0.0.1:{port};", "root /srv/wheels;": f"root {folder};"}
        (scratch / "shipped.conf").write_text(shipped("nginx.conf", lines))
        return [program("nginx"), "-e", "stderr", "-p", scratch, "-c", scratch / "nginx.conf"]

    with running(command, scratch) as server:
        yield server


@contextmanager
def caddy(folder: Path, scratch: Path) -> Iterator[Server]:

    def command(port: int) -> list[str | Path]:
        lines = {":8080 {": f"http://127.0.0.1:{port} {{", "root * /srv/wheels": f"root * {folder}"}
        (scratch / "Caddyfile").write_text(CADDY + shipped("Caddyfile", lines))
        return [program("caddy"), "run", "--adapter", "caddyfile", "--config", scratch / "Caddyfile"]

    with running(command, scratch) as server:
        yield server


@contextmanager
def own(wheelfix_index, folder: Path, scratch: Path, *options: str) -> Iterator[Server]:
    """`wheelfix-index --serve`, ended by SIGINT, as Ctrl-C does."""
    words = [wheelfix_index.program, "--verbose", "--serve", "0", *options, folder]
    with open(scratch / "stderr", "w") as stderr:
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=stderr, text=True, env=wheelfix_index.environment()
        )
        try:
            url = process.stdout.readline()
            assert url.startswith("http://127.0.0.1:"), (scratch / "stderr").read_text()
            yield Server(int(url.split(":")[2].split("/")[0]), scratch / "stderr", process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=10) == -signal.SIGINT


def program(name: str) -> str:
    """Also from sbin, which the PATH of who isn't root lacks."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"there is no {name}: install Debian's package {name}"
    return found


def shipped(name: str, lines: Mapping[str, str]) -> str:
    text = (SHIPPED / name).read_text()
    for line, own in lines.items():
        assert text.count(line) == 1, f"{name} has to have one `{line}`"
        text = text.replace(line, own)
    return text


@contextmanager
def running(command: Callable[[int], list[str | Path]], scratch: Path) -> Iterator[Server]:
    """The server that `command` makes of a port; with another port if somebody else was faster."""
    for attempt in range(5):
        port = free_port()
        with open(scratch / "stderr", "w") as stderr:
            process = subprocess.Popen(
                command(port), stdout=stderr, stderr=stderr, env={"HOME": str(scratch), "PATH": os.environ["PATH"]}
            )
        try:
            if answers(process, port):
                yield Server(port, scratch / "access.log", process.pid)
                return
        finally:
            process.kill()
            process.wait()
        assert attempt < 4, f"{process.args} doesn't start:\n{(scratch / 'stderr').read_text()}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(process: subprocess.Popen, port: int) -> bool:
    """Whether the process, which may end before, comes to accept connections."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
            return process.poll() is None
        except ConnectionRefusedError:
            time.sleep(0.01)
    return False
