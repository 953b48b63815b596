"""Whether a marker holds, beside what Python's `packaging` says, of environments of which all or less is known."""

from __future__ import annotations

import itertools
import random

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, Specifier
from packaging.version import InvalidVersion, Version
from test_versions import SEED, ask

LINUX = {
    "implementation_name": "cpython",
    "implementation_version": "3.11.2",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_release": "6.1",
    "platform_system": "Linux",
    "platform_version": "1.0",
    "python_full_version": "3.11.2",
    "python_version": "3.11",
    "sys_platform": "linux",
    "extra": "a-b",
}
OTHERS = [
    LINUX | {"python_full_version": "3.8.0rc1", "python_version": "3.8", "extra": ""},
    LINUX | {"os_name": "nt", "platform_machine": "AMD64", "platform_system": "Windows", "sys_platform": "win32", "platform_release": "10"},
    LINUX | {"platform_system": "Darwin", "sys_platform": "darwin", "platform_release": "22.1.0-x", "implementation_name": "pypy"},
]
OLD_NAMES = ["os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation", "python_implementation"]
NAMES = [*LINUX, *OLD_NAMES]
OPERATORS = ["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"]
TEXTS = ["3.11", "3.11.0", "3.11.*", "3.8", "3", "3.11.2", "6.1", "6.1+a", "1.0", "v3.11", "3.11, 3.12", "linux", "linux win32", "x86_64", "A_b", "", "b"]
VERSIONS = {"implementation_version", "platform_release", "python_full_version", "python_version"}


def today(name: str) -> str:
    return "platform_python_implementation" if name.endswith("python_implementation") else name.replace(".", "_")


def oracle(text: str, environment: dict[str, str]) -> str:
    try:
        return "yes" if Marker(text).evaluate(environment) else "no"
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return "unknown"


def is_read(kind: type, text: str) -> bool:
    try:
        return bool(kind(text))
    except (InvalidSpecifier, InvalidVersion):
        return False


def depends_on_installer(left: str, operator: str, right: str, name: str) -> bool:
    """Whether releases of `packaging` differ: where what isn't a version is ordered, and where it is compared with a version."""
    if name in VERSIONS and is_read(Specifier, operator + right):
        return operator != "===" and not is_read(Version, left)
    return operator in ("<", "<=", ">", ">=")


def one(environment: dict[str, str], name: str, operator: str, text: str, is_reversed: bool) -> tuple[str, str]:
    """A comparison, and what it is: yes, no or unknown."""
    operands, values = [name, f"'{text}'"], [environment[today(name)], text]
    if is_reversed:
        operands, values = operands[::-1], values[::-1]
    marker = f" {operator} ".join(operands)
    unsure = depends_on_installer(values[0], operator, values[1], today(name))
    return marker, "unknown" if unsure else oracle(marker, environment)


def questions(markers: list[str], known: dict[str, str]) -> list[tuple[str, ...]]:
    fields = tuple(itertools.chain.from_iterable(known.items()))
    return [(marker, *fields) for marker in markers]


def answers(markers: list[str], known: dict[str, str]) -> list[str]:
    return [answer[0] for answer in ask("marker", questions(markers, known))]


def test_each_comparison_is_what_packaging_says() -> None:
    for environment in [LINUX, *OTHERS]:
        expected = dict(one(environment, *parts) for parts in itertools.product(NAMES, OPERATORS, TEXTS, [False, True]))
        assert dict(zip(expected, answers(list(expected), environment))) == expected
        counts = [list(expected.values()).count(value) for value in ("yes", "no", "unknown")]
        assert min(counts) > 500


def grown(rng: random.Random, depth: int) -> str:
    """Several comparisons, joined and enclosed."""
    parts = []
    for _ in range(rng.randint(1, 4)):
        inner = depth > 0 and rng.random() < 0.4
        space = rng.choice(["", " ", "\t"])
        name = rng.choice(["os_name", "sys_platform", "platform_system", "platform_machine", "python_version", "extra"])
        operator = rng.choice(["==", "!=", " in ", " not in ", *(["<", ">=", "~="] if name == "python_version" else [])])
        is_ordered = operator in ("<", ">=", "~=")
        text = rng.choice(["3.8", "3.11"] if is_ordered else ["linux", "nt", "Windows", "3.8", "3.11", "a.b", "AMD64", "x86_64"])
        quoted = rng.choice([f"'{text}'", f'"{text}"', f" '{text}' "])
        parts.append(f"({space}{grown(rng, depth - 1)}{space})" if inner else f"{name}{operator}{quoted}")
        parts.append(rng.choice([" and ", " or "]))
    return "".join(parts[:-1])


def test_markers_of_several_comparisons_are_what_packaging_says() -> None:
    rng = random.Random(f"{SEED} all")
    markers = [grown(rng, 3) for _ in range(2000)]
    expected = [oracle(marker, LINUX) for marker in markers]
    assert dict(zip(markers, answers(markers, LINUX))) == dict(zip(markers, expected))
    assert min(expected.count(value) for value in ("yes", "no")) > 300


def test_what_is_said_without_knowing_all_holds_whatever_the_rest_is() -> None:
    rng = random.Random(f"{SEED} less")
    markers = [grown(rng, 2) for _ in range(1000)]
    for unknown in [{"python_version"}, {"extra", "python_version"}, {"platform_machine", "extra"}, {"os_name", "python_version"}]:
        known = {name: value for name, value in LINUX.items() if name not in unknown}
        rest = [LINUX | {name: other[name] for name in unknown} for other in [LINUX, *OTHERS]]
        said = answers(markers, known)
        wrong = [(marker, value) for marker, value in zip(markers, said) if value != "unknown" and {oracle(marker, each) for each in rest} != {value}]
        assert wrong == []
        assert min(said.count(value) for value in ("yes", "no", "unknown")) > 20


def test_what_packaging_cannot_read_is_unknown() -> None:
    broken = ["os_name", "os_name ==", "== 'a'", "'a' == 'a'", "os_name = 'a'", "os_name == a", "os_name == 'a", "foo == 'a'", "os_name == 'a' and"]
    broken += ["(os_name == 'a'", "os_name == 'a')", "os_name == 'a' os_name == 'a'", "os_name == 'a' xor os_name == 'b'", "os_name not 'a'"]
    assert {oracle(marker, LINUX) for marker in broken} == {"unknown"}
    assert set(answers(broken, LINUX)) == {"unknown"}
