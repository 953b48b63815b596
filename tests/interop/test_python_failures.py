"""Each failure of the Python package is one clear WheelfixError, its progress is reported and ends runs, and threads don't disturb each other."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from python_package import FOLDER, make_program, package, programs, wheel
from wheelfix import WheelfixError
from wheels import File, build_wheel

__all__ = ["programs", "wheel"]


def test_a_failure_has_the_parts_that_the_command_prints(wheel: Path, wheelfix) -> None:
    words = ["patch", "--json", "--suffix", "x.1", "--patch", "fix.patch", "--patch", "fix.patch", wheel]
    told = wheelfix(*words)
    with pytest.raises(WheelfixError) as caught:
        package.patch(wheel, suffix="x.1", patch=["fix.patch", "fix.patch"])
    error = caught.value
    assert vars(error) == {**json.loads(told.stdout)["error"], "exit_status": told.returncode}
    assert f"error: {error}\n" == told.stderr
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), vars(copy), str(copy)) == (WheelfixError, vars(error), str(error))
    with pytest.raises(WheelfixError) as caught:
        package.inspect("missing.whl")
    assert (caught.value.code, caught.value.subject, caught.value.exit_status) == ("io", "missing.whl", 4)
    with pytest.raises(WheelfixError, match="takes a whole number") as caught:
        package.verify(wheel, jobs=0)
    assert (caught.value.code, caught.value.exit_status) == ("usage", 2)


def test_a_keyword_that_there_is_not_is_a_type_error(wheel: Path) -> None:
    with pytest.raises(TypeError, match="has no option 'sufix'"):
        package.patch(wheel, sufix="x.1")
    with pytest.raises(TypeError):
        package.repair(wheel)  # without suffix


@pytest.mark.parametrize(
    ("code", "expected", "message"),
    [
        ("print('nothing')", ("no-document", 0), r"printed no document .* 'nothing\\n'"),
        ("", ("no-document", 0), "''"),
        ("print('[1]')", ("no-document", 0), "printed no document"),
        ("print('[' * 1000000)", ("no-document", 0), "printed no document"),
        ("print('{}')", ("no-document", 0), "printed no document"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe{}')", ("no-document", 0), "printed no document"),
        ('print(\'{"schema": 1, "findings": [\')', ("no-document", 0), "printed no document"),
        ("print('{\"schema\": 1}')", ("no-document", None), "findings: the key is missing"),
        ('print(\'{"schema": 1, "findings": 5}\')', ("no-document", None), "isn't a list: 5"),
        ('print(\'{"schema": 1, "findings": [5]}\')', ("no-document", None), r"findings\[0\]: isn't an object: 5"),
        (
            'print(\'{"schema": 2, "findings": []}\')',
            ("newer-schema", 0),
            "schema 2, and this package reads up to 1\nhint: install the newest",
        ),
        ("print('{\"schema\": 1, \"findings\": []}'); sys.exit('error: lost')", None, ""),
        (
            "print('{\"schema\": 1, \"findings\": []}'); print('error: x: lost', file=sys.stderr); sys.exit(4)",
            ("failed", 4),
            "error: x: lost",
        ),
        (
            'print(\'{"schema": 1, "error": {"code": "brand-new", "message": "no", "more": 1}}\'); sys.exit(3)',
            ("brand-new", 3),
            "^no$",
        ),
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            ("killed", -9),
            "was ended by SIGKILL\nhint: is there too little memory",
        ),
        (
            "print('x', file=sys.stderr, flush=True); os.kill(os.getpid(), signal.SIGSEGV)",
            ("killed", -11),
            "was ended by SIGSEGV: x",
        ),
    ],
)
def test_a_program_that_answers_otherwise(code: str, expected: Any, message: str, programs: Path) -> None:
    (programs / "wheelfix").unlink()
    make_program(programs, code)
    if expected is None:  # exit status 1: something was found
        assert not package.verify("x.whl").passed
        return
    with pytest.raises(WheelfixError, match=message) as caught:
        package.verify("x.whl")
    assert (caught.value.code, caught.value.exit_status) == expected


def test_newer_keys_and_values_are_ignored(programs: Path) -> None:
    (programs / "wheelfix").unlink()
    document = {
        "schema": 1,
        "findings": [
            {"code": "new", "severity": "worse", "wheel": None, "path": None, "message": "m", "hint": None, "x": {}}
        ],
        "summary": [],
    }
    make_program(programs, f"print({json.dumps(document)!r})")
    (finding,) = package.verify("x.whl").findings
    assert (finding.code, finding.severity, finding.kind) == ("new", "worse", None)


def test_a_program_that_is_missing_or_cannot_run(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (programs / "wheelfix").unlink()
    (programs / "wheelfix").write_text("no program")
    (programs / "wheelfix").chmod(0o755)
    with pytest.raises(WheelfixError, match="can't be started") as caught:
        package.verify("x.whl")
    assert caught.value.code == "no-program"
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WheelfixError, match="wheelfix is not installed at .*, nor on PATH") as caught:
        package.verify("x.whl")
    assert (caught.value.code, caught.value.exit_status) == ("no-program", None)


def test_a_word_that_no_program_can_be_given(programs: Path) -> None:
    for progress in (None, print):
        with pytest.raises(WheelfixError, match="can't be started") as caught:
            package.verify("a\0b.whl", progress=progress)
        assert caught.value.code == "no-program"


def test_what_is_said_goes_to_the_logger(wheel: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="wheelfix")
    package.patch(wheel, suffix="x.1", patch="fix.patch")
    assert ("wheelfix", 20, "patched  demo/__init__.py (fix.patch)") in caplog.record_tuples


def open_files() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def test_progress_is_reported_in_the_thread_that_called(wheel: Path) -> None:
    big = build_wheel(Path(), "big", "1.0", {"big/data": File(os.urandom(8 << 20), method=zipfile.ZIP_STORED)})
    seen: list[package.Progress] = []
    before = open_files()
    package.patch(big, suffix="x.1", progress=seen.append)
    assert {progress.activity for progress in seen} >= {"writing"}
    assert all(0 <= progress.done <= progress.total for progress in seen if progress.total)
    assert open_files() == before


@pytest.mark.parametrize("error", [ValueError("enough"), KeyboardInterrupt()])
def test_a_callback_that_raises_ends_the_run_and_leaves_nothing_in_part(error: BaseException, wheel: Path) -> None:
    big = build_wheel(Path(), "big", "1.0", {"big/data": File(os.urandom(64 << 20), method=zipfile.ZIP_STORED)})

    def stop(_: package.Progress) -> None:
        raise error

    before = open_files()
    with pytest.raises(type(error)) as caught:
        package.patch(big, suffix="x.1", dest_dir="out", progress=stop)
    assert caught.value is error and open_files() == before
    left = sorted(Path("out").iterdir()) if Path("out").exists() else []
    assert [path.name for path in left] in ([], ["big-1.0+x.1-py3-none-any.whl"])
    assert all(package.verify(path).passed for path in left)  # it was done before it could be stopped


def test_a_run_that_is_stopped_may_still_have_much_to_say(programs: Path) -> None:
    """Into pipes that nobody reads any more. It has ended when the call returns."""
    (programs / "wheelfix").unlink()
    make_program(
        programs,
        """
