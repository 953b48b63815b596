"""Commands that make wheels, libraries and patches."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Optional

from ._options import Common, LibraryOptions, Limited, PatchOptions, Paths, RepairOptions, Rewriting, StrPath, Texts, Writing, ask_command
from ._read import read
from ._written import (
    CommittedFolder,
    Delta,
    EditFolder,
    GraftedWheels,
    Joined,
    Locked,
    Patch,
    PatchedLibraries,
    PatchedWheels,
    RewrittenMetadata,
    RewrittenWheel,
    Unpacked,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack


def patch(
    wheel: StrPath,
    *,
    suffix: Optional[str] = None,
    patch: Paths = (),
    patch_dir: Paths = (),
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[PatchOptions],
) -> PatchedWheels:
    """Changes files and libraries in a wheel, and writes it under the local version label `suffix`.

    `suffix` may be left out if a recipe has one. Those of `patch` are applied first, then `patch_dir`, then `recipe`. The other keywords
    are the options of `wheelfix patch`. The wheel is written whole or not at all.

    Raises WheelfixError: `does-not-apply`, `already-applied` or `bad-diff` for a patch, `bad-recipe`,
    `bad-archive` or `bad-wheel` for the wheel, also if its result would have a new error, `bad-binary` or `cannot-edit` for a library,
    `bad-label` for `suffix`, `output-exists` without `overwrite`, `limit-exceeded`, `io`, `usage`.
    """
    given = {"suffix": suffix, "patch": patch, "patch_dir": patch_dir, "dest_dir": dest_dir}
    return read(PatchedWheels, ask_command("wheelfix patch", [wheel], given, options, PatchOptions))


def patch_library(
    library: StrPath, *, output: Optional[StrPath] = None, in_place: bool = False, **options: Unpack[LibraryOptions]
) -> PatchedLibraries:
    """Changes a library that isn't in a wheel, and writes it to `output`, or in its place.

    Globs are left out: `set_rpath="$ORIGIN/../lib"`.

    Raises WheelfixError: `bad-binary` or `cannot-edit` for the library, `output-exists` without `overwrite`, `io`, `usage`.
    """
    given = {"output": output, "in_place": in_place}
    return read(PatchedLibraries, ask_command("wheelfix patch", [library], given, options, LibraryOptions))


def repair(
    *wheels: StrPath,
    suffix: str,
    layout: Optional[str] = None,
    with_: Paths = (),
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[RepairOptions],
) -> PatchedWheels:
    """Makes the extension modules of a set of wheels import in a layout, and writes the wheels that have to change.

    `layout` is shared, symlinks, split, or split:TEMPLATE; `with_` are wheels of the set that must not change, or folders of them. All
    wheels are written or none; none if all imports work.

    Raises WheelfixError: `bad-wheel` if an import would still fail, without `keep_going`; otherwise as `patch`.
    """
    given = {"suffix": suffix, "layout": layout, "with_": with_, "dest_dir": dest_dir}
    return read(PatchedWheels, ask_command("wheelfix repair", wheels, given, options, RepairOptions))


def graft(
    *wheels: StrPath,
    suffix: Optional[str] = None,
    sysroot: Optional[StrPath] = None,
    layout: Optional[str] = None,
    with_: Paths = (),
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[RepairOptions],
) -> GraftedWheels:
    """Adds to wheels the libraries of the system that they need and no platform tag promises, retags and repairs them.

    `sysroot` is the root folder of the system, `/` without it. Otherwise as `repair`, with or without `suffix`.

    Raises WheelfixError: `bad-wheel` for a wheel without libraries or with what no tag allows, and for a library that is nowhere, without
    `keep_going`; otherwise as `repair`.
    """
    given = {"graft": True, "suffix": suffix, "sysroot": sysroot, "layout": layout, "with_": with_, "dest_dir": dest_dir}
    return read(GraftedWheels, ask_command("wheelfix repair", wheels, given, options, RepairOptions))


def set_version(
    wheel: StrPath,
    version: Optional[str] = None,
    *,
    strip_local: bool = False,
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[Rewriting],
) -> RewrittenWheel:
    """Writes a wheel under another version, any of PEP 440, or with `strip_local` under its own without the local label.

    Raises WheelfixError: `usage` for what is no version, `bad-archive` or `bad-wheel` for the wheel, `output-exists` without `overwrite`,
    `limit-exceeded`, `io`.
    """
    given = {"strip_local": strip_local, "dest_dir": dest_dir}
    words = [wheel] if version is None else [wheel, version]
    return read(RewrittenWheel, ask_command("wheelfix set-version", words, given, options, Rewriting))


def retag(
    wheel: StrPath,
    *,
    platform: Optional[str] = None,
    python: Optional[str] = None,
    abi: Optional[str] = None,
    build: Optional[str] = None,
    no_check: bool = False,
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[Rewriting],
) -> RewrittenWheel:
    """Writes a wheel under other tags: several with dots between them, after a `+` to add them, after a `-` to remove them.

    An empty `build` removes the build tag. `warnings` of the result say which tags promise more than the wheel's libraries
    keep, unless `no_check` is given.

    Raises WheelfixError: `usage` for what is no tag, or, without `force`, one that no Python accepts; otherwise as `set_version`.
    """
    given = {"platform": platform, "python": python, "abi": abi, "build": build, "no_check": no_check, "dest_dir": dest_dir}
    return read(RewrittenWheel, ask_command("wheelfix retag", [wheel], given, options, Rewriting))


def set_metadata(
    wheel: StrPath,
    *,
    add_requires: Texts = (),
    remove_requires: Texts = (),
    replace_requires: Texts = (),
    requires_python: Optional[str] = None,
    add_classifier: Texts = (),
    remove_classifier: Texts = (),
    suffix: Optional[str] = None,
    dest_dir: Optional[StrPath] = None,
    **options: Unpack[Writing],
) -> RewrittenMetadata:
    """Changes what a wheel requires, its Requires-Python and its classifiers. It keeps its version unless `suffix` is given.

    Removals come first, then replacements, then additions. `warnings` of the result say what PyPI refuses.

    Raises WheelfixError: `usage` for what is no requirement, specifier or classifier, `does-not-apply` for what isn't there or is
    ambiguous, `already-applied` for what is there already; otherwise as `set_version`.
    """
    given = {
        "add_requires": add_requires,
        "remove_requires": remove_requires,
        "replace_requires": replace_requires,
        "requires_python": requires_python,
        "add_classifier": add_classifier,
        "remove_classifier": remove_classifier,
        "suffix": suffix,
        "dest_dir": dest_dir,
    }
    return read(RewrittenMetadata, ask_command("wheelfix set-metadata", [wheel], given, options, Writing))


def diff(
    old: StrPath,
    new: Optional[StrPath] = None,
    *,
    env: Optional[StrPath] = None,
    output: Optional[StrPath] = None,
    max_input_size: Optional[int] = None,
    **options: Unpack[Limited],
) -> Patch:
    """Makes a patch that turns the files of `old`, a wheel, into those of `new`: a wheel, a folder, or an environment, as `env` is too.

    Raises WheelfixError: `bad-archive` or `bad-wheel` for a wheel, `limit-exceeded` for a patch over `max_input_size` bytes, `io`,
    `usage`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "made.patch") if output is None else output
        given = {"env": env, "output": file, "max_input_size": max_input_size}
        inputs = [old] if new is None else [old, new]
        made = ask_command("wheelfix diff", inputs, given, options, Limited)
        content = Path(file).read_bytes()
    if output is None:
        made["output"] = None
    return read(Patch, {**made, "patch": content})


