"""`wheelfix doctor --host` with a driver that the test builds, in place of NVIDIA's."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from libraries import build_library
from wheels import File, build_wheel

FAKE = Path(__file__).parents[1] / "support/fake_cuda_driver.cpp"
MODULE = "demo/_C.cpython-311-x86_64-linux-gnu.so"
RUNTIME = "nvidia/cuda_runtime/lib/libcudart.so.12"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a libcuda.so.1."""
    folder = tmp_path_factory.mktemp("driver")
    options = ["-shared", "-fPIC", "-Wl,-soname,libcuda.so.1"]
    subprocess.run(["g++", *options, FAKE, "-o", folder / "libcuda.so.1"], check=True)
    return folder


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    module = build_library("needed libcudart.so.12 libcuda.so.1 libc.so.6\nrunpath $ORIGIN/../nvidia/cuda_runtime/lib")
    runtime = build_library("soname libcudart.so.12")
    return [
        build_wheel(tmp_path, "demo", "1.0", {MODULE: File(module)}, tag="cp311-cp311-manylinux_2_17_x86_64"),
        build_wheel(
            tmp_path,
            "nvidia_cuda_runtime_cu12",
            "12.1.105",
            {RUNTIME: File(runtime)},
            tag="py3-none-manylinux_2_17_x86_64",
        ),
    ]


def environment(driver: Path, cuda: int, gpus: str = "9.0 H100;9.0 H100") -> dict[str, str]:
    return {"LD_LIBRARY_PATH": str(driver), "FAKE_CUDA": str(cuda), "FAKE_GPUS": gpus}


def has_toolkit(build_dir: Path) -> bool:
    cache = (build_dir / "CMakeCache.txt").read_text()
    if "WHEELFIX_STATIC_PROGRAMS:BOOL=ON" in cache:
        return False
    library = re.search(r"^CUDA_cudart_static_LIBRARY:FILEPATH=(.+)$", cache, re.MULTILINE)
    return library is not None and not library[1].endswith("NOTFOUND")


def test_the_driver_that_the_loader_finds_is_asked(wheelfix, wheels, driver, build_dir) -> None:
    plain = json.loads(wheelfix.done("doctor", "--json", *wheels))["findings"]
    assert [finding["code"] for finding in plain] == ["needs-driver"]

    result = wheelfix("doctor", "--json", "--host", *wheels, env=environment(driver, 12040))
    findings = {finding["code"]: finding for finding in json.loads(result.stdout)["findings"]}
    assert result.returncode == 0
    assert findings["host-cuda"]["severity"] == "note"
    assert findings["host-cuda"]["wheel"] is None
    message = findings["host-cuda"]["message"]
    assert message.startswith("this machine has NVIDIA's driver")
    assert message.endswith("for CUDA 12.4, and 2 x H100 (compute capability 9.0); the wheels are for CUDA 12.1")
    assert "needs-driver" not in findings
    # CUDA's own runtime is asked if it was built in. What it makes of this driver is its own affair.
    unasked = findings.get("host-not-asked", {}).get("message", "")
    assert ("built without the CUDA Toolkit" in unasked) != has_toolkit(build_dir)


def test_a_driver_that_is_too_old_is_an_error(wheelfix, wheels, driver) -> None:
    result = wheelfix("doctor", "--host", "-q", *wheels, env=environment(driver, 11040))
    assert result.returncode == 1
    error, place, hint, *_ = result.stdout.splitlines()
    assert error.startswith(
        "error: CUDA driver version is insufficient for CUDA runtime version: the wheels are for CUDA 12.1, and this "
        "machine's NVIDIA driver"
    )
    assert error.endswith("is for CUDA 11.4 [host-driver-too-old]")
    assert place.strip() == f"in {wheels[1].name}: {RUNTIME}"
    assert hint == "  hint: update the NVIDIA driver to 525.60.13 or later, or use wheels for CUDA 11"


def test_a_machine_without_a_gpu_has_one_error_with_no_wheel(wheelfix, wheels, driver) -> None:
    result = wheelfix("doctor", "--host", *wheels, env={**environment(driver, 12040, ""), "FAKE_INIT": "100"})
    assert result.returncode == 1
    verdict, error, hint, *rest = result.stdout.splitlines()
    assert verdict.endswith(": 1 error")
    assert error == (
        "error: the NVIDIA driver finds no GPU that it can use, so CUDA doesn't work: cuInit of the CUDA "
        "driver failed with error 100: no CUDA-capable device is detected [host-no-gpu]"
    )
    assert hint.startswith("  hint: ")
    assert not any(line.startswith(("error", "warning", "note")) for line in rest)
