"""The released programs need nothing of the system: no loader, no library, no other file.

    ./cmake/release.sh
    build-dev/venv/bin/python -m pytest tests/real/static_programs.py

As root, because it runs them in a folder as the root of the file system. With $WHEELFIX_RELEASE_AGAIN, a dist/ that was made in another folder,
both must have the same bytes.
"""

from __future__ import annotations

import filecmp
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

from libraries import build_library  # noqa: E402
from released import DIST, unpacked_release  # noqa: E402
from wheels import build_wheel  # noqa: E402

STATIC = ["bin/wheelfix", "bin/wheelfix-index", "libexec/wheelfix/wheelfix-lief"]
PROGRAMS = [*STATIC, "libexec/wheelfix/wheelfix-host"]
MOST_BYTES = 12_000_000
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+ONE\n"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked_release("x86_64", tmp_path_factory.mktemp("release"))


@pytest.fixture
def empty_root(release: Path, tmp_path: Path) -> Path:
    """A file system with the release, a wheel with a library, and a patch."""
    root = tmp_path / "root"
    shutil.copytree(release, root)
    library = build_library("soname lib.so\nneeded libc.so.6\nrunpath $ORIGIN/../demo.libs")
    build_wheel(root, "demo", "1.0", {"demo/__init__.py": "one\n", "demo/lib.so": library}, tag="py3-none-linux_x86_64")
    (root / "fix.patch").write_text(PATCH)
    return root