def edit(
    source: StrPath,
    *,
    env: Optional[StrPath] = None,
    output: Optional[StrPath] = None,
    patch_dir: Paths = (),
    recipe: Texts = (),
    **options: Unpack[Limited],
) -> EditFolder:
    """Makes a folder with the files of a wheel, or of the package of that name in `env`, to be edited. `commit` makes a recipe of it.

    Raises WheelfixError: `output-exists` for a folder that isn't empty, `bad-wheel`, `bad-recipe` or `does-not-apply` for a recipe, `io`,
    `usage`.
    """
    given = {"env": env, "output": output, "patch_dir": patch_dir, "recipe": recipe}
    return read(EditFolder, ask_command("wheelfix edit", [source], given, options, Limited))


def commit(
    folder: StrPath = ".",
    *,
    output: Optional[StrPath] = None,
    suffix: Optional[str] = None,
    wheel: Optional[StrPath] = None,
    overwrite: bool = False,
    max_input_size: Optional[int] = None,
    **options: Unpack[Common],
) -> CommittedFolder:
    """Makes a recipe of what was changed in a folder of `edit`, in `output` or patches/PACKAGE-VERSION.

    Raises WheelfixError: `usage` for another folder, `bad-wheel` if what it was made from has changed, `output-exists` without
    `overwrite`, `limit-exceeded`, `io`.
    """
    given = {"output": output, "suffix": suffix, "wheel": wheel, "overwrite": overwrite, "max_input_size": max_input_size}
    return read(CommittedFolder, ask_command("wheelfix commit", [folder], given, options, Common))


