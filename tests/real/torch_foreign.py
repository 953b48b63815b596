"""Holds `wheelfix doctor` to what is known of torch's wheels for Windows and macOS: as published all but one load.

    build-dev/venv/bin/python tests/real/torch_foreign.py build/apps/wheelfix/wheelfix [WHEELS]

torch 2.4.0 for Windows doesn't: its fbgemm.dll needs libomp140.x86_64.dll, which comes with Visual Studio alone
(pytorch/pytorch issues 129568 and 131662), and its __init__.py loads it first. Copies are damaged: a DLL or dylib is
removed, with RECORD brought up to date and without; a torch_cuda.dll is added that needs CUDA's libraries; a dylib is
moved to where no LC_RPATH leads; an LC_RPATH is overwritten.

WHEELS: a folder with the wheels of WHEELS below; without it they are downloaded (0.7 GB). Needs 2 GB in $TMPDIR.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))

from foreign_images import build_dll
from foreign_libraries import read_by_macholib, read_by_pefile, read_pe_by_lief

WHEELS = {
    "windows": ("torch-2.1.0-cp311-cp311-win_amd64.whl", "win_amd64", "3.11"),
    "windows without OpenMP": ("torch-2.4.0-cp311-cp311-win_amd64.whl", "win_amd64", "3.11"),
    "new windows": ("torch-2.9.0-cp312-cp312-win_amd64.whl", "win_amd64", "3.12"),
    "arm mac": ("torch-2.1.0-cp311-none-macosx_11_0_arm64.whl", "macosx_11_0_arm64", "3.11"),
    "intel mac": ("torch-2.1.0-cp311-none-macosx_10_9_x86_64.whl", "macosx_10_9_x86_64", "3.11"),
}
WINDOWS_WORDS = ": The specified module could not be found."
CUDA = ["cudart64_12.dll", "cudnn64_8.dll"]


class Doctor:
    """The tool, and a folder for what it makes."""

    def __init__(self, wheelfix: str, folder: Path) -> None:
        self.wheelfix = wheelfix
        self.folder = folder

    def failures(self, wheel: Path) -> dict[str, dict]:
        """By module the import that fails; the exit status must fit."""
        begun = time.monotonic()
        command = [self.wheelfix, "doctor", "--json", wheel]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        findings = json.loads(run.stdout)["findings"]
        errors = [finding for finding in findings if finding["severity"] == "error"]
        assert run.returncode == (1 if errors else 0), run
        print(f"  {wheel.name}: {seconds:.2f} s, errors: {sorted({told(error) for error in errors})}")
        return {error["path"]: error for error in errors if error["code"] == "import-fails"}

    def patch(self, wheel: Path, suffix: str, *options: str) -> Path:
        command = [self.wheelfix, "patch", "--quiet", "--force", "--level", "1", "--suffix", suffix, "-d", self.folder, *options]
        run = subprocess.run([*command, wheel], capture_output=True, text=True, check=True)
        return Path(run.stdout.splitlines()[-1])

    def without(self, wheel: Path, entry: str) -> tuple[Path, Path]:
        """The wheel without an entry: with RECORD brought up to date, and unchanged."""
        return self.patch(wheel, "bare.1", "--remove", entry), stored_without(wheel, entry, self.folder)


def told(error: dict) -> str:
    return f"{error['message'].splitlines()[0]} [{error['code']}]"


def stored_without(wheel: Path, entry: str, folder: Path) -> Path:
    damaged = folder / "damaged" / wheel.name
    damaged.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(damaged, "w", zipfile.ZIP_STORED) as target:
        assert entry in source.namelist()
        for name in source.namelist():
            if name != entry:
                target.writestr(name, source.read(name))
    return damaged


def check_published(doctor: Doctor, wheels: dict[str, Path]) -> None:
    for name, wheel in wheels.items():
        failures = doctor.failures(wheel)
        if name != "windows without OpenMP":
            assert not failures, failures
            continue
        failure = failures["torch/_C.cp311-win_amd64.pyd"]
        assert failure["message"] == "libomp140.x86_64.dll" + WINDOWS_WORDS
        assert "needed by torch/lib/fbgemm.dll, loaded by torch/__init__.py" in failure["hint"]


def needs_of(wheel: Path) -> dict[str, list[str]]:
    """The file names that each library needs, as pefile and macholib read them."""
    needs = {}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if entry.endswith((".dll", ".pyd")):
                needs[entry] = read_by_pefile(archive.read(entry))[0].needed
            elif entry.endswith((".dylib", ".so")):
                needs[entry] = read_by_macholib(archive.read(entry))[0].needed
    return {entry: [name.split("/")[-1].lower() for name in names] for entry, names in needs.items()}


def modules_that_need(needs: dict[str, list[str]], lost: str) -> set[str]:
    """Those that lead to the library, by what needs what or by torch/__init__.py, which loads each lib/*.dll."""
    needed_by_name = {entry.split("/")[-1].lower(): names for entry, names in needs.items()}

    def leads_there(name: str, seen: set[str]) -> bool:
        seen.add(name)
        return name == lost or any(leads_there(n, seen) for n in needed_by_name.get(name, []) if n not in seen)

    modules = {entry: [entry.split("/")[-1].lower()] for entry in needs if "/_C." in entry}
    for entry, names in modules.items():
        if entry.startswith("torch/") and entry.endswith(".pyd"):
            names += [e.split("/")[-1] for e in needs if e.startswith("torch/lib/") and e.split("/")[-1] != lost]
    return {entry for entry, names in modules.items() if any(leads_there(name, set()) for name in names)}


def check_removed(doctor: Doctor, wheel: Path, needs: dict[str, list[str]], entry: str, words: str) -> None:
    """`words`, a regular expression, are said of each module that can't be imported."""
    expected = modules_that_need(needs, entry.split("/")[-1])
    print(f"  {sorted(expected)} need it")
    for damaged in doctor.without(wheel, entry):
        failures = doctor.failures(damaged)
        assert set(failures) == expected, failures
        assert all(re.match(words, failure["message"]) for failure in failures.values()), failures
        damaged.unlink()


def check_cuda(doctor: Doctor, wheel: Path) -> None:
    """No registry has the CPU wheel's like for CUDA: it gets a torch_cuda.dll that needs what isn't there."""
    dll = build_dll(f"machine amd64\nneeded c10.dll torch_cpu.dll KERNEL32.dll {' '.join(CUDA)}\n")
    assert read_by_pefile(dll)[0].needed[-2:] == CUDA
    assert read_pe_by_lief(dll)[0].needed[-2:] == CUDA
    file = doctor.folder / "torch_cuda.dll"
    file.write_bytes(dll)
    patched = doctor.patch(wheel, "cuda.1", "--add", f"torch/lib/torch_cuda.dll={file}")
    failures = doctor.failures(patched)
    assert set(failures) == {"torch/_C.cp311-win_amd64.pyd"}, failures
    failure = failures["torch/_C.cp311-win_amd64.pyd"]
    assert failure["message"] == CUDA[0] + WINDOWS_WORDS
    assert "needed by torch/lib/torch_cuda.dll, loaded by torch/__init__.py" in failure["hint"]
    beside = [f"--add=torch/lib/{name}={write_dll(doctor.folder / name)}" for name in CUDA]
    assert not doctor.failures(doctor.patch(patched, "all.1", *beside))


def write_dll(path: Path) -> Path:
    path.write_bytes(build_dll("machine amd64\nneeded KERNEL32.dll\n"))
    return path


def take(wheel: Path, entry: str, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(entry, folder / "taken"))


def check_moved(doctor: Doctor, wheel: Path) -> None:
    entry, place = "torch/lib/libtorch_cpu.dylib", "torch/elsewhere/libtorch_cpu.dylib"
    file = take(wheel, entry, doctor.folder)
    failures = doctor.failures(doctor.patch(wheel, "moved.1", "--remove", entry, "--add", f"{place}={file}"))
    modules = {
        "functorch/_C.cpython-311-darwin.so": ("functorch/_C.cpython-311-darwin.so", "functorch/../torch/lib"),
        "torch/_C.cpython-311-darwin.so": ("torch/lib/libtorch_python.dylib", "torch/lib"),
    }
    assert set(failures) == set(modules), failures
    for module, (referrer, folder) in modules.items():
        first, second, third = failures[module]["message"].splitlines()
        assert first == "Library not loaded: @rpath/libtorch_cpu.dylib"
        assert second == f"  Referenced from: /layout/lib/python3/site-packages/{referrer}"
        assert third.startswith(f"  Reason: tried: '/layout/lib/python3/site-packages/{folder}/libtorch_cpu.dylib' (no such file)")
        assert f"torch has it, as {place}, where no LC_RPATH leads" in failures[module]["hint"]


def check_overwritten(doctor: Doctor, wheel: Path) -> None:
    """Both modules, because each would find what the other has loaded."""
    places = {
        "functorch/_C.cpython-311-darwin.so": ("@loader_path/../torch/lib", "@loader_path/../torch/off"),
        "torch/_C.cpython-311-darwin.so": ("@loader_path/lib", "@loader_path/off"),
    }
    options = []
    for entry, (old, new) in places.items():
        file = take(wheel, entry, doctor.folder)
        content = file.read_bytes().replace(old.encode() + b"\0", new.encode() + b"\0")
        file.write_bytes(content)
        rpath = read_by_macholib(content)[0].rpath
        assert new in rpath and old not in rpath
        options += ["--remove", entry, "--add", f"{entry}={file}"]
    failures = doctor.failures(doctor.patch(wheel, "off.1", *options))
    assert set(failures) == set(places), failures
    for entry, (_, new) in places.items():
        tried = new.replace("@loader_path", f"/layout/lib/python3/site-packages/{entry.split('/')[0]}") + "/libtorch_python.dylib"
        words = f"Library not loaded: @rpath/libtorch_python.dylib\n  Referenced from: /layout/lib/python3/site-packages/{entry}\n"
        assert failures[entry]["message"].startswith(words + "  Reason: tried: '")
        assert f"'{tried}' (no such file)" in failures[entry]["message"]


def download(folder: Path) -> None:
    for name, platform, python in WHEELS.values():
        print(f"== downloading {name}")
        wanted = ["--platform", platform, "--python-version", python, "torch==" + name.split("-")[1], "-d", folder]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--only-binary=:all:", *wanted], check=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wheelfix-real.") as scratch:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch) / "wheels"
        if len(sys.argv) <= 2:
            download(folder)
        wheels = {key: folder / name for key, (name, _, _) in WHEELS.items()}
        doctor = Doctor(sys.argv[1], Path(scratch))
        print("== as published")
        check_published(doctor, wheels)
        needs = {key: needs_of(wheels[key]) for key in ("windows", "arm mac", "intel mac")}
        for name in ("asmjit.dll", "c10.dll", "fbgemm.dll", "libiomp5md.dll", "uv.dll", "torch_global_deps.dll"):
            entry = f"torch/lib/{name}"
            print(f"== {name} removed")
            check_removed(doctor, wheels["windows"], needs["windows"], entry, re.escape(name + WINDOWS_WORDS) + "$")
        print("== torch_cuda.dll added")
        check_cuda(doctor, wheels["windows"])
        libiomp = "functorch/.dylibs/libiomp5.dylib"  # torch/lib has another, which nothing needs
        cases = (("arm mac", "torch/lib/libc10.dylib"), ("arm mac", "torch/lib/libshm.dylib"))
        for mac, entry in (*cases, ("intel mac", "torch/lib/libc10.dylib"), ("intel mac", libiomp)):
            print(f"== {entry} removed, {mac}")
            name = re.escape(Path(entry).name)
            words = rf"Library not loaded: @\S+/{name}\n  Referenced from: /layout/\S+\n  Reason: tried: '"
            check_removed(doctor, wheels[mac], needs[mac], entry, words)
        assert not doctor.failures(doctor.patch(wheels["intel mac"], "x", "--remove", "torch/lib/libiomp5.dylib"))
        print("== libtorch_cpu.dylib moved, an LC_RPATH overwritten")
        check_moved(doctor, wheels["arm mac"])
        check_overwritten(doctor, wheels["arm mac"])
        print("== passed")


if __name__ == "__main__":
    main()
