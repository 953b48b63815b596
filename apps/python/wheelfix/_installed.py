"""Commands that change what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ._options import InstalledOptions, InstalledRepairOptions, Limited, Paths, StrPath, Texts, ask_command
from ._read import read
from ._written import InstalledChanges, Status

if TYPE_CHECKING:
    from typing_extensions import Unpack


def patch_installed(
    package: str,
    *,
    env: Paths,
    suffix: Optional[str] = None,
    patch: Paths = (),
    patch_dir: Paths = (),
    **options: Unpack[InstalledOptions],
) -> InstalledChanges:
    """Changes an installed package in place: all of it or nothing. `undo` brings it back.

    `env` is an interpreter, a venv or conda prefix, or a folder of packages, here and below.

    Raises WheelfixError: as `patch`; `bad-wheel` also for an installed file that isn't as RECORD says.
    """
    given = {"package": package, "env": env, "suffix": suffix, "patch": patch, "patch_dir": patch_dir}
    return read(InstalledChanges, ask_command("wheelfix patch", [], given, options, InstalledOptions))


def repair_installed(*, env: Paths, suffix: Optional[str] = None, **options: Unpack[InstalledRepairOptions]) -> InstalledChanges:
    """Makes the extension modules of an environment import, in place: all packages or none.

    Raises WheelfixError: `bad-wheel` if an import would still fail, without `keep_going`; otherwise as `patch_installed`.
    """
    given = {"env": env, "suffix": suffix}
    return read(InstalledChanges, ask_command("wheelfix repair", [], given, options, InstalledRepairOptions))


def apply(
    *folders: StrPath,
    env: Paths = (),
    recipe: Texts = (),
    check: bool = False,
    dry_run: bool = False,
    force: bool = False,
    **options: Unpack[Limited],
) -> InstalledChanges:
    """Applies a project's recipes to what is installed. What is applied already is skipped.

    Without `folders` they are those that pyproject.toml in the working folder names, or patches; without `env` the environment is
    $VIRTUAL_ENV, the project's .venv, or the python3 of PATH. With `check` nothing changes, and `passed` says whether all is applied.

    Raises WheelfixError: `bad-recipe`, or `bad-wheel` for a recipe that can't be applied without losing something; otherwise as
    `patch_installed`.
    """
    given = {"env": env, "recipe": recipe, "check": check, "dry_run": dry_run, "force": force}
    return read(InstalledChanges, ask_command("wheelfix apply", folders, given, options, Limited))


def undo(*, env: Paths, package: Texts = (), dry_run: bool = False, force: bool = False, **options: Unpack[Limited]) -> InstalledChanges:
    """Brings back what the installer wrote of these packages, or of all that wheelfix changed.

    Raises WheelfixError: `bad-wheel` for a file that was changed since, without `force`; `io`, `usage`.
    """
    given = {"env": env, "package": package, "dry_run": dry_run, "force": force}
    return read(InstalledChanges, ask_command("wheelfix undo", [], given, options, Limited))


def status(*, env: Paths, **options: Unpack[Limited]) -> Status:
    """Says which installed packages wheelfix changed, by what, and whether their files are still so.

    Raises WheelfixError: `bad-wheel` for a wheelfix.json that can't be read, `io`, `usage`.
    """
    return read(Status, ask_command("wheelfix status", [], {"env": env}, options, Limited))
