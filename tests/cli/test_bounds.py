"""Small inputs that ask much: what they are refused or told with, in no more memory than any other. tests/bench/bounds_bench.py has many more of them, and times."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import hostile
import pytest
from hostile import INFO, LINUX, METADATA, dense, elf, wheel

MEASURE = Path(__file__).with_name("measure.py")
MOST_MB = 256
MiB = 1 << 20
INIT = ("demo/__init__.py", "X = 1\n")
OWN_ROW = f"{INFO}/RECORD,,\n"


def measured(wheelfix, *words: str | Path) -> tuple[int, str, str]:
    """Status, stdout and stderr of a run, which must keep within the bound."""
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, MEASURE, file.name, "300", wheelfix.program, *words]
        run = subprocess.run(command, env=wheelfix.environment(), capture_output=True, text=True, check=True)
        cost = json.load(file)
    assert cost["megabytes"] < MOST_MB
    return cost["status"], run.stdout, run.stderr


def editing(folder: Path, path: Path, *words: str | Path) -> list[str | Path]:
    return ["patch", "-s", "x.1", "-d", folder / "out", "--overwrite", "--force", *words, path]


def verified(wheelfix, path: Path) -> str:
    status, out, _ = measured(wheelfix, "verify", path)
    assert status == 1
    return out


def test_a_record_of_millions_of_rows_is_an_error_that_says_so(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT], RECORD=[(b"a,,\n" * (MiB // 4), 15)])
    said = f"error: {INFO}/RECORD: has more than 10008 rows [record-unreadable]\n"
    assert said in verified(wheelfix, path)
    assert measured(wheelfix, "inspect", path)[0] == 3


def test_a_document_may_have_16_mib(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT], METADATA=[(METADATA.encode() + b"\n", 1), (b"x" * MiB, 17)])
    size = 17 * MiB + len(METADATA) + 1
    assert f"has {size} bytes, more than {16 * MiB} [metadata-unreadable]\n" in verified(wheelfix, path)
    assert "raise it with --max-document if you trust the file" in measured(wheelfix, "inspect", path)[2]
    assert wheelfix("inspect", "--max-document", str(size), path).returncode == 0


@pytest.mark.parametrize("change", [("--replace-requires", "dep<2"), ("--remove-requires", "dep"), ("--add-requires", "dep")])
def test_a_requirement_of_16_mib_is_changed(wheelfix, tmp_path: Path, change: tuple[str, str]) -> None:
    marker = [(b'os_name=="nt"or ', MiB - 10), (b'os_name=="nt"\n', 1)]
    path = wheel(tmp_path, [INIT], METADATA=[(METADATA.encode() + b"Requires-Dist: dep; ", 1), *marker])
    assert measured(wheelfix, "set-metadata", "-d", tmp_path / "out", *change, path)[0] == 0


def test_an_entry_points_file_that_is_too_large_to_be_looked_at_is_told(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT], entry_points__txt=[(b"[a]\n", 1), (b"#" * MiB, 16)])
    told = f"error: {INFO}/entry_points.txt: has {16 * MiB + 4} bytes, more than {16 * MiB} [limit-exceeded]\n"
    assert told in verified(wheelfix, path)


def test_headers_of_megabytes_are_cut_where_they_are_shown(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT], METADATA=[(METADATA.encode() + b"Summary: ", 1), (b"x" * MiB, 15)])
    status, out, _ = measured(wheelfix, "inspect", path)
    assert status == 0
    assert f"{'x' * 2000}... ({15 * MiB} bytes in all)\n" in out
    assert len(out) < 3000


def test_findings_of_one_kind_are_listed_fifty_times_and_then_counted(wheelfix, tmp_path: Path) -> None:
    files = [(f"demo/{i}.py", "") for i in range(130)]
    path = wheel(tmp_path, files, RECORD="".join(f"gone/{i}.py,sha256=x,1\n" for i in range(70)) + OWN_ROW)
    listed = wheelfix("verify", path)
    assert listed.stdout.startswith(f"{path}: 202 errors, 0 warnings\n")
    lines = listed.stdout.splitlines()
    assert sum("record-missing-entry" in line for line in lines) == 50
    assert sum("record-missing-row" in line for line in lines) == 50
    assert "  and 20 more like it (-v lists all)" in lines
    assert "  and 82 more like it (-v lists all)" in lines
    assert listed.returncode == 1

    found = json.loads(wheelfix("verify", "--json", path).stdout)["findings"]
    assert [(one["code"], one["more"]) for one in found if "more" in one] == [
        ("record-missing-entry", 20),
        ("record-missing-row", 82),
    ]
    assert len(found) == 100
    every = json.loads(wheelfix("verify", "--json", "-v", path).stdout)["findings"]
    assert len(every) == 202
    assert not any("more" in one for one in every)
    assert found[:50] == [{**one, **({"more": 20} if i == 49 else {})} for i, one in enumerate(every[:50])]


def test_an_entry_with_an_error_is_not_read_though_that_error_is_only_counted(wheelfix, tmp_path: Path) -> None:
    files = [(f"demo/CON\x1b{i}.py", "") for i in range(60)]
    told = [one["code"] for one in json.loads(wheelfix("verify", "--json", wheel(tmp_path, files)).stdout)["findings"]]
    assert told.count("hidden-character") == 50
    assert "record-missing-row" in told  # of dist-info's own two
    assert told.count("record-missing-row") == 2


def test_many_entries_without_rows(wheelfix, tmp_path: Path) -> None:
    empty = b""
    out = verified(wheelfix, wheel(tmp_path, [(f"{i:x}", empty) for i in range(60_000)]))
    assert ": 60002 errors, " in out
    assert len(out) < 20_000


def test_a_chain_of_libraries_that_lack_thousands_of_names(wheelfix, tmp_path: Path) -> None:
    path = b":".join(b"$ORIGIN/d%d" % i for i in range(300)) + b":$ORIGIN"
    names = [b"n%d.so" % i for i in range(500)]
    files = [INIT, ("demo/_m.so", elf([b"libc0.so"], path))]
    files += [(f"demo/libc{i}.so", elf([b"libc%d.so" % (i + 1), *names], path)) for i in range(150)]
    status, out, _ = measured(wheelfix, "doctor", wheel(tmp_path, files, tag=LINUX))
    assert status == 1
    words = "cannot open shared object file: No such file or directory"
    assert out.startswith("1 wheel, 150 libraries, 1 module for ")
    assert f"\nerror: n0.so: {words} [import-fails]\n" in out
    assert "and 450 more [missing-library] (-v lists all)\n" in out  # of 499 other names, and the chain's end


def test_names_in_libraries_are_bounded(wheelfix, tmp_path: Path) -> None:
    """One string that 4,000 entries name, and libraries with less each, but too much together."""
    alike = elf([b"x" * 60_000], same=4_000)
    status, out, _ = measured(wheelfix, "doctor", wheel(tmp_path, [("demo/_m.so", alike)], tag=LINUX))
    assert "its names have more than 1048576 bytes, up to DT_NEEDED" in out
    assert status == 1
    many = elf([b"n.so"], b"a:" * 30_000)
    path = wheel(tmp_path, [(f"demo/m{i}.so", many) for i in range(100)], tag=LINUX)
    for words in (["doctor", path], editing(tmp_path, path, "--add-rpath", "*=$ORIGIN/x")):
        status, _, err = measured(wheelfix, *words)
        hint = "hint: no loader needs so many: ask the publisher for another wheel\n"
        assert (status, err) == (3, f"error: {path}: the names in its libraries take more than {8 * MiB} bytes\n{hint}")


def test_names_that_an_edit_gives_to_libraries_are_bounded(wheelfix, tmp_path: Path) -> None:
    """9,000 bytes for each of 1,000 libraries of 300."""
    library = elf([b"n.so"])
    path = wheel(tmp_path, [(f"demo/m{i}.so", library) for i in range(1_000)], tag=LINUX)
    words = editing(tmp_path, path, "--verify", "never", "--add-rpath", "*=$ORIGIN/" + "x" * 9_000)
    status, _, err = measured(wheelfix, *words)
    assert (status, err) == (
        3,
        f"error: {path}: the names in the edited libraries would take more than {8 * MiB} bytes\n"
        "hint: give shorter names and search paths, or give them to fewer libraries\n",
    )


def test_tables_of_strings_that_an_edit_would_copy_are_bounded(wheelfix, tmp_path: Path) -> None:
    """Of libraries that inflate four hundredfold; ten MiB of them are edited."""
    library = elf([b"n.so"], padding=10 * MiB)
    one, two = tmp_path / "one", tmp_path / "two"
    words = ["--add-rpath", "*=$ORIGIN/x"]
    few = wheel(one, [("demo/m.so", library)], tag=LINUX)
    assert measured(wheelfix, *editing(one, few, *words))[0] == 0
    path = wheel(two, [("demo/m.so", library), ("demo/n.so", library)], tag=LINUX)
    status, _, err = measured(wheelfix, *editing(two, path, *words))
    assert (status, err) == (
        3,
        f"error: {path}: the dynamic strings of the libraries to edit inflate to more than {16 * MiB} bytes\n"
        "hint: no compiler makes such libraries: ask the publisher for another wheel\n",
    )


def test_what_an_edit_may_break_is_looked_for_in_a_million_steps(wheelfix, tmp_path: Path) -> None:
    """Each of the modules has the whole chain loaded, before and after."""
    files = [(f"demo/_m{i}.so", elf([b"liba0.so"], b"$ORIGIN")) for i in range(1_000)]
    files += [(f"demo/liba{i}.so", elf([b"liba%d.so" % (i + 1)], b"$ORIGIN")) for i in range(800)]
    path = wheel(tmp_path, files, tag=LINUX)
    words = editing(tmp_path, path, "--verify", "never", "--add-rpath", "*=$ORIGIN/x")
    status, _, err = measured(wheelfix, *words)
    assert (status, err) == (
        3,
        f"error: {path}: needs more than 1000000 steps to find what still loads\n"
        "hint: no project has as many modules and libraries: ask the publisher for another wheel\n",
    )


def test_lief_is_asked_about_250_libraries_unless_it_is_always(wheelfix, tmp_path: Path) -> None:
    library = elf([b"n.so"])
    path = wheel(tmp_path, [(f"demo/m{i}.so", library) for i in range(252)], tag=LINUX)
    words = editing(tmp_path, path, "--add-rpath", "*=$ORIGIN/x")
    status, _, err = measured(wheelfix, *words)
    note = "note: only wheelfix has checked 2 of the edited libraries: LIEF checks the 250 largest "
    assert note + "that the rules match, and all with --verify always\n" in err
    assert status == 0
    assert "only wheelfix has checked" not in measured(wheelfix, *words, "--verify", "always")[2]


def test_rows_that_record_lacked_are_told_ten_thousand_times(wheelfix, tmp_path: Path) -> None:
    empty = b""
    path = wheel(tmp_path, [(f"{i:x}", empty) for i in range(10_100)])
    (tmp_path / "new.py").write_text("X = 1\n")
    words = editing(tmp_path, path, "--add", f"demo/new.py={tmp_path}/new.py", "-v")
    status, _, err = measured(wheelfix, *words)
    assert status == 0
    told = err.splitlines()
    assert sum(line.endswith(": had no row in RECORD; it has one now") for line in told) == 10_000
    counted = [line for line in told if "more like it" in line]
    assert counted == ["and 101 more like it"]  # with WHEEL; METADATA is written again


def test_a_file_named_as_a_library_or_module_is_not_read_whole(wheelfix, tmp_path: Path) -> None:
    big = dense(600 * MiB, 390)
    path = wheel(tmp_path, [INIT, ("demo/_m.so", big), ("demo/big.py", big)], tag=LINUX)
    assert measured(wheelfix, "doctor", path)[0] in (0, 1)


def test_what_cannot_be_held_in_memory_is_not_patched(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT, ("demo/big.txt", dense(600 * MiB, 390))])
    patch = tmp_path / "fix.patch"
    patch.write_text("--- a/demo/big.txt\n+++ b/demo/big.txt\n@@ -1 +1 @@\n-a\n+b\n")
    status, _, err = measured(wheelfix, "patch", "-s", "x.1", "-d", tmp_path / "out", "--force", "--patch", patch, path)
    assert status == 3
    assert f"error: {path}: demo/big.txt: inflates " in err
    assert err.endswith("hint: raise the limit with --max-input-size if you trust the file\n")


def test_a_limit_on_memory_is_a_document_of_json(wheelfix, tmp_path: Path) -> None:
    """Of a wheel whose METADATA alone needs more, so that there is a limit under which the program begins and can't go on."""
    path = wheel(tmp_path, [INIT], METADATA=METADATA + "\n" + " " * (15 * MiB))
    codes = set()
    for limit in range(16 * MiB, 104 * MiB, 8 * MiB):
        run = subprocess.run(
            [wheelfix.program, "verify", "--json", "--jobs", "1", path],
            capture_output=True,
            text=True,
            env=wheelfix.environment(),
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        if run.returncode == 127 or run.returncode < 0:  # by the loader, or before main
            continue
        document = json.loads(run.stdout)
        assert list(document) == ["schema", "error" if run.returncode == 4 else "findings"]
        codes.add(document.get("error", {}).get("code"))
    assert codes >= {"out-of-memory", None}


@pytest.mark.parametrize("size", [64 * MiB + 1, 3 << 30])
def test_a_patch_may_have_64_mib(size: int, wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT])
    patch = tmp_path / "fix.patch"
    with patch.open("wb") as file:
        file.truncate(size)
    status, _, err = measured(wheelfix, "patch", "-s", "x.1", "-d", tmp_path / "out", "--patch", patch, path)
    assert status == 3
    assert err == (
        f"error: {patch}: has {size} bytes, more than {64 * MiB}\n"
        "hint: raise it with --max-input-size if you trust the file\n"
    )


