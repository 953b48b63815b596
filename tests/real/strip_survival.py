"""Holds that an edited library bears what the published one bears: `strip`, before the edit and after it, and `patchelf`.

    build-dev/venv/bin/python tests/real/strip_survival.py build-dev FOLDER... [--show] [--keep DIR]

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


def outcome(loader: Loader, library: Path, original: Path, steps: list[Step]) -> str:
    """What comes of loading the original after these steps, in the library's place."""
    work = library.with_name(library.name + ".work")
    shutil.copyfile(original, work)
    try:
        for step in steps:
            step(work)
    except (subprocess.CalledProcessError, RuntimeError) as error:
        work.unlink()
        return f"not done: {getattr(error, 'stderr', b'') or error}"
    os.replace(work, library)
    return loader.load(library)


def ways(editor: Editor) -> dict[str, tuple[list[Step], list[Step]]]:
    """By name what is done with our edit, and without."""
    short, edit, long = (editing(editor, length) for length in (12, 140, 3000))
    return {
        "edit": ([edit], []),
        "edit, strip": ([edit, strip], [strip]),
        "short edit, strip": ([short, strip], [strip]),
        "long edit, strip": ([long, strip], [strip]),
        "two edits, strip": ([edit, long, strip], [strip]),
        "strip, edit": ([strip, edit], [strip]),
        "strip, edit, strip": ([strip, edit, strip], [strip]),
        "patchelf, edit, strip": ([patchelf, edit, strip], [patchelf, strip]),
        "patchelf, long edit, strip": ([patchelf, long, strip], [patchelf, strip]),
        "patchelf, edit": ([patchelf, edit], [patchelf]),
        "edit, patchelf": ([edit, patchelf], [patchelf]),
    }


def libraries(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        with path.open("rb") as file:
            head = file.read(20)
        if head.startswith(X86_64_LIBRARY) and head[16] == 3 and head[18] == 62:
            yield path


def examine(wheel: Path, editor: Editor, counts: Counter[str], show: bool, keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(root)
        loader = Loader(root)
        number = 0
        faults = 0
        for library in list(libraries(root)):
            number += 1
            if not loader.loads_as_published(library):
                counts["libraries that don't load as published"] += 1
                continue
            original = root / "original"
            shutil.copyfile(library, original)
            known: dict[tuple[Step, ...], str] = {}
            for name, (ours, theirs) in ways(editor).items():
                key = tuple(theirs)
                if key not in known:
                    known[key] = outcome(loader, library, original, theirs)
                if known[key]:
                    counts[f"{name}: doesn't load without the edit either"] += 1
                    continue
                said = outcome(loader, library, original, ours)
                counts[f"{name}: {'FAULT' if said else 'loads'}"] += 1
                if said:
                    faults += 1
                    print(f"  {library.relative_to(root)}: {name}: {said}", flush=True)
                    if keep:
                        keep.mkdir(exist_ok=True)
                        shutil.copyfile(original, keep / f"{library.name}.original")
                        if library.exists():
                            shutil.copyfile(library, keep / f"{library.name}.{name.replace(', ', '-')}")
            shutil.copyfile(original, library)
            if show:
                print(f"  {library.relative_to(root)}: {[known[key] for key in known]}")
        counts["libraries"] += number
        counts["wheels"] += number > 0
        print(f"{wheel.name}: {number} libraries, {faults} faults", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("folders", type=Path, nargs="+", help="folders of wheels, or wheels")
    parser.add_argument("--show", action="store_true", help="tell of each library what comes of it without the edit")
    parser.add_argument("--keep", type=Path, help="put libraries that don't load there")
    options = parser.parse_args()
    os.environ["WHEELFIX_BUILD_DIR"] = str(options.build)
    editor = Editor()
    counts: Counter[str] = Counter()
    for folder in options.folders:
        for wheel in sorted(folder.glob("*.whl")) if folder.is_dir() else [folder]:
            examine(wheel, editor, counts, options.show, options.keep)
    editor.close()
    for name, count in sorted(counts.items()):
        print(f"{count:6} {name}")
    sys.exit(any("FAULT" in name for name in counts))


if __name__ == "__main__":
    main()
