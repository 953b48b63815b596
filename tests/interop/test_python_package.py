"""The functions of the Python package give what the commands do, and have their options."""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import is_dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import json_schemas
import pytest
from libraries import build_library
from python_package import PATCH, package, programs, wheel
from wheelfix import WheelfixError, _options
from wheels import build_wheel

__all__ = ["programs", "wheel"]

WHEEL = "demo-1.0-py3-none-any.whl"
APP = "app-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
ONE = "one-1.0-py3-none-manylinux_2_17_x86_64.whl"


@pytest.fixture
def pair(programs: Path) -> list[Path]:
    """Two wheels, of which one needs the library of the other."""
    app = build_library("needed libone.so libc.so.6\nrunpath $ORIGIN")
    one = build_library("soname libone.so")
    built = [
        build_wheel(Path(), "app", "1.0", {"app/_core.so": app}, tag="cp311-cp311-manylinux_2_17_x86_64"),
        build_wheel(Path(), "one", "1.0", {"one/libone.so": one}, tag="py3-none-manylinux_2_17_x86_64"),
    ]
    assert [path.name for path in built] == [APP, ONE]
    return built


def install(*wheels: Path) -> Path:
    site = Path("site")
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    return site


def content(wheel: Path, entry: str = "demo/__init__.py") -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(entry).decode()


def test_a_wheel_is_patched_and_found_in_order(wheel: Path) -> None:
    made = package.patch(wheel, suffix="x.1", patch="fix.patch", dest_dir=Path("out"))
    assert made.outputs == (Path("out/demo-1.0+x.1-py3-none-any.whl"),)
    assert content(made.outputs[0]) == "two\n"
    assert package.Change("demo/__init__.py", "patched") in made.wheels[0].changed
    assert made.wheels[0].sha256 == hashlib.sha256(made.outputs[0].read_bytes()).hexdigest()
    assert package.verify(wheel, *made.outputs) == package.Verification(findings=(), passed=True)
    (old, new) = package.inspect(wheel, made.outputs[0])
    assert (old.version, new.version, new.wheel) == ("1.0", "1.0+x.1", made.outputs[0])
    assert [entry.path for entry in new.entries if entry.mode == 0o100644][0] == "demo/__init__.py"


def test_what_is_found_is_no_exception(wheel: Path, pair: list[Path]) -> None:
    Path("broken.whl").write_bytes(b"PK")
    found = package.verify("broken.whl", wheel)
    assert not found.passed and found.findings[0].severity == "error" and found.findings[0].wheel == "broken.whl"
    told = package.doctor(*pair, layout="split")
    assert (told.passed, told.verdict.loads, told.verdict.failing) == (False, False, 1)
    (finding,) = told.findings
    assert finding.cause is not None and told.causes[finding.cause].message == finding.message
    assert [step.name for step in finding.chain] == ["app/_core.so", "libone.so"]
    assert finding.out_of_reach is not None and finding.out_of_reach.package == "one 1.0"
    (explained,) = package.explain(finding.code)
    assert explained.code == "import-fails"
    Path("wheels").mkdir()
    Path("broken.whl").rename("wheels/broken-1.0-py3-none-any.whl")
    made = package.index("wheels")
    assert (made.passed, made.files, made.left_out[0].path) == (False, 0, "wheels/broken-1.0-py3-none-any.whl")


def test_findings_are_ignored_and_warnings_fail_on_request(pair: list[Path]) -> None:
    ignored = package.doctor(*pair, ignore=["import-fails", "record-hash-mismatch=*"], layout="split")
    assert ignored.verdict.ignored == 1 and ignored.passed
    strange = build_wheel(
        Path(),
        "strange",
        "1.0",
        {"strange/_core.so": build_library("needed libc.so.6\nrunpath /opt")},
        tag="cp311-cp311-manylinux_2_17_x86_64",
    )
    assert package.doctor(strange).passed and not package.doctor(strange, fail_on="warning").passed


def test_a_set_is_repaired(pair: list[Path]) -> None:
    made = package.repair(pair[0], suffix="x.1", layout="split", with_=pair[1], dest_dir="out")
    assert [path.name for path in made.outputs] == [APP.replace("1.0", "1.0+x.1")]
    assert package.Change("app/_core.so", "rpath") in made.wheels[0].changed
    assert package.doctor(made.outputs[0], pair[1], layout="split").passed
    assert package.repair(made.outputs[0], suffix="x.2", layout="split", with_=[pair[1]]).wheels == ()
    site = install(*pair)
    changed = package.repair_installed(env=site)
    assert [found.name for found in changed.packages] == ["app"] and package.doctor(env=site, no_cache=True).passed


