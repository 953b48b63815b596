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
    *("--remove", "one/spare *", "--add", "one/100%, or so.txt=added, file.txt", "--stub", "one/lib/libstub.so=stub.toml"),
    *("--add-rpath", "one/lib/*=$ORIGIN/../x:$ORIGIN/y z", "--replace-needed", "one/lib/*=libm.so.6:libdl.so.2"),
    *("--add-needed", "one/lib/libone.so.1=libc.so.6", "--add-needed", "one/lib/libone.so.1=libpthread.so.0"),
    *("--set-soname", "one/lib/libone.so.1=libone.so.9"),
]
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
    first.done("build", "//options:changed", "//:simple")
    source = first.workspace / "wheels/one-1.0+cu1-py3-none-manylinux1_x86_64.whl"
    shutil.copytree(first.workspace / "options", tmp_path / "options")
    wheel = wheelfix.done(*OPTIONS_COMMAND, source, cwd=tmp_path / "options").strip()
    assert wheel == "one-1.0+all.1-py3-none-manylinux1_x86_64.whl"
    assert first.output(f"options/changed/{wheel}").read_bytes() == (tmp_path / "options" / wheel).read_bytes()

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


def test_another_folder_gives_the_same_bytes_and_a_cache_has_them(first: Bazel, wheelfix, wheelfix_index, tmp_path: Path) -> None:
    """All but what is joined and unpacked where it is used."""
    first.done("clean")
    actions = first.actions(*ALL)
    assert {action["mnemonic"] for action in actions} == MNEMONICS
    folder = tmp_path / "another"
    with bazel_kit.opened(folder, "second", wheelfix.program, wheelfix_index.program) as second:
        fill(second)
        second.write("one.patch", (first.workspace / "one.patch").read_text())
        assert what_counts(second.actions(*ALL)) == what_counts(actions)
        for action in actions:
            words = [*action["commandArgs"], *(f"{each['name']}={each['value']}" for each in action["environmentVariables"])]
            assert not [word for word in words if "HOME" in word or str(folder.parent) in word or str(first.workspace.parent) in word]
            assert not action.get("cacheHit")

        with bazel_kit.http_cache(folder / "remote") as url:
            sets = ("--", "//:set", "//:set_by_delta")
            for cache, targets in ((f"--disk_cache={folder / 'disk'}", ALL), (f"--remote_cache={url}", sets)):
                first.done("clean")
                made = first.actions(cache, *targets)
                second.done("clean")
                cached = second.actions(cache, *targets)
                ran = {action["listedOutputs"][0] for action in cached if action["runner"] != "remote cache hit"}
                assert ran == UNCACHED & {action["listedOutputs"][0] for action in made}, cache
                assert what_counts(cached) == what_counts(made)


def what_counts(actions: list[dict]) -> list[tuple]:
    """What each was given, and what it made, with hashes."""
    return [
        (action["mnemonic"], action["commandArgs"], action["environmentVariables"], action["inputs"], action["actualOutputs"])
        for action in actions
    ]


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
