"""The recipes and templates for torch in patches/ do what they say, on small wheels that stand in for torch's."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from libraries import build_library
from wheels import build_wheel

PATCHES = Path(__file__).resolve().parents[2] / "patches"
STUB = "torch/lib/libtorch_global_deps.so"
SHARED_SITE = "$ORIGIN/../../nvidia/cublas/lib:$ORIGIN"
# What libraries of torch 2.1.0 need of others, as published for CUDA 12.1.
CUDA_NEEDED = {
    "torch/lib/libtorch_cpu.so": "libc10.so libgomp-a34b3233.so.1 libcupti.so.12 libcudart.so.12 libc.so.6",
    "torch/lib/libtorch_cuda.so": "libcudart.so.12 libcusparse.so.12 libcurand.so.10 libcufft.so.11 libnvToolsExt.so.1 "
    "libcudnn.so.8 libnccl.so.2 libcublas.so.12 libcublasLt.so.12 libc.so.6",
    "torch/lib/libtorch_cuda_linalg.so": "libcusolver.so.11 libcudart.so.12 libc.so.6",
    "torch/lib/libcaffe2_nvrtc.so": "libcuda.so.1 libnvrtc.so.12 libc.so.6",
}
CPU_NEEDED = {"torch/lib/libtorch_cpu.so": "libc10.so libgomp-6e1a1d1b.so.1.0.0 libc.so.6"}


def torch_wheel(folder: Path, needed: dict[str, str], version: str = "2.1.0", *others: str) -> Path:
    files = {path: build_library(f"rpath {SHARED_SITE}\nneeded {names}\n") for path, names in needed.items()}
    files |= {path: build_library("soname x.so\n") for path in others}
    return build_wheel(folder, "torch", version, files, tag="cp311-cp311-manylinux1_x86_64")


def dynamic_of(wheel: Path, entry: str) -> dict[str, list[str]]:
    """The names in a library's dynamic section, by their tags."""
    found: dict[str, list[str]] = {}
    for tag in ELFFile(io.BytesIO(zipfile.ZipFile(wheel).read(entry))).get_section_by_name(".dynamic").iter_tags():
        name = tag.entry.d_tag.removeprefix("DT_").lower()
        if name in ("needed", "soname", "rpath", "runpath"):
            found.setdefault(name, []).append(getattr(tag, name))
    return found


@pytest.mark.parametrize("recipe", sorted(PATCHES.rglob("wheelfix.toml")), ids=lambda path: path.parent.name)
def test_every_recipe_is_one(recipe: Path, wheelfix, tmp_path: Path) -> None:
    """It can be read, and refuses a wheel of another project."""
    wheel = build_wheel(tmp_path, "no-such-project", "2.1.0", {"a.py": ""})
    result = wheelfix("patch", "--patch-dir", recipe.parent, "--dry-run", wheel)
    assert result.returncode == 3
    assert result.stderr.startswith(f"error: {recipe}:"), result.stderr
    assert f"is for the project torch, but {wheel} isn't a wheel of it" in result.stderr


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        (
            CUDA_NEEDED,
            ["libcufft.so.11", "libcurand.so.10", "libcublas.so.12", "libcublasLt.so.12"]
            + ["libcudart.so.12", "libnvToolsExt.so.1", "libgomp-a34b3233.so.1"],
        ),
        (CPU_NEEDED, ["libgomp-6e1a1d1b.so.1.0.0"]),
    ],
    ids=["cuda", "cpu"],
)
def test_one_template_serves_torch_with_cuda_and_without(
    needed: dict[str, str], expected: list[str], wheelfix, tmp_path: Path
) -> None:
    wheel = torch_wheel(tmp_path, needed)
    template = PATCHES / "torch/global_deps.toml"
    patched = wheelfix.patch("-s", "deps.1", "-d", tmp_path / "new", "--stub", f"{STUB}={template}", wheel)
    assert dynamic_of(patched, STUB) == {
        "needed": expected,
        "soname": ["libtorch_global_deps.so"],
        "rpath": [SHARED_SITE],
    }


def test_the_split_recipe_has_the_loader_find_all_of_cuda(wheelfix, tmp_path: Path) -> None:
    wheel = torch_wheel(tmp_path, CUDA_NEEDED, "2.1.0", STUB)
    patched = wheelfix.patch("--patch-dir", PATCHES / "torch-cuda-split", "-d", tmp_path / "new", wheel)
    assert patched.name == "torch-2.1.0+split.1-cp311-cp311-manylinux1_x86_64.whl"
    stub = dynamic_of(patched, STUB)
    of_cuda = {name for names in CUDA_NEEDED.values() for name in names.split()} - {"libc.so.6", "libc10.so"}
    assert set(stub["needed"]) == of_cuda - {"libcuda.so.1"} | {"libnvJitLink.so.12"}
    folders = stub["rpath"][0].removeprefix(SHARED_SITE + ":").split(":")
    assert len(folders) == 12
    for folder in folders:
        project = folder.split("/")[4]
        assert folder == f"$ORIGIN/../../../{project}/nvidia/{project[len('nvidia_') : -len('_cu12')]}/lib"
    for path in CUDA_NEEDED:
        assert dynamic_of(patched, path)["rpath"] == stub["rpath"]


@pytest.mark.parametrize("version", ["2.1.1", "2.1.0+cu118", "2.1.0+cpu"])
def test_recipes_for_torch_2_1_0_refuse_other_builds(version: str, wheelfix, tmp_path: Path) -> None:
    wheel = torch_wheel(tmp_path, CPU_NEEDED, version)
    for recipe in ("torch-2.1.0", "torch-cuda-split"):
        result = wheelfix("patch", "--patch-dir", PATCHES / recipe, "-d", tmp_path / "new", wheel)
        assert result.returncode == 3
        assert f"is for torch ==2.1.0, !=2.1.0+cpu, !=2.1.0+cu118, and {wheel} is {version}\n" in result.stderr