def test_what_is_installed_is_patched_and_brought_back(wheel: Path) -> None:
    site = install(wheel)
    changed = package.patch_installed("demo", env=site, patch="fix.patch")
    assert (site / "demo/__init__.py").read_text() == "two\n"
    assert changed.environment is not None
    assert [(found.name, found.version) for found in changed.packages] == [("demo", "1.0")]
    said = package.status(env=[site])
    assert said.passed and said.packages[0].holds and said.packages[0].runs[0].sources[0].name == "fix.patch"
    (site / "demo/__init__.py").write_text("three\n")
    said = package.status(env=site)
    assert (said.passed, said.packages[0].differing[0].path) == (False, "demo/__init__.py")
    with pytest.raises(WheelfixError) as caught:
        package.undo(env=site)
    assert (caught.value.code, caught.value.exit_status) == ("bad-wheel", 3)
    assert package.undo(env=site, package="demo", force=True).packages[0].changed
    assert (site / "demo/__init__.py").read_text() == "one\n"


def test_an_edited_folder_is_committed_and_applied(wheel: Path) -> None:
    folder = package.edit(wheel, output="my edit")
    assert (folder.folder, folder.name, folder.version) == (Path("my edit"), "demo", "1.0")
    assert package.commit(folder.folder).recipe is None
    (folder.folder / "demo/__init__.py").write_text("two\n")
    made = package.commit(folder.folder, suffix="x.1")
    assert made.recipe == Path("patches/demo-1.0")
    assert made.changed == (package.FolderChange("demo/__init__.py", "changed", False, 1, 1, None),)
    site = install(wheel)
    assert [state.state for state in package.apply(env=site, check=True).recipes] == ["due"]
    assert package.apply("patches", env=site, dry_run=True).packages and not package.apply(env=site, check=True).passed
    assert [found.name for found in package.apply(env=site).packages] == ["demo"]
    assert package.apply(env=site).recipes[0].state == "applied"
    by_recipe = package.patch(wheel, patch_dir=made.recipe)
    assert content(by_recipe.outputs[0]) == "two\n"


def test_a_patch_is_made_in_memory_or_in_a_file(wheel: Path) -> None:
    (made,) = package.patch(wheel, suffix="x.1", patch=["fix.patch"]).outputs
    patch = package.diff(wheel, made)
    assert (patch.output, patch.changed) == (None, (package.Change("demo/__init__.py", "patched"),))
    assert package.diff(wheel, made, output="same.patch").patch == patch.patch == Path("same.patch").read_bytes()
    assert patch.patch.endswith(PATCH.encode())
    assert package.diff(wheel, env=install(wheel)).patch == b""


def test_wheels_are_locked(wheel: Path) -> None:
    made = package.patch(wheel, suffix="x.1", patch="fix.patch", dest_dir="wheels")
    Path("requirements.txt").write_text(f"demo==1.0 --hash=sha256:{'0' * 64}\n")
    assert not package.lock("requirements.txt", wheels="wheels", check=True).passed
    (file,) = package.lock(Path("requirements.txt"), wheels=["wheels"]).files
    assert [(change.old_version, change.new_version) for change in file.changes] == [("1.0", "1.0+x.1")]
    assert f"demo==1.0+x.1 --hash=sha256:{made.wheels[0].sha256}" in Path("requirements.txt").read_text()


def test_a_wheel_is_joined_again_and_unpacked(wheel: Path) -> None:
    (made,) = package.patch(wheel, suffix="x.1", patch="fix.patch", dest_dir="out").outputs
    kept = package.delta(wheel, made, output="kept.delta")
    joined = package.join(wheel, kept.output)
    assert joined.output.read_bytes() == made.read_bytes()
    assert (package.unpack(joined.output, output="lib").folder / "demo/__init__.py").read_text() == "two\n"


