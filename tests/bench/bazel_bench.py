"""Wheels a second through the rule `wheelfix_wheel`, beside the plain command: COUNT small wheels, each with a patch of one line.

    tests/bench/bazel_bench.py [COUNT]

Needs Debian's Bazel. The programs are those of $WHEELFIX_BUILD_DIR.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))

import bazel as bazel_kit  # noqa: E402
from wheels import build_wheel  # noqa: E402

BUILD = """\
load("@wheelfix//:defs.bzl", "wheelfix_wheel")

[wheelfix_wheel(
    name = "w%d" % i,
    delta = {delta},
    patches = ["fix.patch"],
    suffix = "fix.1",
    wheel = "wheels/demo%d-1.0-py3-none-any.whl" % i,
) for i in range({count})]
"""
PATCH = "--- a/demo.py\n+++ b/demo.py\n@@ -1,1 +1,1 @@\n-one = 1\n+one = 2\n"


def timed(title: str, count: int, work: Callable[[], object]) -> None:
    begin = time.monotonic()
    work()
    seconds = time.monotonic() - begin
    print(f"{title}: {seconds:.1f} s, {count / seconds:.0f} wheels a second", flush=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    build = Path(os.environ["WHEELFIX_BUILD_DIR"])
    program = build / "apps/wheelfix/wheelfix"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with bazel_kit.opened(folder, "many", program, build / "apps/wheelfix-index/wheelfix-index") as bazel:
            bazel.write("fix.patch", PATCH)
            wheels = [
                build_wheel(
                    bazel.workspace / "wheels", f"demo{i}", "1.0", {"demo.py": "one = 1\n", "data.txt": f"{i}\n" * 5000}
                )
                for i in range(count)
            ]
            command = [
                program,
                "patch",
                "-q",
                "--jobs",
                "1",
                "-s",
                "fix.1",
                "--patch",
                bazel.workspace / "fix.patch",
                "-d",
                folder / "out",
            ]

            def run_commands() -> None:
                for wheel in wheels:
                    subprocess.run([*command, wheel], check=True, stdout=subprocess.DEVNULL)

            timed("the command, one after the other", count, run_commands)
            for delta in (False, True):
                words = " with deltas" if delta else ""
                bazel.write("BUILD", BUILD.format(count=count, delta=delta))
                bazel.done("build", "--nobuild", "//...")
                timed(f"the rule{words}", count, lambda: bazel.done("build", "//..."))
                timed(f"the rule{words}, again", count, lambda: bazel.done("build", "//..."))
                bazel.done("clean")
                cache = f"--disk_cache={folder / 'cache'}"
                bazel.done("build", cache, "//...")
                bazel.done("clean")
                timed(
                    f"the rule{words}, from a disk cache",
                    count,
                    lambda cache=cache: bazel.done("build", cache, "//..."),
                )
                bazel.done("clean")


if __name__ == "__main__":
    main()
