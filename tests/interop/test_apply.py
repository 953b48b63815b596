"""A project's recipes are applied to what uv installs, again after each reinstall, and uv's cache and pip's checks see
nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from wheels import build_wheel

UV = Path(sys.executable).with_name("uv")
RECIPE = """\
wheel = "demo"
versions = "==1.0"
remove = ["demo/old.py"]

[[add]]
entry = "demo/new.py"
file = "new.py"
"""
PATCH = """\
--- a/demo/__init__.py
+++ b/demo/__init__.py
@@ -1 +1 @@
-NAME = 'demo'
+NAME = 'patched'
"""
PYPROJECT = """\
[project]
name = "user"
version = "1"
requires-python = ">=3.8"
dependencies = ["demo==1.0"]

[tool.wheelfix]
patches = ["fixes"]
"""


class Project:
    """A project that uv syncs from a folder of wheels."""

    def __init__(self, root: Path, wheelfix) -> None:
        self.root, self.wheelfix = root, wheelfix
        wheels = root / "wheels"
        for version in ("1.0", "2.0"):
            build_wheel(wheels, "demo", version, {"demo/__init__.py": "NAME = 'demo'\n", "demo/old.py": "OLD = 1\n"})
        self.write("pyproject.toml", PYPROJECT)
        self.write("fixes/demo/wheelfix.toml", RECIPE)
        self.write("fixes/demo/a.patch", PATCH)
        self.write("fixes/demo/new.py", "NEW = 1\n")
        self.environment = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "UV_CACHE_DIR": str(root / "cache"),
            "UV_FIND_LINKS": str(wheels),
            "UV_LINK_MODE": "hardlink",
            "UV_NO_CONFIG": "1",
            "UV_NO_INDEX": "1",
            "UV_OFFLINE": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def uv(self, *words: str | Path) -> str:
        done = subprocess.run([UV, *words], cwd=self.root, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def pip(self, subcommand: str, *words: str | Path) -> None:
        self.uv("pip", subcommand, "--python", self.root / ".venv/bin/python", *words)

    def apply(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return self.wheelfix("apply", *words, cwd=self.root)

    @property
    def site(self) -> Path:
        (site,) = self.root.glob(".venv/lib/python*/site-packages")
        return site

    def name(self) -> str:
        """As the venv's Python has it."""
        command = [self.root / ".venv/bin/python", "-c", "import demo; print(demo.NAME)"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def project(tmp_path: Path, wheelfix) -> Project:
    project = Project(tmp_path, wheelfix)
    project.uv("sync", "--python", sys.executable)
    return project


def test_recipes_are_applied_after_each_sync(project: Project) -> None:
    cached = {path: path.read_bytes() for path in project.root.glob("cache/archive-v0/*/demo/*.py")}
    assert len(cached) >= 2
    assert project.apply("--check").returncode == 1
    for _ in range(2):
        assert project.apply().returncode == 0
        assert project.name() == "patched"
        assert (project.site / "demo/new.py").exists()
        assert not (project.site / "demo/old.py").exists()
        assert project.apply("--check").returncode == 0
        assert "nothing to do" in project.apply().stderr
        assert {path: path.read_bytes() for path in cached} == cached
        project.uv("sync", "--python", sys.executable)  # uv sees no difference
        assert project.name() == "patched"
        project.pip("check")
        project.uv("sync", "--python", sys.executable, "--reinstall")
        assert project.name() == "demo"
        assert (project.site / "demo/old.py").exists()
        assert project.apply("--check").returncode == 1


def test_a_recipe_is_edited_further_while_it_is_applied(project: Project) -> None:
    wheelfix, root = project.wheelfix, project.root
    (root / "fixes/demo/wheelfix.toml").unlink()
    wheelfix.done("edit", "demo", "--env", ".venv", cwd=root)
    for number in range(3):
        (root / "demo-1.0/demo/__init__.py").write_text(f"NAME = 'edit {number}'\n")
        (root / f"demo-1.0/demo/new{number}.py").write_text("")
        wheelfix.done("commit", "demo-1.0", "-o", "fixes/edited", "--overwrite", cwd=root)
        assert project.apply().returncode == 0
        assert project.name() == f"edit {number}"
    (root / "demo-1.0/demo/new1.py").unlink()
    wheelfix.done("commit", "demo-1.0", "-o", "fixes/edited", "--overwrite", cwd=root)
    assert project.apply().returncode == 0
    assert {path.name for path in project.site.glob("demo/*.py")} == {"__init__.py", "old.py", "new0.py", "new2.py"}
    wheelfix.done("edit", "demo", "--env", ".venv", "-o", "again", cwd=root)
    wheelfix.done("commit", "again", "-o", "same", cwd=root)
    assert (root / "same/demo.patch").read_bytes() == (root / "fixes/edited/demo.patch").read_bytes()
    wheelfix.done("undo", "--env", ".venv", cwd=root)
    wheel = root / "wheels/demo-1.0-py3-none-any.whl"
    assert wheelfix.done("diff", wheel, "--env", ".venv", cwd=root) == ""
    assert project.apply("--check").returncode == 1


def test_uninstalling_leaves_nothing(project: Project) -> None:
    project.apply()
    project.pip("uninstall", "demo")
    assert list(project.site.glob("demo*")) == []
    assert project.apply("--check").returncode == 0


def test_a_package_that_was_patched_before_it_was_installed_is_left_alone(project: Project) -> None:
    wheel, folder = project.root / "wheels/demo-1.0-py3-none-any.whl", project.root / "patched"
    project.wheelfix.done("patch", "--suffix", "x.1", "-d", folder, "--patch-dir", project.root / "fixes/demo", wheel)
    project.pip("install", folder / "demo-1.0+x.1-py3-none-any.whl")
    assert project.name() == "patched"
    before = {path: path.stat().st_mtime_ns for path in project.site.rglob("*") if path.is_file()}
    for words in ((), ("--check",)):
        done = project.apply(*words)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert {path: path.stat().st_mtime_ns for path in project.site.rglob("*") if path.is_file()} == before
    project.write("fixes/demo/new.py", "NEW = 2\n")
    assert project.apply("--check").returncode == 3


def test_another_version_is_a_warning(project: Project) -> None:
    project.apply()
    project.pip("install", "demo==2.0")
    done = project.apply()
    assert done.returncode == 0
    assert done.stderr.startswith("warning: demo 2.0 is installed, and fixes/demo is for ==1.0\n")
    assert project.name() == "demo"


def test_a_recipe_that_no_longer_applies_changes_nothing(project: Project) -> None:
    project.write("fixes/demo/a.patch", PATCH.replace("-NAME = 'demo'", "-NAME = 'other'"))
    before = {path: path.stat().st_mtime_ns for path in project.site.rglob("*") if path.is_file()}
    for words in (("--check",), ()):
        done = project.apply(*words)
        assert done.returncode == 3
        assert "hunk 1 does not apply" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in project.site.rglob("*") if path.is_file()} == before


def test_the_environment_is_the_active_one_or_the_projects(project: Project) -> None:
    other = project.root / "other"
    project.uv("venv", "--python", sys.executable, other)
    environment = {"VIRTUAL_ENV": str(other)}
    done = project.wheelfix("apply", "--check", "-v", cwd=project.root, env=environment)
    assert "demo isn't installed (fixes/demo)" in done.stderr
    assert project.apply("--check").returncode == 1
