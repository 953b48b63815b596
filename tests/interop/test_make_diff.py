"""GNU patch and git apply turn what make_diff says into the new files, bytes and modes, and git turns it back.

The pairs are edits of Python's own library and, if another Python is installed, its real changes between two
versions. The one difference allowed: GNU patch skips binary patches. WHEELFIX_DIFF_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SEED = int(os.environ.get("WHEELFIX_DIFF_SEED", random.randrange(2**32)))
PAIRS = 400
NAMES = [
    "{}.py",
    "with space {}.py",
    "space after {} ",
    "quo\"te {}'s.py",
    "päth/ünï {}.txt",
    "back\\slash{}.py",
    "a/deep/er/{}.py",
    "tab\t{}.py",
    "-dash{}.py",
]


@dataclass
class Node:
    content: bytes
    mode: int = 0o644


Tree = dict[str, Node]
Rng = random.Random


@pytest.fixture(scope="module")
def sources() -> list[bytes]:
    library = Path(sysconfig.get_path("stdlib"))
    return [
        text
        for path in sorted(library.glob("*.py"))
        if 0 < len(text := path.read_bytes()) < 60_000 and b"\0" not in text
    ]


@pytest.fixture
def rng() -> Rng:
    print(f"WHEELFIX_DIFF_SEED={SEED}")
    return Rng(SEED)


def test_patch_and_git_apply_give_the_new_files_of_generated_text_edits(
    sources: list[bytes], rng: Rng, tmp_path: Path
) -> None:
    before, after = text_trees(sources, rng)
    diff = Comparison(tmp_path, before, after)
    diff.check_patch()
    diff.check_git_apply()
    diff.check_git_apply_reverse()


def test_git_apply_gives_the_new_files_of_generated_binary_edits_and_takes_them_back(rng: Rng, tmp_path: Path) -> None:
    before, after = binary_trees(rng)
    diff = Comparison(tmp_path, before, after)
    diff.check_git_apply()
    diff.check_git_apply_reverse()


def test_patch_skips_the_binary_files_and_applies_the_others(tmp_path: Path) -> None:
    before = {"a b.so": Node(b"\0one"), "text.py": Node(b"one\n")}
    after = {"a b.so": Node(b"\0two"), "text.py": Node(b"two\n")}
    diff = Comparison(tmp_path, before, after)
    tree = diff.old_tree("patched")
    result = run(["patch", "-p1", "--batch", "-i", diff.path], tree, check=False)
    assert "git binary diffs are not supported" in result.stdout.decode()
    assert (tree / "text.py").read_bytes() == b"two\n"
    assert (tree / "a b.so").read_bytes() == b"\0one"


def test_generated_edits_take_at_most_a_tenth_more_lines_than_git_diff(
    sources: list[bytes], rng: Rng, tmp_path: Path
) -> None:
    before, after = text_trees(sources, rng)
    assert_as_short_as_git(Comparison(tmp_path, before, after))


def test_real_changes_of_the_library_apply_and_are_as_short_as_git_diff(tmp_path: Path) -> None:
    before, after = library(this_library()), library(other_library())
    diff = Comparison(tmp_path, before, after)
    diff.check_patch()
    diff.check_git_apply()
    diff.check_git_apply_reverse()
    assert_as_short_as_git(diff)


class Comparison:
    """Two trees on disk and what diff_make_tool says of them."""

    def __init__(self, folder: Path, before: Tree, after: Tree) -> None:
        self.folder, self.before, self.after = folder, before, after
        self.old = write_tree(folder / "old", before)
        self.new = write_tree(folder / "new", after)
        tool = Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/diff/diff_make_tool"
        self.text = run([tool, self.old, self.new], folder).stdout
        self.path = folder / "made.diff"
        self.path.write_bytes(self.text)

    def check_patch(self) -> None:
        tree = self.old_tree("patched")
        run(["patch", "-p1", "-F0", "--batch", "--no-backup-if-mismatch", "-i", self.path], tree)
        assert_same(read_tree(tree), self.after)

    def check_git_apply(self) -> None:
        tree = self.old_tree("applied")
        run(["git", "apply", "--whitespace=nowarn", self.path], tree)
        assert_same(read_tree(tree), self.after)

    def check_git_apply_reverse(self) -> None:
        tree = write_tree(self.folder / "reversed", self.after)
        run(["git", "apply", "--whitespace=nowarn", "--reverse", self.path], tree)
        assert_same(read_tree(tree), self.before)

    def old_tree(self, name: str) -> Path:
        return write_tree(self.folder / name, self.before)


def assert_as_short_as_git(diff: Comparison) -> None:
    options = ["--no-index", "--no-renames", "--no-color", "--no-ext-diff", "--unified=3"]
    theirs = run(["git", "-c", "diff.algorithm=myers", "diff", *options, "old", "new"], diff.folder, check=False).stdout
    ours, git = count_lines(diff.text), count_lines(theirs)
    print(f"lines of hunks: ours {ours}, git {git}, ratio {ours / git:.4f}")
    assert ours <= git * 1.1


def count_lines(diff: bytes) -> int:
    return sum(line[:1] in (b"+", b"-", b" ", b"@") for line in diff.split(b"\n"))


def assert_same(got: Tree, wanted: Tree) -> None:
    assert sorted(got) == sorted(wanted)
    wrong = [name for name in wanted if got[name] != wanted[name]]
    assert not wrong, f"{len(wrong)} differ, first {wrong[0]!r}, with WHEELFIX_DIFF_SEED={SEED}"


def text_trees(sources: list[bytes], rng: Rng) -> tuple[Tree, Tree]:
    before: Tree = {}
    after: Tree = {}
    for number in range(PAIRS):
        name = rng.choice(NAMES).format(number)
        old = dressed(rng.choice(sources), rng)
        before[name], after[name] = (
            Node(old, rng.choice([0o644, 0o755])),
            Node(edited(old, rng), rng.choice([0o644, 0o644, 0o755])),
        )
        fate = rng.random()
        if fate < 0.06:
            del before[name]
        elif fate < 0.12:
            del after[name]
        elif fate < 0.16:
            after[name].content = old
    before.update(
        {"empty gone": Node(b""), "empty filled": Node(b""), "emptied": Node(b"one\ntwo\n"), "empty mode": Node(b"")}
    )
    after.update(
        {"empty made": Node(b""), "empty filled": Node(b"one\n"), "emptied": Node(b""), "empty mode": Node(b"", 0o755)}
    )
    return before, after


def dressed(text: bytes, rng: Rng) -> bytes:
    """The text with CRLF, Latin-1, form feeds, lone CRs, a very long line or no newline at its end, or as it is."""
    changes: list[Callable[[bytes], bytes]] = [
        lambda t: t.replace(b"\n", b"\r\n"),
        lambda t: t.replace(b"e", b"\xe9\xff"),
        lambda t: t.replace(b"\n\n", b"\n\x0c\n"),
        lambda t: t.replace(b"    ", b"\r"),
        lambda t: t + b"x" * 200_000 + b"\n",
        lambda t: t.rstrip(b"\n"),
        lambda t: b"",
    ]
    return rng.choice(changes)(text) if rng.random() < 0.4 else text


def edited(text: bytes, rng: Rng) -> bytes:
    lines = text.splitlines(keepends=True) if b"\r" not in text else [line + b"\n" for line in text.split(b"\n")]
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(len(lines) + 1)
        size = rng.choice([1, 1, 1, 3, 10])
        match rng.randrange(6):
            case 0:
                del lines[at : at + size]
            case 1:
                lines[at:at] = [b"# new %d\n" % rng.randrange(9) for _ in range(size)]
            case 2:
                lines[at : at + size] = [b"changed\n"] * size
            case 3:
                lines[at:at] = lines[at : at + size]
            case 4:
                other = rng.randrange(len(lines) + 1)
                lines[other:other] = lines[at : at + size]
            case 5:
                lines[at : at + size] = [line.rstrip(b"\n") for line in lines[at : at + size]]
    return b"".join(lines)


def binary_trees(rng: Rng) -> tuple[Tree, Tree]:
    before: Tree = {
        "gone bin": Node(b"\0" * 10),
        "to text": Node(b"\0a\n"),
        "to binary": Node(b"a\n"),
        "emptied": Node(b"\0"),
    }
    after: Tree = {
        "made bin": Node(b"\0" * 100, 0o755),
        "to text": Node(b"a\n"),
        "to binary": Node(b"\0a\n"),
        "emptied": Node(b""),
    }
    for number in range(150):
        name = rng.choice(NAMES).format(number)
        old = b"\0" + rng.randbytes(rng.choice([1, 51, 52, 53, 1000, 300_000]))
        cut, end = sorted(rng.randrange(len(old) + 1) for _ in range(2))
        new = rng.choice(
            [rng.randbytes(len(old)) + b"\0", old[:cut] + b"changed" + old[cut:], old[:cut] + old[end:], old]
        )
        before[name], after[name] = Node(old, rng.choice([0o644, 0o755])), Node(new, rng.choice([0o644, 0o755]))
    long = bytes(20_000_000)  # longer than one copy of a delta may be
    before["long"], after["long"] = Node(long), Node(long[:19_000_000] + b"here" + long[19_000_000:])
    return before, after


def this_library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def other_library() -> Path:
    """The library of another Python 3 on this machine: of pyenv's or the system's."""
    for path in other_libraries():
        if (path / "argparse.py").is_file() and (path / "argparse.py").read_bytes() != (
            this_library() / "argparse.py"
        ).read_bytes():
            return path
    pytest.skip("there is only one Python on this machine")


def other_libraries() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib").glob("python3.*"))
    versions = Path(sys.base_prefix).parent
    yield from sorted(versions.glob("*/lib/python3.*"))


def library(folder: Path) -> Tree:
    """The modules and the packages that are always there, without NULs, which some tests of Python's have."""
    paths = [
        *folder.glob("*.py"),
        *(path for name in ("asyncio", "email", "json", "http") for path in (folder / name).glob("*.py")),
    ]
    texts = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return {name: Node(text) for name, text in texts.items() if b"\0" not in text}


def write_tree(folder: Path, tree: Tree) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, node in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(node.content)
        path.chmod(node.mode)
    return folder


def read_tree(folder: Path) -> Tree:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): Node(path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in paths}


def run(command: list[str | Path], folder: Path, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run outside any repository, without the user's configuration and umask."""
    environment = {
        **os.environ,
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C",
    }
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, umask=0o022)
    if check:
        assert result.returncode == 0, (result.stdout + result.stderr).decode(errors="replace")[-3000:]
    return result
