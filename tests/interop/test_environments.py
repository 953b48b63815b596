"""Environments: doctor finds each module that the real Python can't load, wherever Python would find it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from libraries import build_library
from wheels import build_wheel

SUFFIX = ".abi3.so"


def add_module(folder: Path, name: str) -> None:
    """A module that needs a library which is nowhere."""
    path = folder.joinpath(*name.split(".")).with_suffix(SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build_library(f"needed libgone_{name.replace('.', '_')}.so.1 libc.so.6\n"))


def build_c(path: Path, code: str, *options: str | Path) -> None:
    compiler = ["gcc", "-shared", "-o", path, "-x", "c", "-", "-x", "none"]
    subprocess.run([*compiler, *options], input=code, text=True, check=True)


def failing(doctor, *arguments: str | Path, **environment: str) -> set[str]:
    """What doctor says cannot be opened."""
    run = subprocess.run(
        [doctor.program, "doctor", "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )
    assert run.returncode in (0, 1), run.stderr
    findings = json.loads(run.stdout)["findings"]
    return {found["message"] for found in findings if found["code"] == "import-fails"}


def really_failing(python: Path, names: list[str], **environment: str) -> set[str]:
    """What the Python says of those that it finds."""
    words = set()
    for name in names:
        run = subprocess.run(
            [python, "-c", f"import {name}"], capture_output=True, text=True, check=False, env=os.environ | environment
        )
        last = run.stderr.strip().splitlines()[-1]
        if not last.startswith("ModuleNotFoundError"):
            words.add(last.removeprefix("ImportError: "))
    return words


@pytest.fixture
def base() -> Path:
    """An interpreter that isn't a venv's."""
    return Path(sys.base_prefix, "bin/python3").resolve()


def make_venv(base: Path, folder: Path, *options: str) -> tuple[Path, Path]:
    """Its interpreter and its site-packages."""
    subprocess.run([base, "-m", "venv", "--without-pip", *options, folder], check=True)
    (site,) = folder.glob("lib/python3*/site-packages")
    return folder / "bin/python3", site


def test_doctor_finds_what_python_finds(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    project, on_path, linked, home = (tmp_path / name for name in ("project", "on_path", "linked", "home"))
    add_module(site, "plain")
    add_module(site, "package.inner")
    (site / "package/__init__.py").touch()
    add_module(site, "namespace.one")
    add_module(project, "namespace.two")
    add_module(project, "by_path_file")
    (site / "demo.pth").write_text(f"{project}\nimport sys\n{tmp_path / 'gone'}\n")
    add_module(on_path, "on_python_path")
    add_module(on_path, "plain.hidden")  # a namespace, which the module in site-packages precedes or not
    add_module(linked, "store.core")
    (linked / "store/__init__.py").touch()
    (site / "store").symlink_to(linked / "store")
    add_module(home / f".local/lib/{site.parent.name}/site-packages", "of_the_user")
    names = [
        "plain",
        "package.inner",
        "namespace.one",
        "namespace.two",
        "by_path_file",
        "on_python_path",
        "store.core",
        "of_the_user",
    ]
    environment = {"PYTHONPATH": str(on_path), "HOME": str(home)}
    expected = really_failing(python, names, **environment)
    assert len(expected) == 7, "a venv doesn't see the user's packages"
    told = failing(wheelfix, "--env", python, **environment)
    assert expected <= told
    assert failing(wheelfix, "--env", tmp_path / "venv", **environment) == told
    on_path_first = {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    assert failing(wheelfix, **environment, **on_path_first) == told


def test_a_venv_that_sees_the_system_sees_the_users_packages(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv", "--system-site-packages")
    home = tmp_path / "home"
    add_module(home / f".local/lib/{site.parent.name}/site-packages", "of_the_user")
    expected = really_failing(python, ["of_the_user"], HOME=str(home))
    assert len(expected) == 1
    assert expected <= failing(wheelfix, "--env", python, HOME=str(home))


def test_a_library_that_is_there_is_found(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    (libraries / "libgone_core.so.1").write_bytes(build_library("soname libgone_core.so.1\nneeded libc.so.6\n"))
    assert failing(wheelfix, "--env", python) == really_failing(python, ["core"])
    environment = {"LD_LIBRARY_PATH": str(libraries)}
    (words,) = really_failing(python, ["core"], **environment)
    assert "cannot open" not in words, "it has no PyInit_core"
    assert failing(wheelfix, "--env", python, **environment) == set()


def test_none_of_the_packages_code_runs(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    (site / "trap.pth").write_text(f"import sys; {trap}")
    for name in ("sitecustomize", "usercustomize", "platform", "json"):
        (site / f"{name}.py").write_text(trap)
    folder = tmp_path / "on_path"
    folder.mkdir()
    for name in ("os", "platform", "sysconfig", "site"):
        (folder / f"{name}.py").write_text(trap)
    failing(wheelfix, "--env", python, PYTHONPATH=str(folder), PYTHONSTARTUP=str(folder / "os.py"))
    assert not (tmp_path / "ran").exists()


def test_programs_of_packages_are_examined_in_a_process_of_their_own(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    program = python.parent / "tool"
    subprocess.run(["gcc", "-x", "c", "-", "-o", program], input="int main(void) { return 0; }", text=True, check=True)
    info = site / "tool-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"../../../bin/tool,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")
    assert "no errors" in wheelfix.done("doctor", "--env", python)


def test_a_library_that_is_elsewhere_is_named_with_the_way_back(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    (site / "renamed").mkdir()
    (site / "renamed/libgone_core.so.1").write_bytes(build_library("soname libgone_core.so.1\nneeded libc.so.6\n"))
    run = wheelfix("doctor", "--json", "--env", python)
    (finding,) = json.loads(run.stdout)["findings"]
    assert finding["message"] in really_failing(python, ["core"])
    assert str(site / "renamed/libgone_core.so.1") in finding["hint"]
    assert "install --force-reinstall" in finding["hint"] and "repair" not in finding["hint"]


@pytest.mark.parametrize(
    ("listed", "advice"),
    [
        (["core.abi3.so"], "`apt-file search libgone_core.so.1`"),
        (["core.abi3.so", "lib/libgone_core.so.1"], "install --force-reinstall --no-deps brings==1.0`"),
    ],
)
def test_what_no_record_lists_is_the_systems(
    wheelfix, base: Path, tmp_path: Path, listed: list[str], advice: str
) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    for name, files in {"core": ["core.abi3.so"], "brings": listed[1:]}.items():
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        rows = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD"]
        (info / "RECORD").write_text("".join(f"{row},,\n" for row in rows))
    findings = json.loads(wheelfix("doctor", "--json", "--env", python).stdout)["findings"]
    (hint,) = (finding["hint"] for finding in findings if finding["code"] == "import-fails")
    assert advice in hint


def test_a_wheel_may_need_a_package_of_a_known_system(wheelfix, tmp_path: Path) -> None:
    def report(name: str, *options: str) -> str:
        files = {"core.abi3.so": build_library(f"needed {name} libc.so.6\n")}
        wheel = build_wheel(tmp_path, "core", "1.0", files, tag="cp311-abi3-manylinux_2_17_x86_64")
        return wheelfix("doctor", *options, wheel).stdout

    assert "`apt-file search libgone.so.1`" in report("libgone.so.1", "--sysroot", "/")
    assert "apt-file" not in report("libgone.so.1")
    assert "apt-file" not in report("libcublas.so.99", "--sysroot", "/")


def test_an_empty_name_is_wrong_usage(wheelfix) -> None:
    refused = wheelfix("doctor", "--env", "")
    assert refused.returncode == 2 and "--env" in refused.stderr


def test_a_name_on_path_is_an_interpreter(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    path = {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    expected = really_failing(python, ["core"])
    for name in ("python3", python.resolve().name):
        assert failing(wheelfix, "--env", name, **path) == expected


def test_a_name_that_is_mistyped_starts_nothing(wheelfix, tmp_path: Path) -> None:
    program = tmp_path / "bin/venv"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o755)
    environment = {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    refused = wheelfix("doctor", "--env", "venv", env=environment)
    assert refused.returncode == 4 and refused.stderr.startswith("error: venv: doesn't exist\n")
    assert not (tmp_path / "started").exists()


def test_a_folder_with_nothing_but_a_namespace_package(wheelfix, base: Path, tmp_path: Path) -> None:
    add_module(tmp_path / "packages", "space.inner.core")
    (tmp_path / "packages/space/inner/__init__.py").touch()
    environment = {"PYTHONPATH": str(tmp_path / "packages")}
    expected = really_failing(base, ["space.inner.core"], **environment)
    assert len(expected) == 1
    assert failing(wheelfix, "--env", tmp_path / "packages") == expected


def test_a_package_given_as_a_relative_path_is_refused(wheelfix, base: Path, tmp_path: Path) -> None:
    _, site = make_venv(base, tmp_path / "venv")
    (site / "demo").mkdir()
    (site / "demo/__init__.py").touch()
    refused = wheelfix("doctor", ".", cwd=site / "demo")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1] == f"hint: give {site}"


def test_an_environment_outside_of_the_sysroot_is_refused(wheelfix, base: Path, tmp_path: Path) -> None:
    python, _ = make_venv(base, tmp_path / "venv")
    for sysroot in (tmp_path / "gone", tmp_path / "venv/bin"):
        assert wheelfix("doctor", "--env", python, "--sysroot", sysroot).returncode == 2


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "ended with status 3"),
        ("kill -9 $$", "was ended by signal 9"),
        ("echo rubbish", "didn't answer like a Python"),
        ("yes", "didn't answer like a Python"),
        ("exec ./gone", "library that it needs"),
    ],
)
def test_an_interpreter_that_fails_is_a_finding(wheelfix, tmp_path: Path, script: str, words: str) -> None:
    site = tmp_path / "env/lib/python3.11/site-packages"
    add_module(site, "core")
    program = tmp_path / "env/bin/python3"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    run = subprocess.run(
        [wheelfix.program, "doctor", "--json", "--env", tmp_path / "env"], capture_output=True, text=True, check=False
    )
    findings = {found["code"]: found["message"] for found in json.loads(run.stdout)["findings"]}
    assert words in findings["python-fails"]
    assert "import-fails" in findings
    assert run.returncode == 1


def test_a_library_of_ld_library_path_that_comes_before_the_packages_own(wheelfix, base: Path, tmp_path: Path) -> None:
    """Held to what the real loader maps."""
    python, site = make_venv(base, tmp_path / "venv")
    own, system = site / "nvidia/cudnn/lib", tmp_path / "cudnn"
    for folder, version in ((own, "8.9.2"), (system, "8.9.7")):
        folder.mkdir(parents=True)
        code = f"int version(void) {{ return {version[-1]}; }}"
        build_c(folder / f"libcudnn.so.{version}", code, "-Wl,-soname,libcudnn.so.8")
        (folder / "libcudnn.so.8").symlink_to(f"libcudnn.so.{version}")
    code = "int version(void); void *PyInit_core(void) { return version() ? 0 : 0; }"
    for kind, is_overridden in (("--enable-new-dtags", True), ("--disable-new-dtags", False)):
        build_c(site / "core.abi3.so", code, f"-Wl,{kind},-rpath,$ORIGIN/nvidia/cudnn/lib", own / "libcudnn.so.8")
        for folder in (system, own):
            environment = os.environ | {"LD_LIBRARY_PATH": str(folder)}
            load = f"import ctypes; ctypes.CDLL({str(site / 'core.abi3.so')!r}); print(open('/proc/self/maps').read())"
            maps = subprocess.run([python, "-c", load], env=environment, capture_output=True, text=True, check=True)
            (mapped,) = {line.split()[-1] for line in maps.stdout.splitlines() if "libcudnn" in line}
            assert (mapped == str(system / "libcudnn.so.8.9.7")) == (is_overridden and folder == system)
            run = wheelfix("doctor", "--json", "--env", python, env=environment)
            found = [one for one in json.loads(run.stdout)["findings"] if one["code"] == "overridden-library"]
            assert len(found) == (mapped != str(own / "libcudnn.so.8.9.2"))
            for finding in found:
                assert finding["path"] == "core.abi3.so"
                assert mapped in finding["message"] and "nvidia/cudnn/lib/libcudnn.so.8" in finding["message"]
                assert "LD_LIBRARY_PATH" in finding["hint"]


def test_parts_of_cudnn_that_it_opens_itself(wheelfix, base: Path, tmp_path: Path) -> None:
    """Held to what the real loader maps."""
    python, site = make_venv(base, tmp_path / "venv")
    own, system = site / "nvidia/cudnn/lib", tmp_path / "cudnn"
    for folder, version in ((own, "9.10.2"), (system, "9.1.0")):
        folder.mkdir(parents=True)
        build_c(folder / f"libcudnn_ops.so.{version}", "int ops;", "-Wl,-soname,libcudnn_ops.so.9")
        (folder / "libcudnn_ops.so.9").symlink_to(f"libcudnn_ops.so.{version}")
    opens = 'void *dlopen(char *, int); void *opened(void) { return dlopen("libcudnn_ops.so.9", 2); }'
    build_c(own / "libcudnn.so.9", opens, "-Wl,--enable-new-dtags,-rpath,$ORIGIN,-soname,libcudnn.so.9")
    load = f"import ctypes; ctypes.CDLL({str(own / 'libcudnn.so.9')!r}).opened(); print(open('/proc/self/maps').read())"
    for path in (system, tmp_path):
        environment = os.environ | {"LD_LIBRARY_PATH": str(path)}
        maps = subprocess.run([python, "-c", load], env=environment, capture_output=True, text=True, check=True)
        (mapped,) = {line.split()[-1] for line in maps.stdout.splitlines() if "libcudnn_ops" in line}
        run = wheelfix("doctor", "--json", "--env", python, env=environment)
        found = [one for one in json.loads(run.stdout)["findings"] if one["code"] == "overridden-library"]
        assert len(found) == (path == system)
        assert all(mapped in finding["message"] for finding in found)


def test_a_venv_whose_python_is_gone(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    add_module(site, "core")
    for name in ("python", "python3", python.resolve().name):
        (python.parent / name).unlink(missing_ok=True)
    (python.parent / "python").symlink_to("/gone/python3")
    run = wheelfix("doctor", "--json", "--env", tmp_path / "venv")
    found = {one["code"]: one for one in json.loads(run.stdout)["findings"]}
    assert set(found) == {"python-fails", "import-fails"}
    assert found["python-fails"]["severity"] == "error" and "/gone/python3" in found["python-fails"]["message"]
    # The advice works.
    (python.parent / "python").unlink()
    subprocess.run([base, "-m", "venv", "--without-pip", "--upgrade", tmp_path / "venv"], check=True)
    assert subprocess.run([tmp_path / "venv/bin/python", "-c", ""], check=False).returncode == 0


def test_an_editable_install_whose_project_is_gone(wheelfix, base: Path, tmp_path: Path) -> None:
    python, site = make_venv(base, tmp_path / "venv")
    project = tmp_path / "a project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "demo"\nversion = "1.0"\n[tool.setuptools]\npy-modules = ["demo"]\n'
    )
    (project / "demo.py").write_text("one = 1\n")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--editable", project]
    subprocess.run(install, check=True)
    assert "no errors" in wheelfix.done("doctor", "--env", python)
    project.rename(tmp_path / "moved")
    assert subprocess.run([python, "-c", "import demo"], capture_output=True, check=False).returncode == 1
    run = wheelfix("doctor", "--json", "--env", python)
    (finding,) = json.loads(run.stdout)["findings"]
    assert finding["code"] == "file-missing" and finding["severity"] == "error"
    assert str(project) in finding["message"]


def test_an_egg_link_to_a_project_that_is_gone(wheelfix, base: Path, tmp_path: Path) -> None:
    """As `setup.py develop` writes it, with its line in easy-install.pth."""
    python, site = make_venv(base, tmp_path / "venv")
    project = tmp_path / "project"
    project.mkdir()
    (project / "demo.py").touch()
    (site / "demo.egg-link").write_text(f"{project}\n.")
    (site / "easy-install.pth").write_text(f"{project}\n")
    command = [python, "-c", "import demo"]
    assert subprocess.run(command, check=False).returncode == 0
    assert "no errors" in wheelfix.done("doctor", "--env", python)
    project.rename(tmp_path / "moved")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    (finding,) = json.loads(wheelfix("doctor", "--json", "--env", python).stdout)["findings"]
    assert (finding["code"], finding["severity"], finding["path"]) == ("file-missing", "error", "demo.egg-link")
    assert str(project) in finding["message"]


def test_modules_tell_the_python_of_a_folder(wheelfix, tmp_path: Path) -> None:
    """A folder that isn't in a prefix, as pip install --target makes it."""
    for tag, name in (("cp311", "one"), ("cp311", "two"), ("cp312", "two")):
        (tmp_path / f"{name}.{tag.replace('cp', 'cpython-')}-x86_64-linux-gnu.so").write_bytes(
            build_library(f"soname {name}\nneeded lib_of_{tag}.so.1\n")
        )
    run = wheelfix("doctor", "--json", tmp_path)
    report = json.loads(run.stdout)
    assert "cp311" in report["verdict"]["python"]
    assert {one["message"].split(":")[0] for one in report["findings"] if one["code"] == "import-fails"} == {
        "lib_of_cp311.so.1"
    }
