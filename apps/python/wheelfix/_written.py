"""What the functions return that write something: the documents of the commands, key by key, as share/wheelfix/schema describes them.

Values of texts like `how` may be more in a newer wheelfix. Paths are as the program prints them: relative to the working folder if they
were given so. A byte that isn't UTF-8 is U+FFFD in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Change:
    """One difference of a result from its source. An entry may have several."""

    path: str
    how: str  #: patched, added, removed, renamed, rpath, needed, soname, stub, record, header, tags or metadata; of an index also changed and rewritten


@dataclass(frozen=True)
class Written:
    """A wheel or library that was written."""

    source: Path
    output: Path
    changed: tuple[Change, ...]
    sha256: Optional[str] = None  #: of a new wheel, in hexadecimal; None with `dry_run`


@dataclass(frozen=True)
class PatchedWheels:
    """What `patch` and `repair` wrote."""

    wheels: tuple[Written, ...]  #: of `repair` those that had to change

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The new wheels."""
        return tuple(wheel.output for wheel in self.wheels)


@dataclass(frozen=True)
class SystemPackage:
    """The Debian package that a library is of."""

    name: str
    version: Optional[str]
    url: str  #: pkg:deb/debian/NAME@VERSION


@dataclass(frozen=True)
class GraftedLibrary:
    """A library of the system that was added to a wheel."""

    wheel: Path  #: as given
    path: str  #: the entry
    names: tuple[str, ...]  #: by which libraries needed it
    source: Path  #: in the system
    sha256: str  #: of the source, in hexadecimal
    package: Optional[SystemPackage]
    licence: Optional[str]  #: the short name of its licence
    licence_path: Optional[str]  #: the entry that has the text of it


@dataclass(frozen=True)
class GraftedWheels(PatchedWheels):
    """What `graft` wrote."""

    grafted: tuple[GraftedLibrary, ...]


@dataclass(frozen=True)
class RewrittenWheel:
    """What `set_version` and `retag` wrote."""

    wheels: tuple[Written, ...]  #: one
    warnings: tuple[str, ...]  #: what should be looked at before the wheel is published

    @property
    def output(self) -> Path:
        """The new wheel."""
        return self.wheels[0].output


@dataclass(frozen=True)
class HeaderChange:
    """A header of METADATA that was added, removed or replaced."""

    header: str
    before: Optional[str]  #: None if it was added
    after: Optional[str]  #: None if it was removed


@dataclass(frozen=True)
class RewrittenMetadata(RewrittenWheel):
    """What `set_metadata` wrote."""

    headers: tuple[HeaderChange, ...]  #: what is changed


@dataclass(frozen=True)
class PatchedLibraries:
    """What `patch_library` wrote."""

    libraries: tuple[Written, ...]


@dataclass(frozen=True)
class ChangedPackage:
    """An installed package that was changed."""

    name: str
    version: str  #: that is installed now
    folder: Path  #: of packages, in which it is installed
    changed: tuple[Change, ...]


@dataclass(frozen=True)
class RecipeState:
    """A project's recipe in an environment."""

    recipe: Path
    project: str
    version: Optional[str]  #: that is installed
    folder: Optional[Path]
    state: str  #: not-installed, other-version, due, applied or blocked
    why: Optional[str]


@dataclass(frozen=True)
class InstalledChanges:
    """What `patch_installed`, `repair_installed`, `apply` and `undo` did."""

    passed: bool  #: of `apply` with `check`: whether all is applied
    environment: Optional[str] = None  #: None if `apply` had nothing to do
    packages: tuple[ChangedPackage, ...] = ()
    recipes: tuple[RecipeState, ...] = ()  #: of `apply` if it changed nothing


@dataclass(frozen=True)
class Patch:
    """What `diff` made."""

    patch: bytes  #: empty if nothing differs
    output: Optional[Path]  #: the file that it was written to, if one was named
    changed: tuple[Change, ...]


@dataclass(frozen=True)
class EditFolder:
    """What `edit` made."""

    folder: Path
    source: Path
    name: str
    version: str


@dataclass(frozen=True)
class FolderChange:
    """A file that was edited."""

    path: str
    how: str  #: changed, added or removed
    is_binary: bool
    lines_added: int
    lines_removed: int
    mode: Optional[str]  #: the new permissions in octal, if they changed


@dataclass(frozen=True)
class CommittedFolder:
    """What `commit` made."""

    recipe: Optional[Path]  #: None if nothing differs
    source: Path
    project: str
    is_installed: bool
    changed: tuple[FolderChange, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class AppliedSource:
    """A patch or another file that a run used."""

    name: str
    hash: Optional[str]


@dataclass(frozen=True)
class AppliedRun:
    """A run that changed an installed package."""

    time: int  #: in seconds since 1970
    version: str  #: of wheelfix
    command: str
    sources: tuple[AppliedSource, ...]


@dataclass(frozen=True)
class AppliedFile:
    """A file of an installed package that isn't as the installer wrote it."""

    path: str
    how: str  #: added, changed or removed
    before: Optional[str]  #: its hash
    after: Optional[str]


@dataclass(frozen=True)
class Differing:
    """A file that isn't as wheelfix left it."""

    path: str
    message: str


@dataclass(frozen=True)
class PatchedPackage:
    """An installed package that wheelfix changed."""

    name: str
    version: str
    folder: Path
    holds: bool  #: whether its files are as wheelfix left them
    runs: tuple[AppliedRun, ...]
    files: tuple[AppliedFile, ...]
    differing: tuple[Differing, ...]


@dataclass(frozen=True)
class Status:
    """What `status` says."""

    environment: str
    packages: tuple[PatchedPackage, ...]
    passed: bool  #: whether all hold


@dataclass(frozen=True)
class LeftOut:
    """A file that can't be indexed."""

    path: str
    message: str
    hint: Optional[str]


@dataclass(frozen=True)
class Index:
    """What `index` made."""

    output: Path
    url: Optional[str]
    projects: int
    files: int
    changed: tuple[Change, ...]
    left_out: tuple[LeftOut, ...]
    passed: bool  #: whether no file was left out


@dataclass(frozen=True)
class NamedRecipe:
    """A recipe that comes with wheelfix."""

    name: str  #: what `recipe` of `patch` takes
    description: Optional[str]
    project: str
    versions: Optional[str]  #: that it is for, as specifiers; None for all
    suffix: Optional[str]
    folder: Path


@dataclass(frozen=True)
class LockChange:
    """A project that has other wheels in a lock file now."""

    project: str
    line: int
    old_version: str
    new_version: str
    wheels: tuple[str, ...]
    uncovered: tuple[str, ...]  #: files of the old version for whose systems and Pythons there is none of the wheels


@dataclass(frozen=True)
class LockedFile:
    """A lock file."""

    file: Path
    kind: str
    changed: bool
    added_place: Optional[str]
    needed_settings: Optional[str]  #: of a uv.lock: the lines that pyproject.toml needs for uv to keep the change
    warnings: tuple[str, ...]
    changes: tuple[LockChange, ...]


@dataclass(frozen=True)
class Locked:
    """What `lock` did."""

    files: tuple[LockedFile, ...]
    passed: bool  #: with `check`: whether all files are up to date


@dataclass(frozen=True)
class Delta:
    """What `delta` wrote."""

    source: Path
    wheel: Path
    output: Path


@dataclass(frozen=True)
class Joined:
    """What `join` wrote."""

    source: Path
    delta: Path
    output: Path


@dataclass(frozen=True)
class Unpacked:
    """What `unpack` made."""

    wheel: Path
    folder: Path
