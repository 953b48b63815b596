"""Debian's Bazel in a workspace of its own, without a network: what it needs of other repositories is here or in Debian's packages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import servers

ROOT = Path(__file__).resolve().parents[2]
DEBIAN = {
    "rules_java": "rules/java",
    "rules_proto": "rules/proto",
    "bazel_skylib": "tools/skylib",
    "platforms": "tools/platforms",
}
# What Bazel 4.2.3 loads from rules_cc, each name as the native rule, and the one target that it wants of its tools for coverage.
NATIVE = """
cc_library cc_binary cc_test cc_import cc_toolchain cc_toolchain_suite cc_proto_library objc_library objc_import
fdo_prefetch_hints fdo_profile
""".split()
STUBS = {
    "rules_cc/WORKSPACE": "",
    "rules_cc/cc/BUILD": 'exports_files(["defs.bzl"])\n',
    "rules_cc/cc/defs.bzl": "".join(f"{name} = native.{name}\n" for name in NATIVE),
    "remote_coverage_tools/WORKSPACE": "",
    "remote_coverage_tools/BUILD": 'filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])\n',
}
WORKSPACE = """\
workspace(name = "demo")

local_repository(
    name = "wheelfix",
    path = "{rules}",
)

load("@wheelfix//:repositories.bzl", "wheelfix_local_programs", "wheelfix_repositories")

wheelfix_repositories()

wheelfix_local_programs(
    name = "wheelfix_here",
    index_program = "{index_program}",
    program = "{program}",
)

register_toolchains("@wheelfix_here//:toolchain")
"""
NGINX = """\
daemon off;
master_process off;
pid {scratch}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {scratch};
    proxy_temp_path {scratch};
    fastcgi_temp_path {scratch};
    uwsgi_temp_path {scratch};
    scgi_temp_path {scratch};
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port};
        root {scratch}/cache;
        dav_methods PUT;
        create_full_put_path on;
    }}
}}
"""


@dataclass(frozen=True)
class Bazel:
    """A workspace and its server, which `opened` shuts down."""

    workspace: Path
    scratch: Path
    program: Path  # those of its toolchain
    index_program: Path

    def __call__(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        startup = [
            f"--output_user_root={self.scratch.parent / 'bazel-user'}",
            f"--output_base={self.scratch}",
            "--nosystem_rc",  # Debian's asks for the output of its sandbox; its other lines are here
            "--nohome_rc",
            "--install_base=/usr/share/bazel",
            "--trust_install_base",
            "--host_jvm_args=-Xmx1g",
        ]
        options = (
            [
                "--jobs=2",
                "--host_javabase=@local_jdk//:jdk",
                "--spawn_strategy=sandboxed",
                "--noshow_progress",
                *self.overrides(),
            ]
            if command in ("build", "test")
            else []
        )
        environment = {"HOME": str(self.scratch.parent), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            ["bazel", *startup, command, *options, *words],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )

    def done(self, command: str, *words: str) -> str:
        result = self(command, *words)
        assert result.returncode == 0, result.stderr
        return result.stderr

    def overrides(self) -> list[str]:
        places = {name: Path("/usr/share/bazel") / path for name, path in DEBIAN.items()}
        for path, text in STUBS.items():
            file = self.scratch.parent / "bazel-stubs" / path
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            places[path.split("/")[0]] = self.scratch.parent / "bazel-stubs" / path.split("/")[0]
        return [f"--override_repository={name}={place}" for name, place in places.items()]

    def actions(self, *words: str) -> list[dict[str, Any]]:
        """A build that must succeed, and the log of wheelfix's actions: those that ran, and those that a cache had."""
        log = self.scratch.parent / f"{self.scratch.name}.log.json"
        self.done("build", f"--execution_log_json_file={log}", *words)
        return read_log(log)

    def output(self, path: str) -> Path:
        return self.workspace / "bazel-bin" / path

    def write(self, path: str, text: str) -> None:
        file = self.workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def read_log(log: Path) -> list[dict[str, Any]]:
    """Wheelfix's actions of an execution log, which is JSON objects one after the other, by what they make."""
    decoder, text, at = json.JSONDecoder(), log.read_text(), 0
    found = []
    while at < len(text):
        action, end = decoder.raw_decode(text, at)
        at = end + len(text[end:]) - len(text[end:].lstrip())
        if action["mnemonic"].startswith("Wheelfix"):
            found.append(action)
    return sorted(found, key=lambda action: action["listedOutputs"])


@contextmanager
def opened(folder: Path, name: str, program: Path, index_program: Path) -> Iterator[Bazel]:
    """A workspace `name` below a folder, which is made with a toolchain of these programs."""
    bazel = Bazel(folder / name, folder / f"{name}-base", program, index_program)
    bazel.write("WORKSPACE", WORKSPACE.format(rules=ROOT / "apps/bazel", program=program, index_program=index_program))
    try:
        yield bazel
    finally:
        bazel("shutdown")


@contextmanager
def http_cache(scratch: Path) -> Iterator[str]:
    """nginx as a remote cache; its URL."""
    (scratch / "cache").mkdir(parents=True)

    def command(port: int) -> list[str | Path]:
        (scratch / "nginx.conf").write_text(NGINX.format(scratch=scratch, port=port))
        return [servers.program("nginx"), "-e", "stderr", "-p", scratch, "-c", scratch / "nginx.conf"]

    with servers.running(command, scratch) as server:
        yield f"http://127.0.0.1:{server.port}"
