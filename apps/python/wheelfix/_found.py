"""What the functions return that only read, like the documents of `_written.py`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class LoadStep:
    """A step on the way to what fails to load."""

    link: str  #: start, runs, loads, needs, binds or lists
    name: str
    package: Optional[str]


@dataclass(frozen=True)
class Finding:
    """What is wrong. `explain(code)` explains it."""

    code: str
    severity: str  #: error, warning or note
    wheel: Optional[str]
    path: Optional[str]
    message: str
    hint: Optional[str]
    more: int = 0  #: how many more are like it, and aren't listed
    kind: Optional[str] = None  #: breaks or hygiene; of `doctor`
    cause: Optional[int] = None  #: which of Examination.causes it has
    chain: tuple[LoadStep, ...] = ()  #: from what is imported to what is missing
    out_of_reach: Optional[LoadStep] = None  #: the library with the missing name, where the loader doesn't look


@dataclass(frozen=True)
class EntryDifference:
    """How an entry of a wheel differs from its source's."""

    path: str  #: in the source, if it is removed
    how: tuple[str, ...]  #: added, removed, content, version, rows, compression, time, attributes, extra-fields, header, order, renamed


@dataclass(frozen=True)
class SourceComparison:
    """How a wheel differs from its source. All other entries are the same bit for bit."""

    entries: int
    differ: tuple[EntryDifference, ...]
    renamed: tuple[str, ...]  #: entries that differ only in the name and place of their folder
    other_comment: bool


@dataclass(frozen=True)
class Verification:
    """What `verify` found."""

    findings: tuple[Finding, ...]
    passed: bool  #: whether it found no error
    comparison: Optional[SourceComparison] = None  #: with `against`


@dataclass(frozen=True)
class Verdict:
    """What `doctor` found, in short."""

    text: str
    loads: bool
    wheels: int
    libraries: int
    modules: int
    failing: int
    causes: int
    hygiene: int
    ignored: int
    python: Optional[str]
    system: Optional[str]


@dataclass(frozen=True)
class Cause:
    """Why findings are there: each has one."""

    message: str
    severity: str
    kind: str
    hint: Optional[str]


@dataclass(frozen=True)
class Examination:
    """What `doctor` found."""

    verdict: Verdict
    causes: tuple[Cause, ...]  #: the gravest last
    findings: tuple[Finding, ...]
    passed: bool  #: whether it found no error, or with `fail_on="warning"` no warning
    patched: tuple[str, ...] = ()  #: installed packages that wheelfix changed


@dataclass(frozen=True)
class VersionFailure:
    """Why a library doesn't load with a version of another project."""

    code: str
    path: str
    message: str
    name: str
    hint: Optional[str]
    is_doubtful: bool


@dataclass(frozen=True)
class ComparedVersion:
    """The compared wheel with one version of the other project."""

    version: str
    wheel: str
    outcome: str  #: fails, may fail or loads
    is_required: Optional[bool]
    failures: tuple[VersionFailure, ...]


@dataclass(frozen=True)
class ComparisonVerdict:
    """The compared wheel, and the comparison in short."""

    text: str
    wheel: str
    name: str
    version: str
    tags: str
    project: str
    requirement: Optional[str]


@dataclass(frozen=True)
class Comparison:
    """What `compare_versions` found."""

    verdict: ComparisonVerdict
    versions: tuple[ComparedVersion, ...]  #: the newest last
    always: tuple[VersionFailure, ...]  #: what is missing with every version
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]
    passed: bool  #: whether it loads with each version


@dataclass(frozen=True)
class PolicyReason:
    """What a policy of Linux doesn't allow, or older ones don't."""

    kind: str  #: version, library, symbol or instructions
    path: str  #: who needs it
    file: str  #: the library that is needed, or empty
    names: tuple[str, ...]  #: versions, symbols or a level of x86-64
    since: Optional[str]  #: the glibc or musl of the oldest policy that allows it; None if none does


