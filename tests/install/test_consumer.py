"""Others can build against the installed tree, by find_package and pkg-config, and need no other headers."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from wheels import build_wheel

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "tests/consumer"
HEADERS = sorted((ROOT / "lib/include/wheelfix").glob("*.hpp"))
PATCH = "--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+ONE\n"


SECOND_READING = """#include <iostream>
#include <wheelfix/wheelfix.hpp>

int main(int, char** argv) {
  std::cout << to_string(cross_check_file(wheelfix::read_library_file(argv[0])).outcome);
}
"""


@pytest.fixture(scope="module")
def prefix(build_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed tree, moved, because it must not depend on its place."""
    folder = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", build_dir, "--prefix", folder / "first")
    return (folder / "first").rename(folder / "moved")


@pytest.fixture(scope="module")
def compiler(build_dir: Path) -> str:
    cache = (build_dir / "CMakeCache.txt").read_text()
    return re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache, re.MULTILINE)[1]


@pytest.fixture(scope="module")
def by_find_package(prefix: Path, compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = tmp_path_factory.mktemp("cmake")
    run(
        "cmake",
        "-G",
        "Ninja",
        "-S",
        CONSUMER,
        "-B",
        build,
        f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={compiler}",
    )
    run("cmake", "--build", build)
    return build / "consumer"


@pytest.fixture(scope="module")
def by_pkg_config(prefix: Path, compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("pkg-config") / "consumer"
    (pc_file,) = prefix.rglob("wheelfix.pc")
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc_file.parent)}
    flags = shlex.split(run("pkg-config", "--cflags", "--libs", "wheelfix", env=env))
    libraries = f"-Wl,-rpath,{pc_file.parent.parent}"
    run(compiler, CONSUMER / "consumer.cpp", "-o", program, *flags, libraries)
    return program


@pytest.fixture(params=["by_find_package", "by_pkg_config"])
def consumer(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    (tmp_path / "fix.patch").write_text(PATCH)
    return build_wheel(tmp_path, "demo", "1.0", {"demo/__init__.py": "one\n", "demo/data": os.urandom(1 << 20)})


def test_a_consumer_patches_a_wheel(consumer: Path, wheel: Path) -> None:
    said = run(consumer, wheel, "fix.patch", "out", cwd=wheel.parent)
    written = "out/demo-1.0+consumer.1-py3-none-any.whl"
    assert said == f"patched demo/__init__.py\nwrote {written}, telling how far it was\nfindings 0\n"
    assert (wheel.parent / written).exists()


def test_a_consumer_cancels(consumer: Path, wheel: Path) -> None:
    result = subprocess.run(
        [consumer, wheel.name, "fix.patch", "out", "cancel"], cwd=wheel.parent, capture_output=True, text=True
    )
    assert result.returncode == 4
    assert result.stderr.endswith(" (cancelled)\n")
    assert not (wheel.parent / "out").exists()


def test_the_installed_program_runs(prefix: Path) -> None:
    assert run(prefix / "bin/wheelfix", "--version").startswith("wheelfix ")


def test_the_installed_program_finds_the_helper_that_reads_libraries_again(prefix: Path) -> None:
    program = prefix / "bin/wheelfix"
    (inspected,) = json.loads(run(program, "inspect", "--json", "--cross-check", program))["wheels"]
    (library,) = inspected["libraries"]
    assert library["cross_check"] == {"outcome": "agrees", "text": None}


def test_the_installed_program_finds_the_recipes_that_come_with_it(prefix: Path) -> None:
    recipes = json.loads(run(prefix / "bin/wheelfix", "recipes", "--json"))["recipes"]
    shipped = sorted(path.parent.name for path in (ROOT / "patches").glob("*/wheelfix.toml"))
    assert [Path(recipe["folder"]) for recipe in recipes] == [prefix / "share/wheelfix/patches" / name for name in shipped]


def test_a_program_elsewhere_finds_the_helper_of_the_shared_library(
    prefix: Path, build_dir: Path, compiler: str, tmp_path: Path
) -> None:
    built = build_dir / "tests/install/libwheelfix_shared.so"
    if not built.exists():
        pytest.skip("no shared library is made in a sanitized build")
    (pc_file,) = prefix.rglob("wheelfix.pc")
    folder = pc_file.parent.parent
    library = Path(shutil.copy(built, folder / "libwheelfix_shared.so.0"))
    (tmp_path / "tool.cpp").write_text(SECOND_READING)
    flags = ["-std=c++20", "-I", prefix / "include", f"-Wl,-rpath,{folder}", "-o", tmp_path / "tool"]
    run(compiler, tmp_path / "tool.cpp", library, *flags)
    assert run(tmp_path / "tool") == "agrees"


def test_one_header_includes_all(prefix: Path) -> None:
    included = re.findall(r"<wheelfix/(\w+\.hpp)>", (prefix / "include/wheelfix/wheelfix.hpp").read_text())
    assert included == [path.name for path in HEADERS if path.name != "wheelfix.hpp"]


def test_the_configurations_of_web_servers_are_installed(prefix: Path) -> None:
    for name in ["nginx.conf", "Caddyfile"]:
        assert (prefix / "share/wheelfix" / name).read_text() == (ROOT / "apps/wheelfix-index" / name).read_text()


def test_the_schemas_of_documents_are_installed(prefix: Path) -> None:
    schemas = sorted([*(ROOT / "apps/wheelfix/schema").iterdir(), *(ROOT / "apps/wheelfix-index/schema").iterdir()])
    installed = sorted((prefix / "share/wheelfix/schema").iterdir())
    assert {path.name: path.read_text() for path in installed} == {path.name: path.read_text() for path in schemas}


def test_the_rules_for_bazel_are_installed(prefix: Path) -> None:
    rules = ROOT / "apps/bazel"
    installed = prefix / "share/wheelfix/bazel"
    files = {path.relative_to(rules): path.read_text() for path in rules.rglob("*") if path.is_file()}
    assert {path.relative_to(installed): path.read_text() for path in installed.rglob("*") if path.is_file()} == files


def test_all_headers_are_installed(prefix: Path) -> None:
    assert sorted(path.name for path in (prefix / "include/wheelfix").iterdir()) == [path.name for path in HEADERS]


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.stem)
def test_a_header_compiles_alone(header: Path, compiler: str, tmp_path: Path) -> None:
    source = tmp_path / "alone.cpp"
    source.write_text(f"#include <wheelfix/{header.name}>\n#include <wheelfix/{header.name}>\n")
    # CMake's default is GNU's dialect, which has more macros.
    run(compiler, "-std=gnu++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", header.parents[1], source)


@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.stem)
def test_a_header_includes_the_standard_library_and_wheelfix_alone(header: Path) -> None:
    included = re.findall(r"^\s*#\s*include\s*(\S+)", header.read_text(), re.MULTILINE)
    own = {f"<wheelfix/{path.name}>" for path in HEADERS}
    assert [name for name in included if name not in own and not re.fullmatch("<[a-z_]+>", name)] == []


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}"
    return result.stdout
