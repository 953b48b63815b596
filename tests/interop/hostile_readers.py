"""What zipfile, pip and uv make of hostile wheels, beside what their central directories say that they hold."""

from __future__ import annotations

import functools
import http.server
import io
import json
import os
import subprocess
import sys
import threading
import urllib.parse
import zipfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import clients
from hostile_kit import HostileWheel

WORKERS = max(4, os.cpu_count() or 1)  # most of a run's time is its start
SAME, OTHER, REFUSED = "same", "other", "refuses"
OF_INSTALLER = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}  # of dist-info
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """A row's wheel, written into a folder of its own."""

    wheel: HostileWheel
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / self.wheel.file_name

    def target(self, installer: str) -> Path:
        return self.folder / installer / "target"


def write(wheels: Iterable[HostileWheel], folder: Path) -> list[Case]:
    cases = [Case(wheel, folder / wheel.name) for wheel in wheels]
    for case in cases:
        case.folder.mkdir(parents=True)
        case.path.write_bytes(case.wheel.content)
    return cases


def by_zipfile(case: Case) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(case.wheel.content)) as archive:
            found = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # of many kinds: BadZipFile, zlib.error, OverflowError, struct.error
        return REFUSED
    return SAME if sorted(found) == sorted(case.wheel.files) else OTHER


def by_pip(cases: list[Case]) -> dict[str, str]:
    """By the rows' names."""
    jobs = []
    for case in cases:
        case.target("pip").parent.mkdir()
        jobs.append([str(case.path), str(case.target("pip")), str(case.folder / "pip.log")])
    environment = {"HOME": str(cases[0].folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, Path(__file__).with_name("install_by_pip.py")],
        input="".join(json.dumps(job) + "\n" for job in jobs),
        env=environment,
        cwd=cases[0].folder,
        capture_output=True,
        text=True,
        check=True,
    )
    statuses = dict(map(json.loads, run.stdout.splitlines()))
    return {case.wheel.name: outcome(case, "pip", statuses[str(case.target("pip"))]) for case in cases}


def by_uv(cases: list[Case], home: Path) -> dict[str, str]:
    """By the rows' names. For a file on disk it uses the central directory."""
    return installed_by_uv(cases, home, "uv", lambda case: case.path)


def by_uv_from_server(cases: list[Case], home: Path) -> dict[str, str]:
    """As from an index: uv reads what it downloads front to back, by the local headers."""
    folder = cases[0].folder.parent
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/"
            return installed_by_uv(cases, home, "uv-from-server", lambda case: address + path_in_url(case, folder))
        finally:
            server.shutdown()


def path_in_url(case: Case, folder: Path) -> str:
    return urllib.parse.quote(case.path.relative_to(folder).as_posix())


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def installed_by_uv(cases: list[Case], home: Path, name: str, place: Callable[[Case], Path | str]) -> dict[str, str]:
    uv = clients.uv(home)
    options = ["--no-deps", "--no-index", "--no-progress", "--link-mode", "copy"]

    def install(case: Case) -> str:
        case.target(name).parent.mkdir()
        result = uv("install", *options, "--target", case.target(name), place(case))
        (case.folder / f"{name}.log").write_text(result.stdout + result.stderr)
        return outcome(case, name, result.returncode)

    with ThreadPoolExecutor(WORKERS) as workers:
        return dict(zip((case.wheel.name for case in cases), workers.map(install, cases), strict=True))


def outcome(case: Case, installer: str, status: int) -> str:
    if status != 0:
        return REFUSED
    strays = [path for path in case.target(installer).parent.iterdir() if path != case.target(installer)]
    return SAME if not strays and tree(case.target(installer)) == expected(case.wheel) else OTHER


def tree(target: Path) -> Files:
    paths = [path for path in target.rglob("*") if path.is_symlink() or not path.is_dir()]
    files = {path.relative_to(target).as_posix(): content_of(path) for path in paths}
    return {path: data for path, data in files.items() if is_of_wheel(path)}


def content_of(path: Path) -> bytes:
    return b"-> " + os.readlink(os.fsencode(path)) if path.is_symlink() else path.read_bytes()


def expected(wheel: HostileWheel) -> Files:
    """What is to be installed, by what the central directory says."""
    files = ((in_site_packages(path), data) for path, data in wheel.files if not path.endswith("/"))
    return {path: data for path, data in files if is_of_wheel(path)}


def in_site_packages(path: str) -> str:
    for scheme in ("purelib", "platlib", "data"):
        path = path.removeprefix(f"demo-1.0.data/{scheme}/")
    return path


def is_of_wheel(path: str) -> bool:
    """Not what installers write there themselves."""
    folder, _, file = path.partition("/")
    return path != ".lock" and folder != "bin" and not (folder.endswith(".dist-info") and file in OF_INSTALLER)
