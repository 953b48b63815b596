"""What apply_diff accepts and makes is what GNU patch accepts and makes, and mostly what git apply does.

A thousand pairs are edits of Python's own library. The diff of each, by diff -u or git with 0 to 3 lines of context, is
applied forwards or backwards to the file it was made for or to one that has moved on, so that hunks need offsets and
fuzz. We go with --strict-eol, as neither of the two keeps CRLF for an LF diff. WHEELFIX_DIFF_SEED repeats a run.

GNU patch may differ from us only if
- the file has the whole result already: we say so, patch -f applies the hunk again if fuzz lets it;
- a line without a newline at its end is at stake: we are exact, patch accepts and adds one. So a hunk that leaves such a
  line goes to the file's end with us, and to another place with patch;
- a hunk without context is for a line after the file's end: we refuse, patch appends. If such a file also happens to
  have all that the hunks add, just where they say, we call it applied already.
git apply knows no fuzz, doesn't carry a hunk's offset to the next one, lets no two hunks share context, and ties to the
file's ends the hunks that begin at line 1 or have no context after, not those with less of it on one side. So on files
that have moved on it is enough that we agree with one of the two; on those the diffs were made for, with both.
"""

from __future__ import annotations

import os
import random
import subprocess
import sysconfig
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

SEED = int(os.environ.get("WHEELFIX_DIFF_SEED", random.randrange(2**32)))
PAIRS = int(os.environ.get("WHEELFIX_DIFF_PAIRS", 1000))
ENVIRONMENT = dict(os.environ, LC_ALL="C", TZ="UTC", GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")

Lines = list[bytes]
Rng = random.Random


@dataclass
class Case:
    """One application: the files lie in `folder` as a/m.py, b/m.py, t/m.py (the target) and p.diff."""

    folder: Path
    fuzz: int
    reverse: bool
    exact: bool  # the target is the file that the diff was made for
    ends_newline: bool  # so do all three files

    def flags(self, reverse: str) -> list[str]:
        return [reverse] if self.reverse else []


@dataclass
class Outcome:
    content: bytes | None  # None if it was refused
    report: str = ""


@pytest.fixture(scope="module")
def sources() -> list[Lines]:
    library = Path(sysconfig.get_path("stdlib"))
    texts = [path.read_bytes() for path in sorted(library.glob("*.py"))]
    return [text.splitlines(keepends=True) for text in texts if text and b"\0" not in text and b"\r" not in text]


@pytest.fixture(scope="module")
def tool() -> Path:
    return Path(os.environ["WHEELFIX_BUILD_DIR"]) / "tests/diff/diff_apply_tool"


def edited(lines: Lines, rng: Rng, most: int) -> Lines:
    """Inserts, deletes, duplicates, changes and moves runs of lines, from 1 to `most` times."""
    lines = list(lines)
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(lines) + 1)
        run = lines[at : at + rng.choice([1, 1, 1, 2, 3, 8])]
        match rng.randrange(5):
            case 0:
                lines[at:at] = [b"new %d\n" % rng.randrange(9) for _ in range(rng.randint(1, 4))]
            case 1:
                del lines[at : at + len(run)]
            case 2:
                lines[at:at] = run
            case 3:
                lines[at : at + len(run)] = [b"changed " + line for line in run]
            case _:
                del lines[at : at + len(run)]
                other = rng.randrange(len(lines) + 1)
                lines[other:other] = run
    return terminated(lines)


def terminated(lines: Lines) -> Lines:
    """Only the last line may lack its newline, also after it has moved."""
    return [line if line.endswith(b"\n") else line + b"\n" for line in lines[:-1]] + lines[-1:]


def window(lines: Lines, rng: Rng) -> Lines:
    """Often a short piece, so that the file's ends matter; now and then with CRLF or without a last newline."""
    if rng.random() < 0.6:
        start = rng.randrange(len(lines))
        lines = lines[start : start + rng.choice([4, 8, 20, 60])]
    if rng.random() < 0.1:
        lines = [line.replace(b"\n", b"\r\n") for line in lines]
    if rng.random() < 0.1:
        lines = [*lines[:-1], lines[-1].rstrip(b"\r\n") or b"x"]
    return list(lines)


def run(*command: object, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([str(word) for word in command], cwd=cwd, env=ENVIRONMENT, input=stdin, capture_output=True)


def write_diff(folder: Path, rng: Rng) -> None:
    context = f"-U{rng.choice([0, 1, 2, 3, 3, 3])}"
    by_git = ["git", "diff", "--no-index", "--no-prefix", context, "a/m.py", "b/m.py"]
    by_diff = ["diff", context, "a/m.py", "b/m.py"]
    done = run(*rng.choice([by_git, by_diff]), cwd=folder)
    assert done.returncode == 1, done.stderr
    (folder / "p.diff").write_bytes(done.stdout)


def make_case(folder: Path, source: Lines, rng: Rng) -> Case:
    before = window(source, rng)
    after = edited(before, rng, 6)
    while after == before:
        after = edited(before, rng, 6)
    reverse = rng.random() < 0.25
    exact = rng.random() < 0.3
    made_for = after if reverse else before
    target = made_for if exact else edited(made_for, rng, 8)
    if not exact and rng.random() < 0.05:
        target = before if reverse else after
    texts = {"a": b"".join(before), "b": b"".join(after), "t": b"".join(target)}
    for name, text in texts.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "m.py").write_bytes(text)
    write_diff(folder, rng)
    newlines = all(text.endswith(b"\n") or not text for text in texts.values())
    return Case(folder, rng.choice([0, 0, 1, 2, 3]), reverse, target == made_for, newlines)


