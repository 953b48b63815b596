"""Holds that an edited library bears what the published one bears: `strip`, before the edit and after it, and `patchelf`.

    build-dev/venv/bin/python tests/real/strip_survival.py build-dev FOLDER... [--keep DIR]

For each x86_64 library of glibc in the wheels of the folders: the file is changed in its place among the wheel's others, and
loaded by ld.so in a process of its own with all symbols bound. What loads without our edit, after the same tools, must load
with it. Run it with the Python that the wheels are for, so that extension modules find its symbols. `--keep` leaves what
doesn't load there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "binary"))

from elf_libraries import Dynamic, Editor

ADDED = "$ORIGIN/a_folder_that_is_not_there/" + "whose_name_is_long/" * 6
X86_64_LIBRARY = b"\x7fELF\x02\x01"
Step = Callable[[Path], None]


def strip(path: Path) -> None:
    subprocess.run(["strip", "-s", path], check=True, capture_output=True)


def patchelf(path: Path) -> None:
    """As auditwheel does it: a need more, and a path."""
    subprocess.run(["patchelf", "--add-needed", "libm.so.6", path], check=True, capture_output=True)
    subprocess.run(["patchelf", "--force-rpath", "--add-rpath", ADDED, path], check=True, capture_output=True)


def editing(editor: Editor, length: int) -> Step:
    """Adds an entry to the search path."""

    def edit(path: Path) -> None:
        before = Dynamic.read(path)
        paths = [*(before.runpath or before.rpath), "$ORIGIN/".ljust(length, "w")]
        answer = editor.ask(file=path, out=f"{path}.edited", search_path=paths)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        os.replace(f"{path}.edited", path)

    return edit


class Loader:
    """Loads a library among the others of its wheel. Those that find what they need only in a process that has it loaded
    already are told where it lies."""

    def __init__(self, root: Path) -> None:
        folders = {str(path.parent) for path in libraries(root)}
        self.paths = {"LD_LIBRARY_PATH": ":".join(sorted(folders))}
        self.told: set[Path] = set()

    def load(self, path: Path) -> str:
        """Empty, or why ld.so doesn't load it with all its symbols."""
        code = "import ctypes, sys; ctypes.CDLL(sys.argv[1], mode=2)"
        more = self.paths if path in self.told else {}
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code, path],
            env={"LD_BIND_NOW": "1", **more},
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode == 0:
            return ""
        lines = done.stderr.replace(str(path.parent) + "/", "").strip().splitlines()
        return lines[-1] if lines else f"exit status {done.returncode}"

    def loads_as_published(self, path: Path) -> bool:
        if self.load(path) == "":
            return True
        self.told.add(path)
        return self.load(path) == ""


class Trial:
    """One library, in whose place it is loaded after some steps. What comes of the first ones is kept for others."""

    def __init__(self, loader: Loader, library: Path, folder: Path) -> None:
        self.loader = loader
        self.library = library
        self.folder = folder
        self.made: dict[tuple[Step, ...], Path] = {(): folder / "published"}
        shutil.copyfile(library, self.made[()])

    def make(self, steps: tuple[Step, ...]) -> Path:
        if steps not in self.made:
            before = self.make(steps[:-1])
            made = self.folder / str(len(self.made))
            shutil.copyfile(before, made)
            steps[-1](made)
            self.made[steps] = made
        return self.made[steps]

    def outcome(self, steps: tuple[Step, ...]) -> str:
        try:
            made = self.make(steps)
        except (subprocess.CalledProcessError, RuntimeError) as error:
            return f"not done: {getattr(error, 'stderr', b'') or error}"
        shutil.copyfile(made, self.library)
        return self.loader.load(self.library)


def ways(editor: Editor) -> dict[str, tuple[tuple[Step, ...], tuple[Step, ...]]]:
    """By name what is done with our edit, and without."""
    short, edit, long = (editing(editor, length) for length in (12, 140, 3000))
    return {
        "edit": ((edit,), ()),
        "edit, strip": ((edit, strip), (strip,)),
        "short edit, strip": ((short, strip), (strip,)),
        "long edit, strip": ((long, strip), (strip,)),
        "two edits, strip": ((edit, long, strip), (strip,)),
        "strip, edit": ((strip, edit), (strip,)),
        "strip, edit, strip": ((strip, edit, strip), (strip,)),
        "patchelf, edit": ((patchelf, edit), (patchelf,)),
        "patchelf, edit, strip": ((patchelf, edit, strip), (patchelf, strip)),
        "patchelf, long edit, strip": ((patchelf, long, strip), (patchelf, strip)),
        "edit, patchelf": ((edit, patchelf), (patchelf,)),
    }


def libraries(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("rb") as file:
            head = file.read(20)
        if head.startswith(X86_64_LIBRARY) and head[16] == 3 and head[18] == 62:
            yield path


class Examination:
    """Of many wheels, and what was counted."""

    def __init__(self, editor: Editor, keep: Path | None) -> None:
        self.editor = editor
        self.keep = keep
        self.counts: Counter[str] = Counter()

    def wheel(self, wheel: Path) -> None:
        before = self.counts.copy()
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(root)
            loader = Loader(root)
            for library in list(libraries(root)):
                if loader.loads_as_published(library):
                    self.library(loader, library)
                else:
                    self.counts["libraries that don't load as published"] += 1
        number, faults = (self.counts[name] - before[name] for name in ("libraries", "faults"))
        self.counts["wheels"] += number > 0
        print(f"{wheel.name}: {number} libraries, {faults} faults", flush=True)

    def library(self, loader: Loader, library: Path) -> None:
        self.counts["libraries"] += 1
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial(loader, library, Path(folder))
            for name, (ours, theirs) in ways(self.editor).items():
                if trial.outcome(theirs):
                    self.counts[f"{name}: doesn't load without the edit either"] += 1
                    continue
                said = trial.outcome(ours)
                self.counts[f"{name}: {'FAULT' if said else 'loads'}"] += 1
                if said:
                    self.fault(trial, name, said)
            shutil.copyfile(trial.make(()), library)

    def fault(self, trial: Trial, name: str, said: str) -> None:
        self.counts["faults"] += 1
        print(f"  {trial.library.name}: {name}: {said}", flush=True)
        if self.keep:
            self.keep.mkdir(exist_ok=True)
            shutil.copyfile(trial.make(()), self.keep / trial.library.name)
            shutil.copyfile(trial.library, self.keep / f"{trial.library.name}.{name.replace(', ', '-').replace(' ', '-')}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("folders", type=Path, nargs="+", help="folders of wheels, or wheels")
    parser.add_argument("--keep", type=Path, help="put libraries that don't load there")
    options = parser.parse_args()
    os.environ["WHEELFIX_BUILD_DIR"] = str(options.build)
    editor = Editor()
    examination = Examination(editor, options.keep)
    for folder in options.folders:
        for wheel in sorted(folder.glob("*.whl")) if folder.is_dir() else [folder]:
            examination.wheel(wheel)
    editor.close()
    for name, count in sorted(examination.counts.items()):
        print(f"{count:6} {name}")
    sys.exit(examination.counts["faults"] > 0)


if __name__ == "__main__":
    main()
