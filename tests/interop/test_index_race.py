"""Clients that install while the index is made again and again never see a broken one."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import servers
from clients import Client
from packaging.version import Version
from wheels import build_wheel


class Runs:
    """Adds a version of demo and indexes it, in turns under each kind of link, while other projects come and go."""

    def __init__(self, folder: Path, index: Callable[..., str]) -> None:
        self.folder = folder
        self.newest = Version("1.0")  # that a client which starts now has to find, or a newer one
        self._index = index
        self._count = 0
        self._failures: list[BaseException] = []
        self.add("1.0", "--symlink")

    def is_wanted(self) -> bool:
        """Until there were enough to meet the installs."""
        return self._count < 20 and not self._failures

    def add(self, version: str, kind: str) -> None:
        wheel = build_wheel(self.folder / "new", "demo", version, {"demo.py": f"{version!r}\n"}, requires=["part"])
        part = build_wheel(self.folder / "new", "part", version, {"part.py": f"{version!r}\n"})
        for path in [part, wheel]:
            path.rename(self.folder / path.name)
        passing = build_wheel(self.folder, "passing", version, {"passing.py": ""})
        self._index("--quiet", kind, self.folder)
        self.newest = Version(version)
        passing.unlink()
        self._index("--quiet", kind, self.folder)
        self._count += 2

    @contextmanager
    def going_on(self) -> Iterator[None]:
        is_over = threading.Event()

        def run() -> None:
            kinds = itertools.cycle(["--hardlink", "--copy", "--symlink"])
            try:
                for i in itertools.count(1):
                    if is_over.is_set():
                        return
                    self.add(f"1.{i}", next(kinds))
            except BaseException as failure:
                self._failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
        assert self._failures == []


@pytest.mark.parametrize(
    ("name", "way", "installs"),
    [("uv", "nginx", 20), ("uv", "file", 20), ("pip-newest", "nginx", 3), ("pip-newest", "file", 3)],
)
def test_installs_succeed_while_the_index_is_made_anew(
    name: str, way: str, installs: int, client_of: Callable[[str], Client], wheelfix_index, tmp_path: Path
) -> None:
    """Each gets the newest version that was there when it began, or one that came meanwhile."""
    folder = tmp_path / "packages"
    folder.mkdir()
    (tmp_path / "nginx").mkdir()
    runs = Runs(folder, wheelfix_index.done)
    with servers.nginx(folder, tmp_path / "nginx") as server, runs.going_on():
        url = server.url if way == "nginx" else (folder / "simple").as_uri()
        for i in itertools.takewhile(lambda i: i < installs or runs.is_wanted(), itertools.count()):
            newest = runs.newest
            found = client_of(name).install(tmp_path / f"site{i}", "--index-url", url, "demo")
            projects = {text.rpartition("-")[0]: Version(text.rpartition("-")[2]) for text in found}
            assert projects.keys() == {"demo", "part"}
            assert min(projects.values()) >= newest