def run_in(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    def enter() -> None:
        os.chroot(root)
        os.chdir("/")

    return subprocess.run(words, preexec_fn=enter, capture_output=True, text=True, env={}, check=False)


@pytest.mark.parametrize("name", STATIC)
def test_it_asks_for_no_loader_and_no_library(release: Path, name: str) -> None:
    with (release / name).open("rb") as file:
        program = ELFFile(file)
        types = [segment.header.p_type for segment in program.iter_segments()]
        (dynamic,) = [segment for segment in program.iter_segments() if segment.header.p_type == "PT_DYNAMIC"]
        assert program.header.e_type == "ET_DYN"  # lies anywhere in memory
        assert "PT_INTERP" not in types
        assert [tag for tag in dynamic.iter_tags() if tag.entry.d_tag == "DT_NEEDED"] == []
        assert program.get_section_by_name(".symtab") is None
        assert program.get_section_by_name(".debug_info") is None


def test_the_helper_that_loads_the_driver_needs_glibc_alone(release: Path) -> None:
    with (release / "libexec/wheelfix/wheelfix-host").open("rb") as file:
        tags = ELFFile(file).get_section_by_name(".dynamic").iter_tags()
        needed = {tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"}
    assert needed <= {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_is_small_and_names_no_folder_that_it_was_built_in(release: Path, name: str) -> None:
    content = (release / name).read_bytes()
    assert len(content) < MOST_BYTES
    assert str(ROOT).encode() not in content


def test_all_commands_run_in_an_empty_root(empty_root: Path) -> None:
    wheel, patched = "demo-1.0-py3-none-linux_x86_64.whl", "demo-1.0+fix.1-py3-none-linux_x86_64.whl"
    for words in [
        ["/bin/wheelfix", "--version"],
        ["/bin/wheelfix", "patch", wheel, "--patch", "fix.patch", "--suffix", "fix.1", "--set-rpath", "demo/lib.so=$ORIGIN"],
        ["/bin/wheelfix", "verify", patched],
        ["/bin/wheelfix", "diff", wheel, patched],
        ["/bin/wheelfix", "inspect", patched],
        ["/bin/wheelfix", "doctor", patched],
        ["/bin/wheelfix-index", "/"],
    ]:
        run = run_in(empty_root, *words)
        assert run.returncode == 0, f"{words}\n{run.stdout}{run.stderr}"
    assert (empty_root / patched).exists()
    assert (empty_root / "simple/demo/index.html").exists()


def test_an_upstream_is_found_by_its_name_in_an_empty_root(empty_root: Path) -> None:
    """By /etc/hosts, though nsswitch.conf puts other services first, whose libraries would be of another glibc."""
    (empty_root / "etc").mkdir()
    (empty_root / "etc/hosts").write_text("127.0.0.1 upstream.test\n")
    (empty_root / "etc/nsswitch.conf").write_text("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n")

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b'<a href="/demo-1.0.tar.gz">demo-1.0.tar.gz</a>')

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://upstream.test:{server.server_port}"
        run = run_in(empty_root, "/bin/wheelfix-index", "/", "--upstream", url)
        server.shutdown()
    assert run.returncode == 0, run.stderr
    assert f'href="{url}/demo-1.0.tar.gz"' in (empty_root / "simple/demo/index.html").read_text()


def test_lief_reads_a_library_too(release: Path, empty_root: Path) -> None:
    run = subprocess.run(
        [release / "bin/wheelfix", "inspect", "--cross-check", "--json", release / "libexec/wheelfix/wheelfix-host"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert '"outcome": "agrees"' in run.stdout


def test_a_second_run_of_doctor_uses_what_the_first_kept(release: Path, empty_root: Path, tmp_path: Path) -> None:
    """It knows its own build, by the linker's build ID. What is newer than two seconds isn't kept."""
    time.sleep(2.5)
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([release / "bin/wheelfix", "doctor", *empty_root.glob("*.whl")], env=env, check=True)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] != []


def test_without_the_helper_the_driver_is_not_asked(release: Path, tmp_path: Path) -> None:
    """With it the driver is asked: tests/cli/test_doctor_host.py, which is run below."""
    module = build_library("needed libcudart.so.12 libc.so.6\nrunpath $ORIGIN")
    files = {"demo/_C.cpython-311-x86_64-linux-gnu.so": module, "demo/libcudart.so.12": build_library("soname libcudart.so.12")}
    wheel = build_wheel(tmp_path, "demo", "1.0", files, tag="cp311-cp311-manylinux_2_17_x86_64")
    missing, unusable = tmp_path / "missing", tmp_path / "unusable"
    unusable.mkdir()
    helper = unusable / "wheelfix-host"
    helper.write_text("#!/of/another/system\n")
    helper.chmod(0o755)
    begins = "the NVIDIA driver was not asked: a static wheelfix can't load its library, and "
    for folder, reason in {
        missing: f"{missing}/wheelfix-host, which WHEELFIX_LIBEXEC leads to, is not a program",
        unusable: f"{helper} can't be started on this system",
    }.items():
        words = [release / "bin/wheelfix", "doctor", "--host", "--json", wheel]
        run = subprocess.run(words, env={"WHEELFIX_LIBEXEC": str(folder)}, capture_output=True, text=True, check=False)
        said = [finding["message"] for finding in json.loads(run.stdout)["findings"] if finding["code"] == "host-not-asked"]
        assert begins + reason in said


@pytest.mark.parametrize("test", ["cli/test_scenarios.py", "cli/test_doctor_host.py", "binary/test_lief_helper.py"])
def test_they_behave_like_those_of_other_builds(test: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "pytest", "--quiet", f"--basetemp={tmp_path / 'tests'}", ROOT / "tests" / test]
    run = subprocess.run(
        words, env={**os.environ, "WHEELFIX_BUILD_DIR": str(ROOT / "build-static")}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_a_release_made_in_another_folder_has_the_same_bytes() -> None:
    again = os.environ.get("WHEELFIX_RELEASE_AGAIN")
    if again is None:
        pytest.skip("set WHEELFIX_RELEASE_AGAIN to the dist/ of another folder")
    names = sorted(path.name for path in DIST.iterdir())
    assert names == sorted(path.name for path in Path(again).iterdir())
    assert filecmp.cmpfiles(DIST, again, names, shallow=False) == (names, [], [])