def stop(*_):
    open('stopped', 'w').close()
    for fd in (1, 2):
        try:
            os.write(fd, b'x' * (1 << 20))
        except BrokenPipeError:
            pass
    open('ended', 'w').close()
    sys.exit(4)
signal.signal(signal.SIGTERM, stop)
pipe = int(words[words.index('--progress-fd') + 1])
os.write(pipe, b'{"activity": "a", "done": 1, "total": 2}\\n{"activity"')
time.sleep(60)
""",
    )

    def stop(progress: package.Progress) -> None:
        assert progress == package.Progress("a", 1, 2)
        raise LookupError

    with pytest.raises(LookupError):
        package.verify("x.whl", progress=stop)
    assert Path("stopped").exists() and Path("ended").exists()


def test_many_threads_at_once(wheel: Path) -> None:
    def work(number: int) -> tuple[str, bool, bool]:
        seen: list[package.Progress] = []
        made = package.patch(
            wheel, suffix=f"x.{number}", patch="fix.patch", dest_dir=f"out{number}", progress=seen.append, jobs=1
        )
        return made.outputs[0].name, package.verify(*made.outputs, jobs=1).passed, bool(seen)

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(work, range(24)))
    assert done == [(f"demo-1.0+x.{number}-py3-none-any.whl", True, True) for number in range(24)]


def test_an_old_python_is_refused() -> None:
    code = "import sys; sys.version_info = (3, 8, 20); import wheelfix"
    run = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(FOLDER)}, capture_output=True, text=True)
    assert run.returncode == 1 and run.stderr.endswith(
        "ImportError: wheelfix needs Python 3.9 or later, and this is 3.8\n"
    )
