"""The rules of apps/bazel, with Debian's Bazel: what they make is what the commands make, an import that fails works by rules alone, the
same bytes come from any folder, and a cache has them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bazel as bazel_kit
import pytest
from bazel import Bazel
from bazel_workspace import PATCH, fill

OPTIONS_COMMAND = [
    *("patch", "--quiet", "--suffix", "all.1", "--replace-local", "--rpath-kind", "rpath", "--patch-dir", "recipe"),
    *(
        "--remove",
        "one/spare *",
        "--add",
        "one/100%, or so.txt=added, file.txt",
        "--stub",
        "one/lib/libstub.so=stub.toml",
    ),
    *("--add-rpath", "one/lib/*=$ORIGIN/../x:$ORIGIN/y z", "--replace-needed", "one/lib/*=libm.so.6:libdl.so.2"),
    *("--add-needed", "one/lib/libone.so.1=libc.so.6", "--add-needed", "one/lib/libone.so.1=libpthread.so.0"),
    *("--set-soname", "one/lib/libone.so.1=libone.so.9"),
]
LOOSE_COMMAND = [
    *("patch", "--quiet", "--suffix", "all.2", "-p", "0", "--fuzz", "2", "--reverse", "--skip-applied"),
    *("--patch", "lines.patch", "--patch", "applied.patch"),
]
LINE_ENDS_COMMAND = ["patch", "--quiet", "--suffix", "all.3", "--patch", "crlf.patch"]
MNEMONICS = {"WheelfixIndex", "WheelfixJoin", "WheelfixPatch", "WheelfixRepair", "WheelfixUnpack"}
UNCACHED = {
    "bazel-out/k8-fastbuild/bin/app_by_delta/app-1.0+fix.2-py3-none-manylinux1_x86_64.whl",
    "bazel-out/k8-fastbuild/bin/by_delta/app",
    "bazel-out/k8-fastbuild/bin/by_delta/one",
    "bazel-out/k8-fastbuild/bin/set_by_delta",
}
ALL = ("--", "//...", "-//bad/...")


@pytest.fixture(scope="module")
def first(wheelfix, wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bazel]:
    folder = tmp_path_factory.mktemp("bazel")
    with bazel_kit.opened(folder, "first", wheelfix.program, wheelfix_index.program) as bazel:
        fill(bazel)
        yield bazel


@pytest.fixture(scope="module")
def second(first: Bazel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bazel]:
    """The same workspace in another folder, with a server of its own."""
    folder = tmp_path_factory.mktemp("another")
    with bazel_kit.opened(folder, "second", first.program, first.index_program) as bazel:
        fill(bazel)
        yield bazel


@pytest.fixture(scope="module")
def disk_cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"--disk_cache={tmp_path_factory.mktemp('disk')}"


@pytest.fixture(scope="module")
def filled(first: Bazel, disk_cache: str) -> list[dict]:
    """What it takes to fill the cache."""
    first.write("one.patch", PATCH.format("one", "# first", "# patched"))
    first.done("clean")
    return first.actions(disk_cache, *ALL)


def test_an_import_that_fails_works_by_rules_alone(first: Bazel) -> None:
    result = first("test", "--keep_going", "--test_output=errors", "//:all")
    states = {line.split()[0]: line.split()[1] for line in result.stdout.splitlines() if line.startswith("//:")}
    assert states == {
        "//:by_delta_test": "PASSED",
        "//:fixed_doctor_test": "PASSED",
        "//:fixed_test": "PASSED",
        "//:published_doctor_test": "FAILED",
        "//:published_test": "FAILED",
    }, result.stderr
    logs = first.workspace / "bazel-testlogs"
    missing = "libone.so.1: cannot open shared object file: No such file or directory"
    assert missing in (logs / "published_test/test.log").read_text()
    assert f"error: {missing} [import-fails]" in (logs / "published_doctor_test/test.log").read_text()
    with zipfile.ZipFile(logs / "published_doctor_test/test.outputs/outputs.zip") as outputs:
        assert b"libone.so.1" in outputs.read("doctor.html")


def test_the_outputs_are_those_of_the_commands(first: Bazel, wheelfix, tmp_path: Path) -> None:
    targets = {"changed": OPTIONS_COMMAND, "loosely_patched": LOOSE_COMMAND, "line_ends": LINE_ENDS_COMMAND}
    first.done("build", *(f"//options:{target}" for target in targets), "//:simple")
    source = first.workspace / "wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl"
    shutil.copytree(first.workspace / "options", tmp_path / "options")
    for target, command in targets.items():
        wheel = wheelfix.done(*command, source, cwd=tmp_path / "options").strip()
        assert first.output(f"options/{target}/{wheel}").read_bytes() == (tmp_path / "options" / wheel).read_bytes()

    names = sorted(path.name for path in first.output("simple").glob("*/*.whl"))
    assert names == [
        "app-1.0+fix.1-py3-none-manylinux1_x86_64.whl",
        "app-1.0+fix.1.local.1-py3-none-manylinux1_x86_64.whl",
        "one-1.0+cu1.fix.1-py3-none-manylinux1_x86_64.whl",
    ]
    assert sorted(path.name for path in first.output("one").iterdir()) == [
        "one",
        "one-1.0+cu1.data",
        "one-1.0+cu1.dist-info",
        "one_pure.py",
    ]


def test_an_edit_of_one_patch_rebuilds_one_wheel(first: Bazel) -> None:
    first.done("build", "//:app_patched", "//:one_patched")
    first.write("one.patch", PATCH.format("one", "# first", "# patched again"))
    actions = first.actions("//:app_patched", "//:one_patched")
    assert [action["mnemonic"] for action in actions] == ["WheelfixPatch"]
    assert "one_patched" in actions[0]["listedOutputs"][0]


def test_another_folder_gives_the_same_bytes(second: Bazel, filled: list[dict], first: Bazel) -> None:
    assert {action["mnemonic"] for action in filled} == MNEMONICS
    assert what_counts(second.actions(*ALL)) == what_counts(filled)
    for action in filled:
        assert action["runner"].endswith("-sandbox")
        variables = [f"{each['name']}={each['value']}" for each in action["environmentVariables"]]
        for word in [*action["commandArgs"], *variables]:
            assert not word.startswith("HOME")
            assert str(first.workspace.parent) not in word


def test_a_disk_cache_has_all_but_what_is_joined_and_unpacked_where_it_is_used(
    second: Bazel, filled: list[dict], disk_cache: str
) -> None:
    second.done("clean")
    actions = second.actions(disk_cache, *ALL)
    assert outputs_of_those_that_ran(actions) == UNCACHED
    assert what_counts(actions) == what_counts(filled)


def test_a_remote_cache_has_the_same(first: Bazel, second: Bazel, tmp_path: Path) -> None:
    sets = ("--", "//:set", "//:set_by_delta")
    with bazel_kit.http_cache(tmp_path / "remote") as url:
        first.done("clean")
        first.done("build", f"--remote_cache={url}", *sets)
        second.done("clean")
        actions = second.actions(f"--remote_cache={url}", *sets)
    made = {action["listedOutputs"][0] for action in actions}
    assert len(made) > 5
    assert outputs_of_those_that_ran(actions) == UNCACHED & made


def outputs_of_those_that_ran(actions: list[dict]) -> set[str]:
    return {action["listedOutputs"][0] for action in actions if action["runner"] != "remote cache hit"}


def what_counts(actions: list[dict]) -> list[tuple]:
    """What each was given, and what it made, with hashes."""
    return [
        (
            action["mnemonic"],
            action["commandArgs"],
            action["environmentVariables"],
            action["inputs"],
            action["actualOutputs"],
        )
        for action in actions
    ]


def test_the_programs_come_from_a_released_archive_too(first: Bazel) -> None:
    actions = first.actions("--extra_toolchains=@released//:toolchain", "//:app_patched", "//:simple")
    programs = {
        item["path"]
        for action in actions
        for item in action["inputs"]
        if "/bin/" in item["path"] and "external/" in item["path"]
    }
    assert programs == {"external/released/release/bin/wheelfix", "external/released/release/bin/wheelfix-index"}


def test_a_repository_has_the_wheel_that_the_rule_makes(first: Bazel) -> None:
    first.done("build", "@app_in_a_repository//:wheel", "//:app_patched")
    name = "app-1.0+fix.1-py3-none-manylinux1_x86_64.whl"
    made = (first.scratch / "external/app_in_a_repository" / name).read_bytes()
    assert made == first.output(f"app_patched/{name}").read_bytes()
    result = first("build", "@misfit//:wheel")
    assert "misfit: error: " in result.stderr
    assert "one.patch:1: " in result.stderr


def test_wrong_input_is_an_error_at_analysis_that_names_the_target(first: Bazel) -> None:
    result = first("build", "--nobuild", "--keep_going", "//bad/...")
    assert result.returncode != 0
    for text in (
        "//bad:two_of_a_project: two wheels of app are given, app-1.0-py3-none-manylinux1_x86_64.whl and app-1.0+fix.1-",
        "//bad:two_of_a_project_test: two wheels of app are given",
        "//bad:layout: there is no layout 'splits'",
        "//bad:layout_without_name: layout 'split:x/y' has no {name}",
        "//bad:not_in_the_set: app-1.0-py3-none-manylinux1_x86_64.whl isn't one of the wheels of //bad:set",
        "//bad:elsewhere: it is installed in demo/bad/elsewhere, and the layout 'split' of //bad:set has this wheel in one",
        "//bad:suffix: suffix 'a..b' isn't a local version label",
        "//bad:recipe: recipe //:app.patch has 0 files named wheelfix.toml",
        "//bad:file_name: app.whl isn't the name of a wheel",
        "//bad:same_name: bad/app.patch is neither a wheel nor a folder of wheels",
    ):
        assert text in result.stderr

    result = first("build", "--nobuild", "--extra_toolchains=//bare:toolchain", "//:simple")
    assert "//:simple: the toolchain has no `wheelfix-index`" in result.stderr


def test_an_error_of_wheelfix_ends_the_action_with_its_text_and_no_output(first: Bazel) -> None:
    result = first("build", "//bad:misfit")
    assert result.returncode == 1
    assert "error: one.patch:1: " in result.stderr
    assert not first.output("bad/misfit/app-1.0+x-py3-none-manylinux1_x86_64.whl").exists()
    assert "the file has CRLF line ends and the patch has LF" in first("build", "//bad:line_ends").stderr