def test_a_wheel_gets_another_version_and_other_tags(wheel: Path) -> None:
    labelled = package.set_version(wheel, "1.0+cpu")
    assert labelled.output == Path("demo-1.0+cpu-py3-none-any.whl") and labelled.warnings == ()
    stripped = package.set_version(labelled.output, strip_local=True, dest_dir="out")
    name = "demo-1.0.dist-info/METADATA"
    assert stripped.output.name == WHEEL and content(stripped.output, name) == content(wheel, name)
    tagged = package.retag(wheel, platform="+win32", build="1", dry_run=True)
    assert tagged.output.name == "demo-1.0-1-py3-none-any.win32.whl" and not tagged.output.exists()
    assert package.Change("demo-1.0.dist-info/WHEEL", "tags") in tagged.wheels[0].changed
    with pytest.raises(WheelfixError, match="no Python is known") as refused:
        package.retag(wheel, platform="amiga")
    assert refused.value.code == "usage"


def test_what_a_wheel_requires_is_changed(wheel: Path) -> None:
    made = package.set_metadata(wheel, add_requires="numpy<2", requires_python=">=3.9", suffix="x.1")
    assert made.output.name == "demo-1.0+x.1-py3-none-any.whl" and made.warnings == ()
    assert made.headers[0] == package.HeaderChange("Requires-Dist", None, "numpy<2")
    again = package.set_metadata(made.output, remove_requires="NumPy", dest_dir="out")
    assert again.headers == (package.HeaderChange("Requires-Dist", "numpy<2", None),)
    with pytest.raises(WheelfixError) as refused:
        package.set_metadata(again.output, remove_requires="numpy", dest_dir="again")
    assert refused.value.code == "does-not-apply"


def test_recipes_that_come_along_are_listed(programs: Path) -> None:
    found = {recipe.name: recipe for recipe in package.recipes()}
    assert found["torch-2.1.0"].project == "torch" and (found["torch-2.1.0"].folder / "wheelfix.toml").exists()


def test_a_library_is_changed(programs: Path) -> None:
    Path("libown.so").write_bytes(build_library("soname libown.so\nneeded libc.so.6"))
    made = package.patch_library(
        "libown.so", output="new.so", set_rpath="$ORIGIN/../lib", add_needed=["liba.so", "libb.so"]
    )
    assert [change.how for change in made.libraries[0].changed] == ["rpath", "needed"]
    (found,) = package.inspect("new.so", cross_check=True)[0].libraries
    assert found.needed[-2:] == ("liba.so", "libb.so") and found.runpath + found.rpath == ("$ORIGIN/../lib",)
    assert found.cross_check is not None and found.cross_check.outcome == "agrees"
    package.patch_library("new.so", in_place=True, remove_rpath="*")
    assert package.inspect("new.so")[0].libraries[0].runpath == ()


def test_versions_are_compared_and_symbols_found(programs: Path) -> None:
    tag = "cp311-cp311-manylinux2014_x86_64"
    for version, names in {"1.0": "grow", "2.0": "shrink"}.items():
        library = build_library(f"soname libbase.so\ndefines {names}")
        build_wheel(Path(), "base", version, {"base/libbase.so": library}, tag=tag)
    image = build_library("needed libbase.so\nrunpath $ORIGIN/../base\nuses grow")
    wheel = build_wheel(Path(), "user", "1.0", {"user/_image.so": image}, tag=tag)
    found = package.compare_versions(wheel, against=sorted(Path().glob("base-*")))
    assert [(version.version, version.outcome) for version in found.versions] == [("1.0", "loads"), ("2.0", "fails")]
    assert not found.passed and found.versions[1].failures[0].name == "grow"
    uses = [use for file in package.inspect(*Path().glob("*.whl"), symbol="grow") for use in file.symbols]
    assert sorted((use.path, use.role) for use in uses) == [("base/libbase.so", "defines"), ("user/_image.so", "needs")]


@pytest.mark.parametrize("kind", [str, Path])
def test_paths_may_begin_with_a_dash_and_have_anything_else(kind: Callable[[str], Any], wheel: Path) -> None:
    folder = Path("-a, b=c/ü")
    folder.mkdir(parents=True)
    Path("fix.patch").rename("-fix.patch")
    shutil.copy(wheel, folder)
    shutil.copy(wheel, "-d-1.0-py3-none-any.whl")
    made = package.patch(kind(str(folder / WHEEL)), suffix="x.1", patch=kind("-fix.patch"), dest_dir=kind("-out"))
    assert made.outputs == (Path("-out/demo-1.0+x.1-py3-none-any.whl"),) and made.outputs[0].exists()
    assert package.inspect(kind(WHEEL), kind(str(folder / WHEEL)))[1].name == "demo"
    assert package.verify(kind("-d-1.0-py3-none-any.whl")).findings[0].wheel == "./-d-1.0-py3-none-any.whl"
    assert package.index(kind("-a, b=c")).passed


