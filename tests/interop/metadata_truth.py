"""Edits of METADATA by Python's email and packaging, beside what `wheelfix set-metadata` makes of the same text.

    metadata_truth.py WHEELFIX FOLDER...    compares over the METADATA of all wheels and .dist-info folders below them
"""

from __future__ import annotations

import argparse
import difflib
import email.parser
import email.policy
import itertools
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import Marker
from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from wheels import build_wheel

SPECIFIERS = ["", ">=1", ">=2.0,<3", "==1.2.*", "~=1.4", "!=1.0"]


@dataclass
class Edit:
    """Options, and what the headers of METADATA are to be after them."""

    words: list[str] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    classifiers: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    requires_python: str | None = None
    removed: int = 0
    added: int = 0


def headers(text: bytes) -> dict[str, list[str]]:
    """What the email package reads; values without line breaks and white space around them."""
    message = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(text)
    found: dict[str, list[str]] = {}
    for key, value in message.items():
        found.setdefault(key.lower(), []).append("".join(str(value).splitlines()).strip())
    return found


def requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def project(text: str) -> str:
    parsed = requirement(text)
    return canonicalize_name(parsed.name) if parsed else ""


def marker(text: str) -> str:
    parsed = requirement(text)
    return str(parsed.marker) if parsed and parsed.marker else ""


def other_spelling(rng: random.Random, name: str) -> str:
    spelled = rng.choice([name, name.upper(), name.replace("-", "_"), name.replace("-", ".")])
    return spelled if canonicalize_name(spelled) == canonicalize_name(name) else name


def other_marker(rng: random.Random, text: str) -> str:
    """The same, in another way to write it."""
    if '"' in text and "'" not in text and rng.random() < 0.5:
        text = text.replace('"', "'")
    return f"({text})" if rng.random() < 0.3 else text


def remove(rng: random.Random, edit: Edit) -> None:
    """Of a project, all or those of one marker."""
    line = rng.choice([text for text in edit.requires if project(text)] or [""])
    if not line:
        return
    name, condition = project(line), marker(line)
    by_marker = bool(condition) and rng.random() < 0.5 and not condition.startswith("extra ==")
    gone = [text for text in edit.requires if project(text) == name and (not by_marker or marker(text) == condition)]
    words = other_spelling(rng, name) + (f"; {other_marker(rng, condition)}" if by_marker else "")
    edit.words += ["--remove-requires", words]
    edit.requires = [text for text in edit.requires if text not in gone]
    edit.removed += len(gone)


def replace(rng: random.Random, edit: Edit) -> None:
    """One that the name, or the name and the marker, make clear."""
    names = [project(text) for text in edit.requires]
    clear = [text for text in edit.requires if names.count(project(text)) == 1 and "@" not in text and project(text)]
    if not clear:
        return
    line = rng.choice(clear)
    old = Requirement(line)
    new = next(text for text in rng.sample(SPECIFIERS, len(SPECIFIERS)) if Requirement("x" + text).specifier != old.specifier)
    condition = f"; {other_marker(rng, str(old.marker))}" if old.marker and rng.random() < 0.5 else ""
    edit.words += ["--replace-requires", other_spelling(rng, old.name) + new + condition]
    extras = f"[{','.join(sorted(old.extras))}]" if old.extras else ""
    after = f"{old.name}{extras}{new}" + (f"; {old.marker}" if old.marker else "")
    edit.requires[edit.requires.index(line)] = after
    edit.removed += 1
    edit.added += 1


def add(rng: random.Random, edit: Edit) -> None:
    new = "wheelfix-added" + rng.choice(SPECIFIERS) + rng.choice(["", "; sys_platform == 'linux'", '; extra == "Added_Extra"'])
    edit.words += ["--add-requires", new]
    edit.requires.append(new)
    edit.added += 1
    if "extra" in new and "added-extra" not in edit.extras:
        edit.extras.append("added-extra")
        edit.added += 1


def set_python(rng: random.Random, edit: Edit) -> None:
    new = rng.choice([">=3.9", ">=3.8,<4,!=3.9.7", "~=3.10"])
    if edit.requires_python == new:
        return
    edit.words += ["--requires-python", new]
    edit.removed += edit.requires_python is not None
    edit.added += 1
    edit.requires_python = new


def change_classifiers(rng: random.Random, edit: Edit) -> None:
    if edit.classifiers and rng.random() < 0.5:
        gone = rng.choice(edit.classifiers)
        edit.words += ["--remove-classifier", gone]
        edit.removed += edit.classifiers.count(gone)
        edit.classifiers = [text for text in edit.classifiers if text != gone]
    if "Private :: Do Not Upload" not in edit.classifiers:
        edit.words += ["--add-classifier", "Private :: Do Not Upload"]
        edit.classifiers.append("Private :: Do Not Upload")
        edit.added += 1


