"""Change a published Python package as little as possible, and prove the result.

Each function runs a command of the program `wheelfix` (`index`: of `wheelfix-index`), which is in the same wheel, and returns its JSON as a
frozen dataclass. Keywords are the options of the command line, with `_` for `-`. Paths may be `str` or `os.PathLike`. A command that
can't go on is a `WheelfixError`; what `doctor` and `verify` find isn't. What the program says on stderr goes to the logger `wheelfix`.
Functions may be called in several threads at once.

    import wheelfix

    made = wheelfix.patch("demo-1.0-py3-none-any.whl", suffix="fix.1", patch="fix.patch", dest_dir="out")
    assert wheelfix.verify(*made.outputs).passed
"""

import sys

if sys.version_info < (3, 9):
    raise ImportError(f"wheelfix needs Python 3.9 or later, and this is {sys.version_info[0]}.{sys.version_info[1]}")

from ._checks import compare_versions, doctor, explain, index, inspect, recipes, verify
from ._errors import WheelfixError
from ._found import (
    Cause,
    ComparedVersion,
    Comparison,
    ComparisonVerdict,
    CrossCheck,
    Entry,
    EntryDifference,
    Examination,
    Explanation,
    Finding,
    InspectedWheel,
    Library,
    LoadStep,
    MinimumOs,
    Slice,
    SourceComparison,
    SymbolUse,
    Verdict,
    Verification,
    VersionFailure,
    VersionNeeds,
)
from ._installed import apply, patch_installed, repair_installed, status, undo
from ._program import find_program
from ._run import Progress, ProgressCallback
from ._wheels import commit, delta, diff, edit, join, lock, patch, patch_library, repair, unpack
from ._written import (
    AppliedFile,
    AppliedRun,
    AppliedSource,
    Change,
    ChangedPackage,
    CommittedFolder,
    Delta,
    Differing,
    EditFolder,
    FolderChange,
    Index,
    InstalledChanges,
    Joined,
    LeftOut,
    LockChange,
    Locked,
    LockedFile,
    NamedRecipe,
    Patch,
    PatchedLibraries,
    PatchedPackage,
    PatchedWheels,
    RecipeState,
    Status,
    Unpacked,
    Written,
)

__all__ = [
    "AppliedFile",
    "AppliedRun",
    "AppliedSource",
    "Cause",
    "Change",
    "ChangedPackage",
    "CommittedFolder",
    "ComparedVersion",
    "Comparison",
    "ComparisonVerdict",
    "CrossCheck",
    "Delta",
    "Differing",
    "EditFolder",
    "Entry",
    "EntryDifference",
    "Examination",
    "Explanation",
    "Finding",
    "FolderChange",
    "Index",
    "InspectedWheel",
    "InstalledChanges",
    "Joined",
    "LeftOut",
    "Library",
    "LoadStep",
    "LockChange",
    "Locked",
    "LockedFile",
    "MinimumOs",
    "NamedRecipe",
    "Patch",
    "PatchedLibraries",
    "PatchedPackage",
    "PatchedWheels",
    "Progress",
    "ProgressCallback",
    "RecipeState",
    "Slice",
    "SourceComparison",
    "Status",
    "SymbolUse",
    "Unpacked",
    "Verdict",
    "Verification",
    "VersionFailure",
    "VersionNeeds",
    "WheelfixError",
    "Written",
    "apply",
    "commit",
    "compare_versions",
    "delta",
    "diff",
    "doctor",
    "edit",
    "explain",
    "find_program",
    "index",
    "inspect",
    "join",
    "lock",
    "patch",
    "patch_installed",
    "patch_library",
    "recipes",
    "repair",
    "repair_installed",
    "status",
    "undo",
    "unpack",
    "verify",
]
