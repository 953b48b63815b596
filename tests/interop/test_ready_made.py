"""The hooks for pre-commit and the action for GitHub do what they say: pre-commit runs the first, and a shell the steps of the other, with a stand-in
for the wheel of the programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from wheels import File, build_wheel

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / ".github/actions/wheelfix/action.yml"


class Repository:
    """A git repository whose .pre-commit-config.yaml has our hooks."""

    def __init__(self, root: Path, hooks: Path, program: Path, environment: dict[str, str]) -> None:
        self.root = root
        self.environment = {
            **environment,
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "HOME": str(root.parent),
            "PRE_COMMIT_HOME": str(root.parent / "cache"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        root.mkdir()
        self.git("init", "--quiet")
        revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True).stdout.strip()
        ids = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
        config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": name} for name in ids]}]}
        (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, env=self.environment, capture_output=True, check=True)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        self.git("add", "--all")
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never", *words]
        return subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True)


@pytest.fixture
def repository(wheelfix, tmp_path: Path) -> Repository:
    hooks = tmp_path / "hooks"  # what pre-commit clones
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    author = ["-c", "user.name=x", "-c", "user.email=x@localhost"]
    for words in (["init", "--quiet"], ["add", "--all"], [*author, "commit", "--quiet", "-m", "hooks"]):
        subprocess.run(["git", *words], cwd=hooks, check=True)
    return Repository(tmp_path / "project", hooks, wheelfix.program, wheelfix.environment({}))


def test_a_damaged_wheel_is_not_committed(repository: Repository) -> None:
    wheel = build_wheel(repository.root, "demo", "1.0", {"demo/__init__.py": "one\n"})
    result = repository.run("wheelfix-verify")
    assert (result.returncode, "Passed" in result.stdout) == (0, True), result.stdout
    wheel.write_bytes(wheel.read_bytes()[:-30])
    result = repository.run("wheelfix-verify")
    assert result.returncode == 1
    assert wheel.name in result.stdout


def test_a_project_whose_patches_are_not_applied_is_told_so_and_a_checkout_applies_them(repository: Repository) -> None:
    site = repository.root.parent / "site"
    wheel = build_wheel(repository.root.parent, "demo", "1.0", {"demo/__init__.py": "one\n"})
    subprocess.run(["unzip", "-q", wheel, "-d", site], check=True)
    recipe = repository.root / "patches/demo-1.0"
    recipe.mkdir(parents=True)
    (recipe / "wheelfix.toml").write_text('wheel = "demo"\nversions = "==1.0"\n')
    (recipe / "demo.patch").write_text("--- a/demo/__init__.py\n+++ b/demo/__init__.py\n@@ -1 +1 @@\n-one\n+two\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", repository.root.parent / "venv"], check=True)
    (packages,) = (repository.root.parent / "venv/lib").glob("python*/site-packages")
    shutil.copytree(site, packages, dirs_exist_ok=True)
    repository.environment["VIRTUAL_ENV"] = str(repository.root.parent / "venv")
    result = repository.run("wheelfix-check")
    assert result.returncode == 1
    assert "isn't applied: demo 1.0 (patches/demo-1.0)" in result.stdout
    assert repository.run("wheelfix-apply", "--hook-stage", "post-merge").returncode == 0
    assert (packages / "demo/__init__.py").read_text() == "two\n"
    assert repository.run("wheelfix-check").returncode == 0


class Steps:
    """The steps of the action, run as GitHub's runner runs them."""

    def __init__(self, folder: Path, package: Path) -> None:
        self.folder, self.package = folder, package
        self.steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
        for name in ["GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]:
            (folder / name).touch()
        (folder / "temp").mkdir()

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """The first step, or if there is a command the other."""
        install, run = self.steps
        assert (install.get("if"), run["if"]) == (None, "inputs.run != ''")
        step = run if command else install
        inputs = {"package": str(self.package), "run": command}
        environment = {name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: inputs[match[1]], text) for name, text in step["env"].items()}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        line = ["bash", "--noprofile", "--norc", "-eo", "pipefail", script]
        return subprocess.run(line, cwd=self.folder, env=self.environment() | environment, capture_output=True, text=True)

    def environment(self) -> dict[str, str]:
        added = (self.folder / "GITHUB_PATH").read_text().split()
        files = {name: str(self.folder / name) for name in ["GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]}
        return {**files, "PATH": ":".join([*reversed(added), os.environ["PATH"]]), "RUNNER_TEMP": str(self.folder / "temp"), "HOME": str(self.folder)}


@pytest.fixture(scope="module")
def steps(build_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """After the first one, which installs a wheel whose programs are those that were built."""
    folder = tmp_path_factory.mktemp("action")
    programs = {
        f"wheelfix-0.1.0.data/scripts/{name}": File(f'#!/bin/sh\nexec {build_dir}/apps/{name}/{name} "$@"\n'.encode(), 0o755)
        for name in ["wheelfix", "wheelfix-index"]
    }
    steps = Steps(folder, build_wheel(folder / "dist", "wheelfix", "0.1.0", programs))
    done = steps.run("")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wheelfix 0.1.0\n")
    return steps


def test_the_action_installs_the_programs(steps: Steps) -> None:
    folder = steps.folder / "temp/wheelfix/programs"
    assert (steps.folder / "GITHUB_OUTPUT").read_text() == f"folder={folder}\n"
    assert (steps.folder / "GITHUB_PATH").read_text() == f"{folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == ["wheelfix", "wheelfix-index"]


def test_the_action_runs_a_command(steps: Steps) -> None:
    build_wheel(steps.folder / "wheels", "demo", "1.0", {"demo/__init__.py": "one\n"})
    done = steps.run("verify wheels/*.whl")
    assert (done.returncode, done.stdout) == (0, "wheels/demo-1.0-py3-none-any.whl: 0 errors, 0 warnings\n")
    assert done.stdout in (steps.folder / "GITHUB_STEP_SUMMARY").read_text()


def test_the_action_fails_as_its_command_does_and_expands_nothing_but_globs(steps: Steps) -> None:
    done = steps.run("explain $(touch pwned) `touch pwned`; touch pwned")
    assert done.returncode == 2
    assert not (steps.folder / "pwned").exists()
    assert "no finding has the code" in (steps.folder / "GITHUB_STEP_SUMMARY").read_text()
