"""Commands that only read, and `index`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from ._found import Comparison, Examination, Explanation, InspectedWheel, Policies, Verification
from ._options import DoctorOptions, IndexOptions, Limited, Paths, StrPath, Texts, ask_command
from ._read import read
from ._written import Index, NamedRecipe

if TYPE_CHECKING:
    from typing_extensions import Unpack


def doctor(
    *wheels: StrPath,
    env: Paths = (),
    fail_on: Optional[str] = None,
    host: bool = False,
    html: Optional[StrPath] = None,
    **options: Unpack[DoctorOptions],
) -> Examination:
    """Says what will fail to load in a set of wheels, or fails in the environments `env`, and why.

    Without `wheels` and `env` it examines the Python of PATH. `[doctor] ignore` of a wheelfix.toml in the working folder holds. What it
    finds is no exception: see `passed` and `findings`.

    Raises WheelfixError: `io` for an environment that can't be read, `usage`.
    """
    given = {"env": env, "fail_on": fail_on, "host": host, "html": html}
    return read(Examination, ask_command("wheelfix doctor", wheels, given, options, DoctorOptions))


def compare_versions(
    wheel: StrPath,
    *installed_with: StrPath,
    against: Paths,
    fail_on: Optional[str] = None,
    **options: Unpack[DoctorOptions],
) -> Comparison:
    """Says with which versions of another project a wheel loads: `against` are wheels of that project, or folders of them.

    This is `wheelfix doctor --against`. `installed_with` are other wheels of the set.

    Raises WheelfixError: `usage` for wheels of several projects, `bad-archive` or `bad-wheel` for the wheel, `io`.
    """
    given = {"against": against, "fail_on": fail_on}
    return read(Comparison, ask_command("wheelfix doctor", [wheel, *installed_with], given, options, DoctorOptions))


def policies(
    *wheels: StrPath, sysroot: Optional[StrPath] = None, fail_on: Optional[str] = None, **options: Unpack[Limited]
) -> Policies:
    """Says which manylinux or musllinux tag is true of each wheel, and what is in the way of an older one.

    This is `wheelfix doctor --policy`. With `sysroot` what a wheel needs and hasn't got is looked up there.

    Raises WheelfixError: `usage` without a wheel, `bad-archive` or `bad-wheel`, `io`.
    """
    given = {"policy": True, "sysroot": sysroot, "fail_on": fail_on}
    return read(Policies, ask_command("wheelfix doctor", wheels, given, options, Limited))


def verify(
    *wheels: StrPath, against: Optional[StrPath] = None, receipt: Optional[StrPath] = None, **options: Unpack[Limited]
) -> Verification:
    """Checks the structure of wheels, all hashes, RECORD, names and tags. A wheel that can't be read is a finding too.

    With `against`, the wheel that one wheel was made from, it says what differs, and checks that; with `receipt` too, every difference
    must be one that the receipt declares.

    Raises WheelfixError: `usage` without a wheel; with `against` also `bad-archive`, `bad-wheel`, `bad-receipt` and `io`.
    """
    given = {"against": against, "receipt": receipt}
    return read(Verification, ask_command("wheelfix verify", wheels, given, options, Limited))


@dataclass(frozen=True)
class _Inspection:
    wheels: tuple[InspectedWheel, ...]


def inspect(*wheels: StrPath, symbol: Texts = (), cross_check: bool = False, **options: Unpack[Limited]) -> tuple[InspectedWheel, ...]:
    """Says what wheels and their libraries say of themselves, in the order given. Also takes libraries that aren't in a wheel.

    With `symbol` it says only which libraries define or need these symbols.

    Raises WheelfixError: `bad-archive` or `bad-wheel` for a wheel, `bad-binary` for a library, `io`, `usage`.
    """
    given = {"symbol": symbol, "cross_check": cross_check}
    return read(_Inspection, ask_command("wheelfix inspect", wheels, given, options, Limited)).wheels


@dataclass(frozen=True)
class _Explanations:
    findings: tuple[Explanation, ...]


def explain(*codes: str) -> tuple[Explanation, ...]:
    """Says what findings mean, and what to do about them; of all if no code is given.

    Raises WheelfixError: `usage` for a code that there isn't.
    """
    return read(_Explanations, ask_command("wheelfix explain", codes, {}, {}, Limited)).findings


@dataclass(frozen=True)
class _Recipes:
    recipes: tuple[NamedRecipe, ...]


def recipes() -> tuple[NamedRecipe, ...]:
    """The recipes that come with wheelfix, which `patch` takes by name.

    Raises WheelfixError: `bad-recipe` or `io` for one that can't be read.
    """
    return read(_Recipes, ask_command("wheelfix recipes", [], {}, {}, Limited)).recipes


def index(folder: StrPath, *requirements: str, pip_options: Texts = (), **options: Unpack[IndexOptions]) -> Index:
    """Makes a package index of a folder of wheels and sdists. With requirements, pip downloads them into the folder first.

    What can't be indexed is left out, which is no exception: see `passed` and `left_out`.

    Raises WheelfixError: `output-exists` for a page that isn't ours, `io`, also if pip fails, `usage`.
    """
    return read(Index, ask_command("wheelfix-index", [folder, *requirements], {}, options, IndexOptions, trailing=pip_options))