def test_a_recipe_may_have_1_mib(wheelfix, tmp_path: Path) -> None:
    path = wheel(tmp_path, [INIT])
    with (tmp_path / "wheelfix.toml").open("wb") as file:
        file.truncate(3 << 30)
    status, _, err = measured(wheelfix, "patch", "-s", "x.1", "-d", tmp_path / "out", "--patch-dir", tmp_path, path)
    assert (status, err) == (3, f"error: {tmp_path}/wheelfix.toml: has {3 << 30} bytes, more than 1048576\n")


def test_thousands_of_entries_that_inflate_a_thousandfold_are_refused(wheelfix, tmp_path: Path) -> None:
    zeros = [(bytes(MiB), 15)]
    out = verified(wheelfix, wheel(tmp_path, [(f"demo/{i}.bin", zeros) for i in range(200)], most_ratio=2_000))
    assert "demo/33.bin: is in the wheel" in out
    assert "demo/34.bin: inflates " in out
    assert "demo/34.bin: is in the wheel" not in out


def test_a_deep_tree_of_folders(wheelfix, tmp_path: Path) -> None:
    library = elf()
    path = wheel(tmp_path, [(f"{i:04}/" + "a/" * 2_000 + "m.so", library) for i in range(1_000)], tag=LINUX)
    status, _, err = measured(wheelfix, "doctor", path)
    assert (status, err) == (
        3,
        "error: the wheels: have more than 500000 folders and libraries\nhint: give fewer wheels at once\n",
    )