@dataclass(frozen=True)
class ExternalLibrary:
    """A library that a wheel needs and hasn't got."""

    name: str
    kind: str  #: library, python or driver
    needed_by: tuple[str, ...]
    needed_by_others: tuple[str, ...]  #: external libraries
    out_of_reach: Optional[str]  #: the entry that has this name, where the loader doesn't look
    path: Optional[str]  #: with `sysroot`
    since: Optional[str]  #: the glibc or musl of the oldest policy that promises it; None if none does


@dataclass(frozen=True)
class Policy:
    """What a wheel needs of a Linux system."""

    system: str  #: manylinux, musllinux, any or other
    machine: Optional[str]
    tag: Optional[str]  #: the platform tag that is true of it and that most systems take
    grafted_tag: Optional[str]  #: the same if it had what no policy promises
    untrue_tags: tuple[str, ...]  #: those of its own
    reasons: tuple[PolicyReason, ...]  #: against the oldest policy, the gravest first
    externals: tuple[ExternalLibrary, ...]
    next: Optional[str]  #: the command to type next


@dataclass(frozen=True)
class WheelPolicy:
    """A wheel and its policy."""

    wheel: str
    name: str
    version: str
    tags: tuple[str, ...]  #: for platforms
    policy: Policy


@dataclass(frozen=True)
class Policies:
    """What `policies` found."""

    wheels: tuple[WheelPolicy, ...]  #: in the order given
    findings: tuple[Finding, ...]  #: libraries that can't be read
    passed: bool  #: whether all could be read, and with `fail_on="warning"` all tags are true


@dataclass(frozen=True)
class Explanation:
    """What a finding means."""

    code: str
    severities: tuple[str, ...]
    kind: str
    meaning: str
    remedy: str
    example: str


@dataclass(frozen=True)
class Entry:
    """An entry of a wheel."""

    path: str
    size: int
    compressed_size: int
    mode: int


@dataclass(frozen=True)
class MinimumOs:
    """The oldest version of a system that a Mach-O file runs on."""

    platform: str
    version: str


@dataclass(frozen=True)
class VersionNeeds:
    """The symbol versions that a library needs of another."""

    file: str
    versions: tuple[str, ...]


@dataclass(frozen=True)
class CrossCheck:
    """What LIEF reads of a library."""

    outcome: str  #: absent, agrees, disagrees or died
    text: Optional[str]


@dataclass(frozen=True)
class Slice:
    """What a library, or a universal file of macOS for one processor, says."""

    format: str  #: elf, pe or macho
    machine: str
    bits: int
    soname: Optional[str]
    needed: tuple[str, ...]
    needed_kinds: tuple[str, ...]
    delay_needed: tuple[str, ...]
    rpath: tuple[str, ...]
    runpath: tuple[str, ...]
    minimum_os: tuple[MinimumOs, ...]
    has_signature: bool


@dataclass(frozen=True)
class Library(Slice):
    """A library."""

    path: str
    libc: Optional[str]
    minimum_glibc: Optional[str]
    python: Optional[str]
    free_threaded: bool
    versions_needed: tuple[VersionNeeds, ...]
    cuda_archs: tuple[str, ...]
    slices: tuple[Slice, ...]
    cross_check: Optional[CrossCheck] = None


@dataclass(frozen=True)
class SymbolUse:
    """A library that defines or needs a symbol."""

    path: str
    symbol: str
    role: str  #: defines, needs or may-use
    version: Optional[str]
    is_default_version: bool
    version_file: Optional[str]


@dataclass(frozen=True)
class InspectedWheel:
    """What a wheel says; or a library that isn't in one, and then `wheel`, `name` and so on are None."""

    wheel: Optional[Path]
    name: Optional[str] = None
    version: Optional[str] = None
    build: Optional[str] = None
    tags: tuple[str, ...] = ()
    summary: Optional[str] = None
    requires_python: Optional[str] = None
    requires_dist: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    libraries: tuple[Library, ...] = ()
    symbols: tuple[SymbolUse, ...] = ()  #: of `inspect` with `symbol`, which gives nothing else
    findings: tuple[Finding, ...] = ()  #: libraries that can't be read