def by_patch(case: Case) -> Outcome:
    command = ["patch", "-f", "-s", "--binary", f"-F{case.fuzz}", *case.flags("-R"), "-r", "-", "-o", "by_patch"]
    done = run(*command, "t/m.py", "p.diff", cwd=case.folder)
    return Outcome((case.folder / "by_patch").read_bytes() if done.returncode == 0 else None, done.stdout.decode())


def by_git(case: Case) -> Outcome:
    folder = case.folder / "g"
    folder.mkdir()
    (folder / "m.py").write_bytes((case.folder / "t/m.py").read_bytes())
    command = ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", *case.flags("-R"), case.folder / "p.diff"]
    done = run(*command, cwd=folder)
    return Outcome((folder / "m.py").read_bytes() if done.returncode == 0 else None, done.stderr.decode())


def by_us(tool: Path, cases: list[Case], folder: Path) -> list[Outcome]:
    listed = folder / "list"
    with listed.open("w") as out:
        for case in cases:
            files = [case.folder / name for name in ("by_us", "p.diff", "t/m.py")]
            print(*files, "--strict-eol", "--fuzz", case.fuzz, *case.flags("--reverse"), sep="\t", file=out)
    done = run(tool, "--batch", listed, cwd=folder)
    assert done.returncode == 0, done.stderr
    reports = done.stdout.decode(errors="replace").splitlines()
    assert len(reports) == len(cases)
    return [
        Outcome((case.folder / "by_us").read_bytes() if report.startswith("ok") else None, report)
        for case, report in zip(cases, reports)
    ]


def appended_behind_the_end(case: Case, patched: bytes) -> bool:
    """Whether the diff's last hunk only adds lines, without context, and GNU patch put them last in the file."""
    hunk = (case.folder / "p.diff").read_bytes().rpartition(b"\n@@ ")[2].splitlines(keepends=True)[1:]
    sign = b"-" if case.reverse else b"+"
    return all(line.startswith(sign) for line in hunk) and patched.endswith(b"".join(line[1:] for line in hunk))


def documented(case: Case, ours: Outcome, theirs: Outcome) -> str | None:
    """The reason in the module's list for which GNU patch may take what we refuse, or put it elsewhere, or None."""
    if theirs.content is None:
        return None
    if ours.content is not None:
        return "newline at the end" if b"\n\\ No newline" in (case.folder / "p.diff").read_bytes() else None
    if ours.report.startswith("already_applied"):
        return "applied already" if case.fuzz > 0 or appended_behind_the_end(case, theirs.content) else None
    if "it adds lines after line" in ours.report:
        return "after the end"
    return None if case.ends_newline else "newline at the end"


@pytest.fixture(scope="module")
def outcomes(sources: list[Lines], tool: Path, tmp_path_factory: pytest.TempPathFactory):
    print(f"WHEELFIX_DIFF_SEED={SEED}")
    rng = Rng(SEED)
    folder = tmp_path_factory.mktemp("oracles")
    cases = [make_case(folder / str(i), rng.choice(sources), rng) for i in range(PAIRS)]
    with ThreadPoolExecutor(2) as pool:
        patched = list(pool.map(by_patch, cases))
        git_applied = list(pool.map(by_git, cases))
    return list(zip(cases, by_us(tool, cases, folder), patched, git_applied))


def told(case: Case, ours: Outcome, theirs: Outcome) -> str:
    return f"seed {SEED}, {case}\nours: {ours.report}\ntheirs: {theirs.report}"


def test_gnu_patch_accepts_the_same_and_makes_the_same(outcomes) -> None:
    reasons: Counter[str] = Counter()
    for case, ours, patched, _ in outcomes:
        if ours.content != patched.content:
            reason = documented(case, ours, patched)
            assert reason, told(case, ours, patched)
            reasons[reason] += 1
    print(reasons)
    assert reasons.total() <= PAIRS // 20


def test_on_the_file_it_was_made_for_a_diff_makes_the_other_file_by_all_three(outcomes) -> None:
    for case, ours, patched, git_applied in outcomes:
        if case.exact:
            wanted = (case.folder / ("a" if case.reverse else "b") / "m.py").read_bytes()
            assert ours.content == wanted, told(case, ours, patched)
            assert patched.content == wanted, told(case, ours, patched)
            assert git_applied.content == wanted, told(case, ours, git_applied)


def test_git_apply_makes_the_same_where_gnu_patch_does_not_differ_from_it(outcomes) -> None:
    differ = 0
    for case, ours, patched, git_applied in outcomes:
        if case.fuzz == 0 and ours.content != git_applied.content:
            agreed = ours.content == patched.content or documented(case, ours, patched)
            assert agreed, told(case, ours, git_applied)
            differ += 1
    print(f"git apply differs from GNU patch and us in {differ} of {PAIRS}")
    assert differ <= PAIRS // 10


def test_the_pairs_put_the_search_to_the_test(outcomes) -> None:
    """Enough of them need an offset, fuzz, or are refused, or the other tests say little."""
    reports = [ours.report for _, ours, _, _ in outcomes]
    hunks = [hunk for report in reports if report.startswith("ok") for hunk in report.split()[1:] if "/" in hunk]
    assert sum(not hunk.startswith("0/") for hunk in hunks) > PAIRS // 10
    assert sum(not hunk.endswith("/0") for hunk in hunks) > PAIRS // 50
    assert sum(report.startswith("does_not_apply") for report in reports) > PAIRS // 10
    assert sum(report.startswith("already_applied") for report in reports) > PAIRS // 100
