"""Keywords of functions as options of the command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Union

from ._run import ProgressCallback, ask

StrPath = Union[str, "os.PathLike[str]"]
Paths = Union[StrPath, Iterable[StrPath]]
"""One path, or several: options that may be repeated."""
Texts = Union[str, Iterable[str]]


class Common(TypedDict, total=False):
    """Of all commands that read wheels."""

    verbose: bool  #: list all findings, and not only the first of each kind
    jobs: int  #: number of threads
    progress: ProgressCallback  #: is called in the calling thread; what it raises ends the run, which leaves nothing


class Limited(Common, total=False):
    """Limits on what is read."""

    max_entry_size: int
    max_ratio: int
    max_entries: int
    max_document: int


class Rewriting(Limited, total=False):
    """How wheels are written. Of `set_version` and `retag`."""

    level: int
    align: int
    dry_run: bool
    force: bool
    overwrite: bool
    sync: bool
    requirements: StrPath
    constraints: StrPath
    receipt: StrPath


class Writing(Rewriting, total=False):
    """How wheels are written under a local version."""

    replace_local: bool


class LibraryRules(TypedDict, total=False):
    """What is changed of libraries: `GLOB=VALUE`, as on the command line."""

    set_rpath: Texts
    add_rpath: Texts
    remove_rpath: Texts
    add_needed: Texts
    remove_needed: Texts
    replace_needed: Texts
    set_soname: Texts
    rpath_kind: str
    verify: str


class Patches(LibraryRules, total=False):
    """How patches are applied, and what else is changed."""

    recipe: Texts  #: names, as `recipes` lists them
    p: int
    fuzz: int
    reverse: bool
    strict_eol: bool
    skip_applied: bool
    remove: Texts
    add: Texts
    stub: Texts
    max_input_size: int


class PatchOptions(Patches, Writing, total=False):
    """Of `patch`."""


class LibraryOptions(LibraryRules, Common, total=False):
    """Of `patch_library`."""

    dry_run: bool
    force: bool
    overwrite: bool


class InstalledOptions(Patches, Limited, total=False):
    """Of `patch_installed`."""

    dry_run: bool
    force: bool
    replace_local: bool


class Repairs(Limited, total=False):
    """How libraries are made to be found."""

    rpath_kind: str
    lib_dir: Paths
    keep_going: bool
    preload: bool
    verify: str


class RepairOptions(Repairs, Writing, total=False):
    """Of `repair`."""

    auto_stub: bool


class InstalledRepairOptions(Repairs, total=False):
    """Of `repair_installed`."""

    dry_run: bool
    force: bool
    replace_local: bool


class DoctorOptions(Limited, total=False):
    """Of `doctor` and `compare_versions`."""

    layout: str
    python: StrPath
    sysroot: StrPath
    ignore: Texts
    no_cache: bool


class IndexOptions(Common, total=False):
    """Of `index`."""

    requirement: Paths
    output: StrPath
    symlink: bool
    hardlink: bool
    copy: bool
    base_url: str
    upstream: str
    upstream_project: Texts
    private: Texts
    title: str
    check: bool


def ask_command(
    command: str,
    positionals: Iterable[StrPath],
    given: Mapping[str, Any],
    options: Mapping[str, Any],
    kind: Any,
    trailing: Texts = (),
) -> dict[str, Any]:
    """The document of a command. `given` are options that the function names, and `options` those of the TypedDict `kind`.

    Raises TypeError for a keyword that `kind` doesn't have, and what `ask` raises.
    """
    for name in options:
        if name not in kind.__optional_keys__:
            raise TypeError(f"{command} has no option {name!r}")
    words = [word for name, value in {**given, **options}.items() if name != "progress" for word in option(name, value)]
    words += [positional(word) for word in positionals]
    after = [trailing] if isinstance(trailing, str) else list(trailing)
    return ask(command, [*words, *(["--", *after] if after else [])], options.get("progress"))


def option(name: str, value: Any) -> list[str]:
    """The words of an option, as often as it has values; of None and False there are none. A value is a word of its own, so that it may
    begin with `-`."""
    word = f"-{name}" if len(name) == 1 else "--" + name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return []
    if value is True:
        return [word]
    values: list[Any] = [value] if isinstance(value, (str, int)) or hasattr(value, "__fspath__") else list(value)
    return [part for one in values for part in (word, str(one) if isinstance(one, int) else os.fsdecode(one))]


def positional(word: StrPath) -> str:
    """A path that begins with `-` isn't taken for an option."""
    text = os.fsdecode(word)
    return f"./{text}" if text.startswith("-") else text