def test_ten_thousand_libraries_are_enough(wheelfix, tmp_path: Path) -> None:
    library = elf([b"libc.so.6"])
    path = wheel(tmp_path, [(f"demo/m{i}.so", library) for i in range(10_001)], tag=LINUX)
    hint = "hint: no project has as many: ask the publisher for another wheel\n"
    for words in (["doctor", path], editing(tmp_path, path, "--add-rpath", "*=$ORIGIN")):
        status, _, err = measured(wheelfix, *words)
        assert (status, err) == (3, f"error: {path}: has more than 10000 libraries\n{hint}")


def test_a_patch_is_for_twenty_thousand_files_at_most(wheelfix, tmp_path: Path) -> None:
    patch = tmp_path / "fix.patch"
    patch.write_text("".join(f"--- /dev/null\n+++ b/new/{i}.txt\n@@ -0,0 +1 @@\n+b\n" for i in range(20_002)))
    words = ["patch", "-s", "x.1", "-d", tmp_path / "out", "--patch", patch, wheel(tmp_path, [INIT])]
    status, _, err = measured(wheelfix, *words)
    assert (status, err) == (3, f"error: {patch}: is for more than 20000 files\nhint: split it in two\n")


def test_a_recipe_adds_one_file_only_so_often(wheelfix, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(MiB))
    more = "".join(f'[[add]]\nentry = "n{i}"\nfile = "big"\n' for i in range(100))
    (tmp_path / "wheelfix.toml").write_text('wheel = "demo"\n' + more)
    words = ["patch", "-s", "x.1", "-d", tmp_path / "out", "--patch-dir", tmp_path, wheel(tmp_path, [INIT])]
    status, _, err = measured(wheelfix, *words)
    assert status == 3
    line = 1 + 3 * 65 + 2  # of the entry that has the 65th MiB added again
    assert err.startswith(f"error: {tmp_path}/wheelfix.toml:{line}: adds files again that have more than ")


def test_a_recipe_holds_only_so_many_globs_against_all_entries(wheelfix, tmp_path: Path) -> None:
    empty = b""
    path = wheel(tmp_path, [(f"demo/{i}.txt", empty) for i in range(20_000)])
    (tmp_path / "wheelfix.toml").write_text(
        'wheel = "demo"\nremove = [' + "".join(f'"demo/{i}.txt",\n' for i in range(1_200)) + "]\n"
    )
    status, _, err = measured(wheelfix, "patch", "-s", "x.1", "-d", tmp_path / "out", "--patch-dir", tmp_path, path)
    assert status == 3
    assert "there are too many globs for so many entries" in err


def test_the_inputs_are_small(tmp_path: Path) -> None:
    """So that what is measured here is what the inputs are made to cost, and not their size."""
    assert hostile.wheel(tmp_path, [("a", dense(600 * MiB, 390))]).stat().st_size < 10_000_000
