"""An index in front of another (`--upstream`): one --index-url gives pip and uv our versions and the other's, whether that is
wheelfix-index's own, a plain server of HTML pages or a folder; and what is made of an upstream that can't be used."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import servers
from clients import Client
from test_index_http import plain_server
from wheels import build_wheel

HINT = "hint: check the URL and the network; the index is unchanged\n"


@pytest.fixture(scope="module")
def public(wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As published: torch in two versions, and what it requires."""
    folder = tmp_path_factory.mktemp("public")
    for version in ["2.0.0", "2.1.0"]:
        build_wheel(folder, "torch", version, {"torch.py": f"{version = }"}, requires=["triton"])
    build_wheel(folder, "triton", "2.1.0", {"triton.py": ""})
    wheelfix_index.done(folder)
    return folder


@pytest.fixture(params=["own", "plain server", "folder"])
def upstream(request: pytest.FixtureRequest, public: Path, wheelfix_index, tmp_path: Path) -> Iterator[str]:
    if request.param == "folder":
        yield (public / "simple").as_uri()
    elif request.param == "plain server":
        with plain_server(public / "simple") as url:
            yield url
    else:
        (tmp_path / "upstream").mkdir()
        with servers.own(wheelfix_index, public, tmp_path / "upstream") as server:
            yield server.url


@pytest.fixture(params=["pip-newest", "uv"])
def client(request: pytest.FixtureRequest, client_of: Callable[[str], Client]) -> Client:
    """One of each kind: how pages are read is in test_index_clients.py."""
    return client_of(request.param)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """torch, patched."""
    return build_wheel(tmp_path / "ours", "torch", "2.1.0+x", {"torch.py": "patched"}, requires=["triton"]).parent


def test_one_index_gives_our_versions_and_the_others(
    client: Client, upstream: str, ours: Path, wheelfix_index, tmp_path: Path
) -> None:
    """Statically, of the projects that it lists."""
    wheelfix_index.done(ours, "--upstream", upstream, "--upstream-project", "triton")
    index = (ours / "simple").as_uri()
    for pin, found in [("torch==2.0.0", "torch-2.0.0"), ("torch==2.1.0", "torch-2.1.0+x")]:
        site = tmp_path / pin
        assert client.install(site, "--index-url", index, pin) == {found, "triton-2.1.0"}


def test_a_served_index_sends_to_upstream_for_what_it_lacks(
    client: Client, public: Path, ours: Path, wheelfix_index, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    with servers.own(wheelfix_index, public, tmp_path / "a") as upstream:
        with servers.own(wheelfix_index, ours, tmp_path / "b", "--upstream", upstream.url) as server:
            assert not (ours / "simple/triton").exists()
            site = tmp_path / "site"
            assert client.install(site, "--index-url", server.url, "torch==2.1.0+x") == {"torch-2.1.0+x", "triton-2.1.0"}


def test_pages_keep_what_upstream_says(public: Path, ours: Path, wheelfix_index, tmp_path: Path) -> None:
    """By JSON all; HTML has neither sizes nor times."""
    wheelfix_index.done(ours, "--upstream", (public / "simple").as_uri())
    theirs = {file["filename"]: file for file in json.loads((public / "simple/torch/index.v1_json").read_text())["files"]}
    merged = json.loads((ours / "simple/torch/index.v1_json").read_text())
    for file in merged["files"][1:]:
        expected = theirs[file["filename"]] | {"url": f"{(public / 'simple/torch').as_uri()}/{file['filename']}"}
        assert {key: value for key, value in file.items() if key != "_upstream"} == expected
    assert [file["filename"].split("-")[1] for file in merged["files"]] == ["2.1.0+x", "2.1.0", "2.0.0"]


def test_an_index_beside_another_is_uv_s_first(client: Client, public: Path, ours: Path, wheelfix_index, tmp_path: Path) -> None:
    """What isn't listed comes from the other, without --index-strategy: uv looks no further than the first index that has a
    project, so ours must have all its versions."""
    wheelfix_index.done(ours, "--upstream", (public / "simple").as_uri())
    urls = ["--index-url", (public / "simple").as_uri(), "--extra-index-url", (ours / "simple").as_uri()]
    for pin, found in [("torch==2.1.0+x", "torch-2.1.0+x"), ("torch==2.0.0", "torch-2.0.0")]:
        assert client.install(tmp_path / pin, *urls, pin) == {found, "triton-2.1.0"}


def test_credentials_are_used_but_not_written(public: Path, ours: Path, wheelfix_index) -> None:
    with asking_server(public / "simple", "somebody:phrase") as url:
        with_login = url.replace("://", "://somebody:phrase@")
        wheelfix_index.done(ours, "--upstream", with_login)
        written = b"".join(path.read_bytes() for path in (ours / "simple").rglob("*") if path.is_file())
        assert b"torch-2.0.0" in written
        assert b"somebody" not in written and b"phrase" not in written
        wrong = wheelfix_index(ours, "--upstream", url.replace("://", "://somebody:secret@"))
        assert (wrong.returncode, wrong.stdout) == (4, "")
        assert wrong.stderr == (
            f"error: {url}/torch/: cannot be read: the server answers 401\nhint: give the user and password in ~/.netrc\n"
        )


def test_an_upstream_that_fails_leaves_the_index(ours: Path, wheelfix_index) -> None:
    wheelfix_index.done(ours)
    before = (ours / "simple/torch/index.html").read_bytes()
    port = servers.free_port()
    down = wheelfix_index(ours, "--upstream", f"http://127.0.0.1:{port}/simple")
    assert (down.returncode, down.stdout) == (4, "")
    assert down.stderr == (
        f"error: http://127.0.0.1:{port}/simple/torch/: cannot be read: Couldn't connect to server\n{HINT}"
    )
    assert (ours / "simple/torch/index.html").read_bytes() == before


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, "", "cannot be read: the server answers 503"),
        (200, "<h1>Log in</h1>", "isn't a page of an index: it has no files of torch"),
        (200, '<meta name="pypi:repository-version" content="2.0">', "is of version 2.0 of the index API; version 1 can be read"),
        (200, "x" * 32_000_001, "has over 32000000 bytes"),
        (302, "", "cannot be read: Number of redirects hit maximum amount"),
    ],
)
def test_an_answer_that_is_no_index_is_an_error(status: int, body: str, error: str, ours: Path, wheelfix_index) -> None:
    with answering_server(status, body) as url:
        result = wheelfix_index(ours, "--upstream", url)
    assert f"error: {url}/torch/: {error}\n" in result.stderr
    assert result.returncode in (3, 4)


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@contextmanager
def serving(handler: type[Silent]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def asking_server(folder: Path, login: str) -> Iterator[str]:
    expected = "Basic " + base64.b64encode(login.encode()).decode()

    class Handler(Silent):
        def __init__(self, *words) -> None:
            super().__init__(*words, directory=str(folder))

        def do_GET(self) -> None:
            if self.headers["Authorization"] == expected:
                super().do_GET()
            else:
                self.send_error(401)

    with serving(Handler) as url:
        yield url


@contextmanager
def answering_server(status: int, body: str) -> Iterator[str]:
    class Handler(Silent):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Location", self.path)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # it reads no more than it takes
                self.wfile.write(body.encode())

    with serving(Handler) as url:
        yield url