def lock(
    *files: StrPath,
    wheels: Paths,
    index: Optional[str] = None,
    base_url: Optional[str] = None,
    check: bool = False,
    **options: Unpack[Limited],
) -> Locked:
    """Puts the version and hashes of patched wheels into lock files: all files are changed or none.

    `wheels` are folders, indexes or wheels; the files name the index `index` for them, if it is given, and `base_url` says
    where that has the files, if not at INDEX/PROJECT/FILE. With `check` nothing changes, and `passed` says whether all is up to date.

    Raises WheelfixError: for a file that can't be parsed or doesn't have the project, for wheels that can't be read; `io`, `usage`.
    """
    given = {"wheels": wheels, "index": index, "base_url": base_url, "check": check}
    return read(Locked, ask_command("wheelfix lock", files, given, options, Limited))


def delta(
    source: StrPath,
    wheel: StrPath,
    *,
    output: Optional[StrPath] = None,
    overwrite: bool = False,
    **options: Unpack[Limited],
) -> Delta:
    """Writes what a wheel has that its source doesn't have. `join` makes the same wheel of both again.

    Raises WheelfixError: `bad-archive` or `bad-wheel` for a wheel, `output-exists` without `overwrite`, `io`, `usage`.
    """
    given = {"output": output, "overwrite": overwrite}
    return read(Delta, ask_command("wheelfix delta", [source, wheel], given, options, Limited))


def join(
    source: StrPath,
    delta: StrPath,
    *,
    output: Optional[StrPath] = None,
    overwrite: bool = False,
    **options: Unpack[Common],
) -> Joined:
    """Makes a wheel again from its source and what `delta` wrote: the same bytes.

    Raises WheelfixError: for a delta that is damaged or of another wheel, `output-exists` without `overwrite`, `io`, `usage`.
    """
    given = {"output": output, "overwrite": overwrite}
    return read(Joined, ask_command("wheelfix join", [source, delta], given, options, Common))


def unpack(wheel: StrPath, *, output: Optional[StrPath] = None, **options: Unpack[Limited]) -> Unpacked:
    """Writes a wheel's files to a folder that Python can import from.

    Raises WheelfixError: `bad-archive` or `bad-wheel` for the wheel, `output-exists` for a folder that isn't empty, `io`, `usage`.
    """
    return read(Unpacked, ask_command("wheelfix unpack", [wheel], {"output": output}, options, Limited))