def keywords(*functions: Callable[..., Any]) -> set[str]:
    """All keywords of functions, with those of their TypedDict."""
    found = set()
    for function in functions:
        for parameter in signature(function).parameters.values():
            if parameter.kind == parameter.KEYWORD_ONLY:
                found.add(parameter.name)
            elif parameter.kind == parameter.VAR_KEYWORD:
                kind = getattr(_options, re.fullmatch(r"Unpack\[(\w+)\]", parameter.annotation)[1])  # type: ignore[index]
                found |= kind.__optional_keys__
    return found


# By command: the functions that run it, and options that these don't have, with a reason.
COMMANDS: dict[str, tuple[list[Callable[..., Any]], set[str]]] = {
    "patch": ([package.patch, package.patch_library, package.patch_installed], {"wheel", "package"}),  # the arguments
    "repair": ([package.repair, package.repair_installed, package.graft], {"graft"}),  # which is the function
    "set-version": ([package.set_version], set()),
    "retag": ([package.retag], set()),
    "set-metadata": ([package.set_metadata], set()),
    "edit": ([package.edit], set()),
    "commit": ([package.commit], set()),
    "apply": ([package.apply], set()),
    "undo": ([package.undo], set()),
    "status": ([package.status], set()),
    "diff": ([package.diff], {"jobs"}),
    "doctor": (
        [package.doctor, package.compare_versions, package.policies],
        {"format", "print_preload_order", "hygiene", "policy"},  # which print something else than JSON, don't change it, or have a function of their own
    ),
    "inspect": ([package.inspect], set()),
    "verify": ([package.verify], set()),
    "delta": ([package.delta], set()),
    "join": ([package.join], set()),
    "unpack": ([package.unpack], set()),
    "explain": ([package.explain], {"markdown"}),
    "lock": ([package.lock], {"jobs"}),
    "recipes": ([package.recipes], set()),
    "wheelfix-index": ([package.index], {"serve"}),  # which doesn't end
}
EVERYWHERE = {"quiet", "verbose", "help", "color", "progress_fd", "json", "version"}


def test_each_command_with_json_has_a_function() -> None:
    others = {"common.json", "progress.json", "help.json"}
    assert {f"{command}.json" for command in COMMANDS} == set(json_schemas.FILES) - others


@pytest.mark.parametrize("command", COMMANDS)
def test_keywords_are_the_options_of_the_command_line(command: str, wheelfix, wheelfix_index) -> None:
    functions, others = COMMANDS[command]
    text = wheelfix_index.done("--help") if command == "wheelfix-index" else wheelfix.done(command, "--help")
    options = {name.replace("-", "_") for name in re.findall(r"^  (?:-\w, |    )--([a-z-]+)", text, re.MULTILINE)}
    options |= set(re.findall(r"^  -(\w) [A-Z]+ ", text, re.MULTILINE))
    ours = {name.rstrip("_") for name in keywords(*functions)} - {"verbose", "progress", "pip_options"}
    assert ours - others == options - EVERYWHERE - others


def test_the_public_names_are_documented() -> None:
    assert sorted(package.__all__) == sorted(set(package.__all__))
    for name in package.__all__:
        value = getattr(package, name)
        assert value.__doc__ or name == "ProgressCallback", name
        if is_dataclass(value):
            assert value.__dataclass_params__.frozen, name  # type: ignore[attr-defined]
        elif callable(value) and name[0].islower() and name != "find_program":
            assert "Raises WheelfixError:" in value.__doc__ or name == "explain", name


def test_policies_of_wheels_are_values(programs: Path) -> None:
    library = build_library("needed libpng16.so.16 libc.so.6\nuses clock_gettime@GLIBC_2.17@libc.so.6")
    wheel = build_wheel(Path(), "policied", "1.0", {"policied/_image.so": library}, tag="cp311-cp311-manylinux1_x86_64")
    found = package.policies(wheel, sysroot="/", fail_on="warning")
    policy = found.wheels[0].policy
    assert (policy.tag, policy.untrue_tags, found.passed) == ("linux_x86_64", ("manylinux1_x86_64",), False)
    assert [(external.name, external.needed_by) for external in policy.externals] == [("libpng16.so.16", ("policied/_image.so",))]
    assert [(reason.kind, reason.since) for reason in policy.reasons][:1] == [("library", None)]
    assert policy.next == f"wheelfix repair --graft {wheel}"
