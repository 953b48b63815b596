"""nginx and Caddy, with the configurations that we ship, and wheelfix-index itself serve an index as clients need it; what
pip and uv ask for."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import servers
from clients import Client
from servers import Server
from wheels import build_wheel

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"
WHEEL = "demo-2.1.0+fix.5-py3-none-any.whl"


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        (f"text/html;q=0.5,{JSON}", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", HTML),
        ("*/*", HTML),
        (None, HTML),
    ],
)
@pytest.mark.parametrize("project", ["", "demo/"])
def test_who_asks_for_json_gets_it(
    accept: str | None, content_type: str, project: str, server: Server, packages: Path
) -> None:
    response = server.get(f"/simple/{project}", **({"Accept": accept} if accept else {}))
    assert (response.status, response.headers["content-type"]) == (200, content_type)
    assert response.headers["vary"] == "Accept"
    page = packages / "simple" / project / ("index.v1_json" if content_type == JSON else "index.html")
    assert response.body == page.read_bytes()


def test_who_accepts_no_type_of_a_page_may_get_none(server: Server, request: pytest.FixtureRequest) -> None:
    """PEP 691 leaves it to the server: status 406, or a type of its choice."""
    is_own = request.node.callspec.params["server"] == "own"
    assert server.get("/simple/demo/", Accept="application/json").status == (406 if is_own else 200)


@pytest.mark.parametrize("accept", [JSON, HTML])
def test_a_page_that_is_known_is_not_sent_again(accept: str, server: Server) -> None:
    first = server.get("/simple/demo/", Accept=accept)
    assert first.headers["cache-control"] == "no-cache"
    again = server.get("/simple/demo/", Accept=accept, If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("name", [WHEEL, WHEEL.replace("+", "%2B")])
def test_a_file_is_served_whole_in_parts_and_as_headers_alone(name: str, server: Server, packages: Path) -> None:
    """Whether the `+` of its name is quoted, as pip asks for it, or not, as uv does."""
    data = (packages / WHEEL).read_bytes()
    path = f"/simple/demo/{name}"
    whole = server.get(path)
    assert (whole.status, whole.body, whole.headers["accept-ranges"]) == (200, data, "bytes")
    head = server.request("HEAD", path)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(data)))
    end = server.get(path, Range="bytes=-22")
    assert (end.status, end.body) == (206, data[-22:])
    assert end.headers["content-range"] == f"bytes {len(data) - 22}-{len(data) - 1}/{len(data)}"
    some = server.get(path, Range="bytes=10-19")
    assert (some.status, some.body) == (206, data[10:20])


def test_metadata_is_served_as_text(server: Server, packages: Path) -> None:
    response = server.get("/simple/demo/demo-2.1.0%2Bfix.5-py3-none-any.whl.metadata")
    assert (response.status, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert response.body == (packages / f"simple/demo/{WHEEL}.metadata").read_bytes()


def test_an_sdist_is_served_as_the_bytes_that_it_is(server: Server, packages: Path) -> None:
    """A content encoding would have clients unpack it before they compare its hash."""
    response = server.get("/simple/tarred/tarred-1.0.tar.gz", Accept_Encoding="gzip")
    assert response.status == 200
    assert "content-encoding" not in response.headers
    assert response.body == (packages / "tarred-1.0.tar.gz").read_bytes()


@pytest.mark.parametrize("path", ["/simple", "/simple/demo"])
def test_a_missing_slash_is_added_whatever_the_host_is_called(path: str, server: Server) -> None:
    response = server.get(path)
    assert response.status in {301, 308}
    assert response.headers["location"] == f"{path}/"


@pytest.mark.parametrize("accept", [JSON, HTML])
@pytest.mark.parametrize(
    "path",
    [
        "/simple/none/",
        "/simple/demo/none-1.0-py3-none-any.whl",
        "/simple/.wheelfix-index.cache",
        "/simple/.wheelfix-index.new/demo/index.html",
        f"/{WHEEL}",
        "/simple/../secret.txt",
        "/secret.txt",
    ],
)
def test_nothing_but_the_index_is_served(path: str, accept: str, server: Server, packages: Path) -> None:
    (packages / "secret.txt").write_text("beside the packages")
    (packages / "simple/.wheelfix-index.new/demo").mkdir(parents=True, exist_ok=True)
    (packages / "simple/.wheelfix-index.new/demo/index.html").write_text("a page that isn't whole yet")
    assert server.get(path, Accept=accept).status == 404


def test_clients_get_json(client: Client, nginx: Server, tmp_path: Path) -> None:
    asked = requests(nginx, lambda: client.install(tmp_path / "site", "--index-url", nginx.url, "--no-deps", "demo"))
    (page,) = [request for request in asked if request["path"] == "/simple/demo/"]
    assert (page["status"], page["sent"]) == (200, JSON)


@pytest.mark.parametrize("name", ["pip-newest", "uv"])
def test_metadata_is_read_in_place_of_wheels(
    name: str, client_of: Callable[[str], Client], nginx: Server, tmp_path: Path
) -> None:
    words = ["--dry-run", "--target", tmp_path, "--index-url", nginx.url, "demo==2.1.0+fix.5"]
    asked = requests(nginx, lambda: client_of(name).done("install", *words))
    files = [request["path"].replace("%2B", "+") for request in asked if not request["path"].endswith("/")]
    assert f"/simple/demo/{WHEEL}.metadata" in files
    assert len(files) == 3
    assert all(file.endswith(".metadata") for file in files)
    assert all(request["status"] == 200 for request in asked)


def test_without_metadata_files_uv_reads_the_ends_of_wheels(
    client_of: Callable[[str], Client], wheelfix_index, tmp_path: Path
) -> None:
    """Of pages with --base-url, here on a server of their own, that refer to wheels on ours."""
    folder = tmp_path / "packages"
    build_wheel(folder, "demo", "1.0+x", {"demo/data": bytes(range(256)) * 4000, "demo/__init__.py": ""})
    wheelfix_index.done(folder)
    (tmp_path / "nginx").mkdir()
    with servers.nginx(folder, tmp_path / "nginx") as nginx, plain_server(tmp_path / "pages") as pages:
        wheelfix_index.done("--output", tmp_path / "pages", "--base-url", f"{nginx.url}/demo", folder)
        words = ["--dry-run", "--target", tmp_path, "--index-url", pages, "demo"]
        asked = requests(nginx, lambda: client_of("uv").done("install", *words))
    assert {request["status"] for request in asked if request["method"] == "GET"} == {206}


def requests(server: Server, action: Callable[[], object]) -> list[dict]:
    """What the server was asked for meanwhile."""
    before = len(server.requests())
    action()
    return server.requests()[before:]


@contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """The URL of Python's own web server, which knows nothing of indexes."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *words) -> None:
            super().__init__(*words, directory=str(folder))

        def log_message(self, *_) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
