"""Hostile and damaged wheels, judged by verify, patch, inspect and doctor, beside what zipfile, pip and uv make of
each, as hostile_wheels.tsv pins it. `verify` may not vouch for what an installer refuses or reads otherwise."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hostile_documents
import hostile_ends
import hostile_headers
import hostile_libraries
import hostile_metadata
import hostile_names
import hostile_readers
import hostile_streams
from hostile_readers import SAME, Case
from hostile_reasons import REASONS

MODULES = (
    hostile_ends,
    hostile_headers,
    hostile_streams,
    hostile_names,
    hostile_documents,
    hostile_metadata,
    hostile_libraries,
)
TABLE = Path(__file__).with_name("hostile_wheels.tsv")
OF_PATCH = {f".dist-info/{name}" for name in ("METADATA", "RECORD", "RECORD.jws", "RECORD.p7s")}
Row = dict[str, str]


@pytest.fixture(scope="module")
def pinned() -> dict[str, Row]:
    """The table's rows, without their names and in their order."""
    with TABLE.open(newline="") as file:
        return {row.pop("name"): row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    wheels = [wheel for module in MODULES for wheel in module.wheels()]
    return hostile_readers.write(wheels, tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def seen(wheelfix: Callable, cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """What each program makes of each wheel now."""
    by_pip = hostile_readers.by_pip(cases)
    by_uv = hostile_readers.by_uv(cases, tmp_path_factory.mktemp("uv"))
    by_verify = found_by_verify(wheelfix, cases)
    with ThreadPoolExecutor(hostile_readers.WORKERS) as workers:
        rows = dict(zip(by_pip, workers.map(lambda case: exit_statuses(wheelfix, case), cases), strict=True))
    for case in cases:
        name, path = case.wheel.name, str(case.path)
        rows[name]["verify"] = " ".join(by_verify.get(path, ["-"]))
        rows[name] |= {"zipfile": hostile_readers.by_zipfile(case), "pip": by_pip[name], "uv": by_uv[name]}
    return rows


def found_by_verify(wheelfix: Callable, cases: list[Case]) -> dict[str, list[str]]:
    """The codes of its findings by the wheel's path, each once, warnings in parentheses."""
    run = wheelfix("verify", "--json", *(case.path for case in cases))
    assert run.returncode == 1
    codes: dict[str, list[str]] = {}
    for finding in json.loads(run.stdout)["findings"]:
        of_wheel, code = codes.setdefault(finding["wheel"], []), code_of(finding)
        if code not in of_wheel:
            of_wheel.append(code)
    return codes


def exit_statuses(wheelfix: Callable, case: Case) -> Row:
    commands = {
        "patch": ("--suffix", "x.1", "--dest-dir", case.folder / "patched"),
        "inspect": ("--json",),
        "doctor": ("--json",),
    }
    return {name: str(wheelfix(name, *options, case.path).returncode) for name, options in commands.items()}


def code_of(finding: dict[str, str]) -> str:
    return finding["code"] if finding["severity"] == "error" else f"({finding['code']})"


def is_no_error(code: str) -> bool:
    return code == "-" or code.startswith("(")


def has_errors(row: Row) -> bool:
    return not all(is_no_error(code) for code in row["verify"].split())


def test_rows_are_as_pinned(seen: dict[str, Row], pinned: dict[str, Row]) -> None:
    assert list(seen) == list(pinned)
    wrong = {}
    for name, row in seen.items():
        differs = {column: value for column, value in row.items() if value not in pinned[name][column].split("|")}
        if differs:
            wrong[name] = {column: (value, pinned[name][column]) for column, value in differs.items()}
    assert wrong == {}, "what is seen, and what is pinned"


def test_headers_that_are_told_to_be_written_again_are(wheelfix: Callable, seen: dict[str, Row], cases: list[Case]) -> None:
    mended = [case for case in cases if {*seen[case.wheel.name]["verify"].split()} & {"bad-extra-field", "stream-unreadable"}]
    mended = [case for case in mended if seen[case.wheel.name]["patch"] == "0"]
    assert len(mended) > 20
    new = [next((case.folder / "patched").glob("*.whl")) for case in mended]
    run = wheelfix("verify", *new)
    assert run.returncode == 0, run.stdout


def test_a_wheel_without_errors_is_installed_as_it_reads(seen: dict[str, Row]) -> None:
    vouched = {name: row for name, row in seen.items() if not has_errors(row)}
    assert {name: row for name, row in vouched.items() if {row["pip"], row["uv"]} != {SAME}} == {}


def test_a_wheel_without_errors_is_installed_from_a_server_too(
    seen: dict[str, Row], cases: list[Case], tmp_path: Path
) -> None:
    vouched = [case for case in cases if not has_errors(seen[case.wheel.name])]
    by_uv = hostile_readers.by_uv_from_server(vouched, tmp_path / "uv")
    assert {name: outcome for name, outcome in by_uv.items() if outcome != SAME} == {}


def test_a_wheel_without_errors_is_patched_and_holds_the_same(seen: dict[str, Row], cases: list[Case]) -> None:
    vouched = [case for case in cases if not has_errors(seen[case.wheel.name])]
    assert {case.wheel.name for case in vouched if not is_patched_soundly(case)} == set()
    statuses = {case.wheel.name: [seen[case.wheel.name][column] for column in ("patch", "inspect")] for case in vouched}
    assert {name for name, both in statuses.items() if both != ["0", "0"]} == set()


def is_patched_soundly(case: Case) -> bool:
    """Whether the patched wheel has each file of the old one, but for the documents that patch writes or drops."""
    (path,) = (case.folder / "patched").iterdir()
    with zipfile.ZipFile(path) as archive:
        return kept((info.filename, archive.read(info)) for info in archive.infolist()) == kept(case.wheel.files)


def kept(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The folders that have the version in their names are called by their kind alone."""
    renamed = ((re.sub(r"^[^/]*(\.dist-info|\.data)/", r"\1/", path), data) for path, data in files)
    return sorted((path, data) for path, data in renamed if path not in OF_PATCH)


def test_each_wheel_that_we_alone_refuse_has_its_reason(seen: dict[str, Row], pinned: dict[str, Row]) -> None:
    def may_read_the_same(name: str) -> bool:
        return all(SAME in pinned[name][tool].split("|") for tool in ("pip", "uv"))

    stricter = {name for name, row in seen.items() if has_errors(row) and may_read_the_same(name)}
    reasons = {name: row["why"] for name, row in pinned.items() if row["why"]}
    assert stricter <= set(reasons)
    assert [name for name in set(reasons) - stricter if "|" not in pinned[name]["pip"]] == []
    assert set(reasons.values()) == set(REASONS)


def test_the_table_is_large() -> None:
    assert len({wheel.content for module in MODULES for wheel in module.wheels()}) >= 300
