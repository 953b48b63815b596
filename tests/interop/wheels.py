"""Wheels made from text, for tests that need a real file to install.

    wheel = build_wheel(folder, "greet", "1.0", {"greet/__init__.py": "HELLO = 'hello'\n"})

The same arguments give the same bytes under the same Python: entries stand in the order given with dist-info last and
RECORD the last of all, every time stamp is EPOCH, modes are 0644, or 0755 for a script. Content is text, bytes, or a
`File` if the mode or the compression matters. As a program it packs a folder:

    python wheels.py testdata/hintpkg OUT --name hintpkg --version 1.0
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

EPOCH = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class File:
    """An entry whose mode or compression is not the usual one."""

    content: str | bytes
    mode: int = 0o644
    method: int = zipfile.ZIP_DEFLATED

    @property
    def data(self) -> bytes:
        return self.content.encode() if isinstance(self.content, str) else self.content


Content = str | bytes | File


def build_wheel(
    folder: Path | str,
    name: str,
    version: str,
    files: Mapping[str, Content],
    *,
    tag: str = "py3-none-any",
    build: str | None = None,
    data_files: Mapping[str, Content] | None = None,
    entry_points: Mapping[str, Mapping[str, str]] | None = None,
    requires: Iterable[str] = (),
    requires_python: str | None = None,
    dist_info_files: Mapping[str, Content] | None = None,
    file_name: str | None = None,
) -> Path:
    """Write NAME-VERSION[-BUILD]-TAG.whl into `folder`, which is created if missing, and return its path.

    `data_files` go below NAME-VERSION.data ("scripts/run" → content), `dist_info_files` below NAME-VERSION.dist-info
    ("licenses/LICENSE" → content). `entry_points` maps a group to its {name: "module:attribute"}. `file_name` is the
    spelling of the name in the file's and dist-info's names, if it is to differ from the escaped `name`.
    """
    stem = f"{file_name or re.sub(r'[-_.]+', '_', name)}-{version}"
    dist_info = f"{stem}.dist-info"
    entries = {path: as_file(content) for path, content in files.items()}
    for path, content in (data_files or {}).items():
        entries[f"{stem}.data/{path}"] = as_file(content, mode=0o755 if path.startswith("scripts/") else 0o644)
    entries.setdefault(f"{dist_info}/METADATA", File(metadata_text(name, version, requires, requires_python)))
    entries[f"{dist_info}/WHEEL"] = File(wheel_text(tag, build))
    if entry_points:
        entries[f"{dist_info}/entry_points.txt"] = File(entry_points_text(entry_points))
    for path, content in (dist_info_files or {}).items():
        entries[f"{dist_info}/{path}"] = as_file(content)
    entries[f"{dist_info}/RECORD"] = File(record_text(entries, f"{dist_info}/RECORD"))

    wheel = Path(folder) / "-".join(part for part in (stem, build, tag) if part)
    wheel = wheel.with_name(wheel.name + ".whl")
    wheel.parent.mkdir(parents=True, exist_ok=True)
    write_zip(wheel, entries)
    return wheel


def files_of(folder: Path | str) -> dict[str, bytes]:
    """The files below `folder` by their path in it, sorted; byte code is left out."""
    folder = Path(folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def as_file(content: Content, mode: int = 0o644) -> File:
    return content if isinstance(content, File) else File(content, mode)


def metadata_text(name: str, version: str, requires: Iterable[str] = (), requires_python: str | None = None) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Summary: A wheel made for a test"]
    lines += [f"Requires-Python: {requires_python}"] if requires_python else []
    return "".join(f"{line}\n" for line in [*lines, *(f"Requires-Dist: {requirement}" for requirement in requires)])


def wheel_text(tag: str, build: str | None) -> str:
    interpreters, abis, platforms = (part.split(".") for part in tag.split("-"))
    lines = ["Wheel-Version: 1.0", "Generator: wheelfix tests", f"Root-Is-Purelib: {str(platforms == ['any']).lower()}"]
    lines += [f"Tag: {i}-{a}-{p}" for i in interpreters for a in abis for p in platforms]
    lines += [f"Build: {build}"] if build else []
    return "".join(f"{line}\n" for line in lines)


def entry_points_text(groups: Mapping[str, Mapping[str, str]]) -> str:
    sections = (f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in points.items()) for group, points in groups.items())
    return "\n".join(sections)


def record_text(entries: Mapping[str, File], own_path: str) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for path, file in entries.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(file.data).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(file.data)])
    rows.writerow([own_path, "", ""])
    return text.getvalue()


def write_zip(path: Path, entries: Mapping[str, File]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, file in entries.items():
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, so that the mode counts on any machine
            info.external_attr = (stat.S_IFREG | file.mode) << 16
            info.compress_type = file.method
            archive.writestr(info, file.data)


def main() -> None:
    parser = argparse.ArgumentParser(description="Pack a folder as a wheel and print the wheel's path.")
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--tag", default="py3-none-any")
    parser.add_argument("--build")
    args = parser.parse_args()
    files = files_of(args.source)
    print(build_wheel(args.folder, args.name, args.version, files, tag=args.tag, build=args.build))


if __name__ == "__main__":
    main()
