"""torch 2.1.0 and what it requires under Bazel, by the rules of apps/bazel alone: the published wheels fail to import in a py_test, and patched
and repaired ones pass; then the same from a clean output base with a disk cache, and with a remote cache over HTTP, where no action of wheelfix runs;
and with deltas, of which a cache keeps kB. Says how long each takes and what the cache has.

    tests/real/bazel_torch.py WHEELS [--python PYTHON] [--scratch FOLDER]

WHEELS has the 22 wheels, for the Python. Needs Debian's Bazel and nginx, and 20 GB in FOLDER. The programs are those of $WHEELFIX_BUILD_DIR.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/interop"))

import bazel as bazel_kit  # noqa: E402
from bazel import Bazel  # noqa: E402

BUILD = """\
load("@bazel_tools//tools/python:toolchain.bzl", "py_runtime_pair")
load("@wheelfix//:defs.bzl", "wheelfix_library", "wheelfix_repair", "wheelfix_wheel")

py_runtime(
    name = "python_runtime",
    interpreter_path = "{python}",
    python_version = "PY3",
)

py_runtime_pair(
    name = "python_runtimes",
    py3_runtime = ":python_runtime",
)

toolchain(
    name = "python",
    toolchain = ":python_runtimes",
    toolchain_type = "@bazel_tools//tools/python:toolchain_type",
)

WHEELS = {{file.split("/")[1].split("-")[0].lower(): file for file in glob(["wheels/*.whl"])}}

wheelfix_wheel(
    name = "torch_patched",
    delta = {delta},
    jobs = 2,
    patches = ["torch.patch"],
    suffix = "fix.1",
    wheel = WHEELS["torch"],
)

USED = {{name: ":torch_patched" if name == "torch" and {repaired} else wheel for name, wheel in WHEELS.items()}}

wheelfix_repair(
    name = "set",
    delta = {delta},
    jobs = 2,
    layout = "split:lib/{{name}}",
    suffix = "local.1",
    wheels = USED.values(),
)

[wheelfix_library(
    name = "lib/" + name,
    cached = {cached},
    repaired = ":set" if {repaired} else None,
    wheel = wheel,
) for name, wheel in USED.items()]

py_test(
    name = "torch_test",
    size = "large",
    srcs = ["torch_test.py"],
    deps = ["lib/" + name for name in USED],
)
"""
TEST = "import torch\n\nprint(torch.__version__, torch.ones(3) + torch.tensor([1.0, 2.0, 3.0]))\n"
MISSING = "OSError: libnvJitLink.so.12: cannot open shared object file: No such file or directory"


def phase(bazel: Bazel, python: Path, title: str, expected: int, *options: str, **mode: bool) -> Counter:
    """Runs the test from a clean output base. Returns how many actions of wheelfix ran, by what they are."""
    bazel("clean")
    bazel.write(
        "BUILD", BUILD.format(**{"python": python.resolve(), "delta": False, "cached": True, "repaired": True, **mode})
    )
    begin = time.monotonic()
    log = bazel.scratch.parent / "log.json"
    result = bazel(
        "test",
        "--test_output=all",
        f"--execution_log_json_file={log}",
        "--extra_toolchains=//:python",
        *options,
        "//:torch_test",
    )
    seconds = time.monotonic() - begin
    assert (
        result.returncode == expected
    ), f"exit status {result.returncode}\n{result.stdout[-3000:]}{result.stderr[-3000:]}"
    assert (MISSING if expected else "tensor([2., 3., 4.])") in result.stdout + result.stderr, result.stdout[-3000:]
    actions = bazel_kit.read_log(log)
    ran = Counter(action["mnemonic"] for action in actions if action["runner"] != "remote cache hit")
    print(f"{title}: {'passes' if expected == 0 else 'fails'} in {seconds:.0f} s; ran {dict(ran)}", flush=True)
    return ran


def with_cache(bazel: Bazel, python: Path, title: str, option: str, cache: Path, mode: dict[str, bool]) -> None:
    phase(bazel, python, f"{title}, to be filled", 0, option, **mode)
    print(f"  it has {size_of(cache)}", flush=True)
    ran = phase(bazel, python, f"{title}, filled", 0, option, **mode)
    assert set(ran) <= ({"WheelfixJoin", "WheelfixUnpack"} if mode else set()), ran
    shutil.rmtree(cache)


def size_of(folder: Path) -> str:
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / 1e6:.3f} MB"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--scratch", type=Path)
    args = parser.parse_args()
    build = Path(os.environ["WHEELFIX_BUILD_DIR"])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=args.scratch)))
        programs = (build / "apps/wheelfix/wheelfix", build / "apps/wheelfix-index/wheelfix-index")
        bazel = stack.enter_context(bazel_kit.opened(folder, "torch", *programs))
        bazel.write("torch_test.py", TEST)
        shutil.copy(ROOT / "patches/torch-2.1.0/001-cuda-libs-preload.patch", bazel.workspace / "torch.patch")
        (bazel.workspace / "wheels").mkdir()
        for wheel in args.wheels.glob("*.whl"):
            (bazel.workspace / "wheels" / wheel.name).symlink_to(wheel.resolve())

        phase(bazel, args.python, "published", 3, repaired=False)
        deltas = {"delta": True, "cached": False}
        with_cache(bazel, args.python, "plain, disk cache", f"--disk_cache={folder / 'cache'}", folder / "cache", {})
        for name, mode in (("deltas", deltas), ("plain", {})):
            with bazel_kit.http_cache(folder / "remote") as url:
                with_cache(
                    bazel, args.python, f"{name}, remote cache", f"--remote_cache={url}", folder / "remote", mode
                )
    print("passed")


if __name__ == "__main__":
    main()