def make_edit(rng: random.Random, text: bytes) -> Edit:
    found = headers(text)
    edit = Edit(
        requires=found.get("requires-dist", []),
        classifiers=found.get("classifier", []),
        extras=[canonicalize_name(extra) for extra in found.get("provides-extra", [])],
        requires_python=found.get("requires-python", [None])[0],
    )
    for step in (remove, replace, add, set_python, change_classifiers):
        if rng.random() < 0.7:
            step(rng, edit)
    if not edit.words:
        add(rng, edit)
    return edit


def same_requirement(one: str, other: str) -> bool:
    a, b = requirement(one), requirement(other)
    if a is None or b is None:
        return one == other
    return (canonicalize_name(a.name), a.extras, a.specifier, a.url, marker(one)) == (
        canonicalize_name(b.name),
        b.extras,
        b.specifier,
        b.url,
        marker(other),
    )


def differences(old: bytes, new: bytes, edit: Edit) -> list[str]:
    """What isn't as the edit says."""
    wrong = []
    found, before = headers(new), headers(old)
    requires = found.pop("requires-dist", [])
    if len(requires) != len(edit.requires) or not all(map(same_requirement, requires, edit.requires)):
        wrong.append(f"Requires-Dist {requires}, not {edit.requires}")
    for key, expected in (
        ("classifier", edit.classifiers),
        ("provides-extra", edit.extras),
        ("requires-python", [edit.requires_python] if edit.requires_python is not None else []),
    ):
        values = found.pop(key, [])
        values = [canonicalize_name(value) for value in values] if key == "provides-extra" else values
        if values != expected:
            wrong.append(f"{key} {values}, not {expected}")
    rest = {key: values for key, values in before.items() if key not in ("requires-dist", "classifier", "provides-extra", "requires-python")}
    if found != rest:
        wrong.append("other headers")
    raw_old, raw_new = parse_email(old), parse_email(new)
    if raw_old[0].get("description") != raw_new[0].get("description") or raw_old[1].keys() - raw_new[1].keys():
        wrong.append("what packaging reads")
    return wrong + line_differences(old, new, edit)


def line_differences(old: bytes, new: bytes, edit: Edit) -> list[str]:
    """Whether other lines differ than as many as the edit is of."""
    lines = [text.decode("utf-8", "surrogateescape").splitlines(keepends=True) for text in (old, new)]
    changed = [line for line in difflib.ndiff(*lines) if line[0] in "+-"] if sum(map(len, lines)) < 4000 else []
    if not changed:
        return []
    signs = [line[0] for line in changed]
    keys = {line[2:].split(":")[0].lower() for line in changed if line[2] not in " \t"}
    wrong = []
    if signs.count("+") != edit.added or signs.count("-") < edit.removed:
        wrong.append(f"{signs.count('+')} and {signs.count('-')} lines differ, not {edit.added} and {edit.removed}")
    if not keys <= {"requires-dist", "requires-python", "classifier", "provides-extra"}:
        wrong.append(f"lines of {keys}")
    return wrong


def documents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Of wheels and of what is installed."""
    for wheel in sorted(folder.rglob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if name.count("/") == 1 and name.endswith(".dist-info/METADATA"):
                    yield str(wheel), archive.read(name)
    for path in sorted(folder.rglob("*.dist-info/METADATA")):
        yield str(path), path.read_bytes()


def wheel_with(folder: Path, text: bytes) -> Path:
    """A wheel that has nothing but this METADATA."""
    found = headers(text)
    name, version = found["name"][0], found["version"][0]
    stem = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    return build_wheel(folder, name, version, {f"{stem}.dist-info/METADATA": text}, file_name=stem.rpartition("-")[0])


def metadata_of(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return archive.read(name)


def compare(program: Path | str, text: bytes, seed: str, folder: Path) -> list[str]:
    """What of a random edit isn't as it should be."""
    edit = make_edit(random.Random(seed), text)
    wheel = wheel_with(folder, text)
    result = subprocess.run([program, "set-metadata", *edit.words, "-d", folder / "out", wheel], capture_output=True, text=True)
    if result.returncode != 0:
        return [f"{edit.words}: {result.stderr}"]
    written = Path(result.stdout.removesuffix("\n"))
    wrong = differences(text, metadata_of(written), edit)
    verified = subprocess.run([program, "verify", "--quiet", "--against", wheel, written], capture_output=True, text=True)
    if verified.returncode != 0:
        wrong.append(verified.stdout)
    written.unlink()
    return [f"{edit.words}: {problem}" for problem in wrong]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--edits", type=int, default=3, help="random edits of each METADATA")
    options = parser.parse_args()
    seen: set[bytes] = set()
    count = failures = 0
    for place, text in itertools.chain.from_iterable(map(documents, options.folders)):
        if text in seen:
            continue
        seen.add(text)
        for number in range(options.edits):
            with tempfile.TemporaryDirectory() as folder:
                wrong = compare(options.program, text, f"{place} {number}", Path(folder))
            count += 1
            failures += bool(wrong)
            for problem in wrong:
                print(f"{place}: {problem}")
    print(f"{len(seen)} METADATA, {count} edits, {failures} not as they should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
