"""`verify` finds an error in WHEEL, METADATA or entry_points.txt if pip or uv refuses the wheel, and only there."""

from __future__ import annotations

import email
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import clients
import pytest
from wheels import build_wheel

SCRIPTS = "[console_scripts]\n"
WHEEL = "Root-Is-Purelib: true\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"

WHEEL_VERSIONS = [
    *("1.0", "1.9", "1.0.0", "1.99999999999999999999", "0.1", " 1.0 "),
    *("", "1", "01.00", "1.0a1", "2.0", "0.9", "v1.0", "1.x", "+1.0", "1_0.0", "1.", ".1", "1!1.0", "\u0661.0"),
]
ENTRY_POINTS = [
    "",
    *(SCRIPTS + line for line in ("run = demo:main\n", "run = demo:a.b\n", " run\t= demo:main\n", "run=demo:main\r\n")),
    *(SCRIPTS + f"run = {value}\n" for value in ("demo:main [x, y]", "demo:main[x]", "dému:máin", "demo:class")),
    *(SCRIPTS + f"run = {value}\n" for value in ("", "demo", "demo:", ":main", "de-mo:main", "demo:ma in", "demo:a:b")),
    *(SCRIPTS + f"run = {value}\n" for value in ("demo : main", ".demo:main", "demo:main();import os", "demo:%(x)s")),
    *(SCRIPTS + f"run = demo:main {behind}\n" for behind in ("# c", "; c", "[x", "[]", "[x y!]")),
    *(SCRIPTS + f"{name} = demo:main\n" for name in ("r%n", "rün", "-x", "python-x", "python.exe")),
    *(SCRIPTS + f"{name} = demo:main\n" for name in ("", "../x", "/tmp/x", "a/b", ".", "..", "a\0b", "[x", "[x]")),
    *(SCRIPTS + f"{name} = demo:main\n" for name in ("python", "Python", "python3", "pythonw", "pypy", "run =")),
    *(SCRIPTS + line for line in ("run\n", "run : demo:main\n", "; there\n", "run = \n demo:main\n", "]\n")),
    SCRIPTS + "run = demo:main\nRun = demo:main\n",
    SCRIPTS + "  run = demo:main\n  go = demo:main\n",
    SCRIPTS + "# a comment = of no use\nrun = demo:main\n",
    SCRIPTS + "run = demo:main\nrun  = demo:other\n",
    SCRIPTS + "run = demo:main\n" + SCRIPTS + "go = demo:main\n",
    SCRIPTS + "run = demo:main\n  go = demo:go\n",
    SCRIPTS + "run = demo:main\u2028x = demo\n",
    "\ufeff" + SCRIPTS + "run = demo:main\n",
    "run = demo:main\n",
    "[console_scripts\nrun = demo:main\n",
    "[]\n",
    *("[a]\nx = demo\n", "[a]\nx = not an object!\n", "[a]\nx =\n", "[a]\nx = 50%\n", "[a]\nx = y\nX = z\n"),
    *("[a]\n; x = y\nz = y\n", "[a]\nx = y\n  z = y\n", "[console_scripts ]\nrun = demo\n", "[DEFAULT]\nrun = demo\n"),
    *("[a]\nx\n", "[a]\nx = y\nx = z\n", "[a]\nx = y\n[a]\nz = y\n", "[a]\n; x\ny = z\n", "[a]\nx = y\n  z\n"),
]
REQUIREMENTS = [
    *("dep", "dep>=1", "dep (>=1)", "dep (>=1,)", "dep==1.0.*", "dep[x]", "dep[]", "dep [x , y]>=0.1", "dep\t>=0.1"),
    *("dep==1.0+x", "dep===1.0", "dep>=1.0.post.1", "dep @ https://x/y-1-py3-none-any.whl", "dep ~=0.1 , !=0.2"),
    *("dep @ https://x/y-1-py3-none-any.whl ; os_name=='q'", "dep ; ((((os_name=='q'))))", "dep; extra == 'X_y'"),
    *(f"dep; {marker}" for marker in ("python_version in '3.1'", "python_version not  in '3.1'", "os.name=='posix'")),
    *(f"dep; {marker}" for marker in ("'linux' in sys_platform", "os_name == sys_platform", "os_name > 'a'")),
    *(f"dep; {marker}" for marker in ("platform_release ~= '5.0'", "'3.0' ~= python_version", "extra == '!!'")),
    *(f"dep; {marker}" for marker in ("python_version >= '3.*'", "os_name == 'x'or os_name == 'y'and os_name=='z'")),
    *("", "-dep", "de p", "dép", "dep_>=1", "dep.>=1", "dep 1.0", "dep, foo", "dep>=1 # comment", "dep ,>=1"),
    *("dep (>=1", "dep ()", "dep (>=0.1)(<3)", "dep>=1.*", "dep<2.*", "dep~=1", "dep ~= 1.0.*", "dep=>1", "dep>1.0<2"),
    *("dep >=0.5 <2", "dep >= 1.0-foo", "dep ===foo", "dep>=1.0+x", "dep (>1dev-r1)", "dep >='1'", "dep>=1.0,>=dev"),
    *("dep ==1.0rc1.*", "dep>=99999999999999999999999", "dep>=0\u00a0.5", "dep\n >=0.5", "dep>=0.5,\n <3"),
    *("\n dep", "dep\n ", "dep\r >=0.5", "\r\n dep>=0.5\r\n ", "\n dep\n >=0.5"),
    *("dep [x", "dep[x,]", "dep[x y]", "dep[x_]", "dep @", "dep @ foo", "dep @ ./foo", "dep @ not a url"),
    *("dep @ https://x/y-1-py3-none-any.whl; os_name=='q'", "dep;", "dep;python_version<\"3\" ; extra=='x'"),
    *(f"dep; {marker}" for marker in ("python_version>3", "python_version>'3", "foo == 'x'", "extra == x", "'a'=='b'")),
    *(f"dep; {marker}" for marker in ("(os_name>'3'", "python_version ~= '2'", "os_name ~= '1.0'", "extra ~= 'x'")),
    *(f"dep; {marker}" for marker in ("os_name=='x' and", "'x' in extras", "python_version notin '3.1'")),
    "dep; os_name=='\\'",
    *(f"dep; {marker}" for marker in ("python_version === '3.1'", "(" * 600 + "os_name=='q'" + ")" * 600)),
]
REQUIRES_PYTHON = [
    *(">=3", "", ">=2.7, !=3.0.*", "==3.*", ">=3.6,", ">= 3.6 , < 99", ">=3.6,\n <99", ">=3.6-dev", ">=3.6.*", "<4.*"),
    *(">3.5.2.*", ">= '3.6'", '">=3.6"', ">=3.6<99", "!=3.0*", "UNKNOWN", ">dev", "!=~2.0"),
    ">=3\nRequires-Python: >=99",
    *("3", "3.6+", "foo", "None", "^3.6", "~=3", "python>=3", "(>=3)", ",>=3", ">=3.6;", ">=3.6.", ">=3.6.x"),
    *(">=3.6 <4", ">=3.7.dev0+x", "==3.12.1.*.*", "!=3.0.x", ">=3.6; python_version>'3'"),
]
NAMES = ["\n demo", "demo\n ", "demo\r ", "\r\n demo", " demo\t"]
TEXTS = [
    *(("WHEEL", f"Wheel-Version: {version}\n{WHEEL}") for version in WHEEL_VERSIONS),
    *(("WHEEL", start + WHEEL) for start in ("", "wheel-version: 1.0\n")),
    *(("entry_points.txt", text) for text in ENTRY_POINTS),
    *(("METADATA", f"{METADATA}Requires-Dist: {text}\n") for text in REQUIREMENTS),
    *(("METADATA", f"{METADATA}Requires-Python: {text}\n") for text in REQUIRES_PYTHON),
    *(("METADATA", METADATA.replace("Name: demo", f"Name: {text}")) for text in NAMES),
]
# What both take, and we don't.
STRICTER = {
    SCRIPTS + "a b = demo:main\n": "pip makes a script ' b' of it",
    SCRIPTS + "a\\b = demo:main\n": "on Windows it lies in another folder",
    SCRIPTS + "a\x1bb = demo:main\n": "it is not what it looks like",
}
PIP = """
import json, sys
from pip._internal.cli.main import main
options = ["--quiet", "--quiet", "--quiet", "--no-deps", "--no-index", "--no-compile"]
for wheel, target in json.load(open(sys.argv[1])):
    status = main(["install", *options, "--target", target, wheel])
    print("status", status, flush=True)
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("wheels")
    texts = [*TEXTS, *(("entry_points.txt", text) for text in STRICTER)]
    return [
        build_wheel(root / str(i), "demo", "1.0", {"demo.py": ""}, dist_info_files={name: text.encode()})
        for i, (name, text) in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def refused_by_pip(wheels: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[bool]:
    """Of each wheel. All in one process, for starting pip takes longer than all else."""
    folder = tmp_path_factory.mktemp("pip")
    jobs = [(str(wheel), str(folder / str(i))) for i, wheel in enumerate(wheels)]
    (folder / "jobs").write_text(json.dumps(jobs))
    command = [sys.executable, "-c", PIP, folder / "jobs"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    statuses = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("status ")]
    assert len(statuses) == len(wheels), result.stderr
    return [status != "0" for status in statuses]


def refused_by_uv(wheel: Path, folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    options = ["--quiet", "--no-deps", "--no-index", "--no-cache", "--link-mode", "copy", "--target", folder / "site"]
    return clients.uv(folder / "home")("install", *options, wheel).returncode != 0


def errors_of(wheelfix, wheel: Path) -> list[str]:
    findings = json.loads(wheelfix("verify", "--json", wheel).stdout)["findings"]
    return [f"{finding['code']}: {finding['message']}" for finding in findings if finding["severity"] == "error"]


def test_an_error_is_what_pip_or_uv_refuses(
    wheels: list[Path], refused_by_pip: list[bool], wheelfix, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("uv")
    with ThreadPoolExecutor(2) as threads:
        uv_refuses = list(threads.map(refused_by_uv, wheels, [folder / str(i) for i in range(len(wheels))]))
    wrong = []
    for i, (name, text) in enumerate(TEXTS):
        by_uv, errors = uv_refuses[i], errors_of(wheelfix, wheels[i])
        if bool(errors) != (refused_by_pip[i] or by_uv):
            wrong.append(f"{name}: {text!r}: pip refuses: {refused_by_pip[i]}, uv refuses: {by_uv}, verify: {errors}")
    assert wrong == []


def test_what_we_refuse_alone_was_chosen(
    wheels: list[Path], refused_by_pip: list[bool], wheelfix, tmp_path: Path
) -> None:
    for i, reason in enumerate(STRICTER.values(), len(TEXTS)):
        assert not refused_by_pip[i], reason
        assert not refused_by_uv(wheels[i], tmp_path / str(i)), reason
        assert errors_of(wheelfix, wheels[i]) != [], reason


# Headers that go on in other lines, by LF, CRLF and CR, with blanks and tabs before and after.
FOLDED = (
    "Metadata-Version: 2.1\nName: demo\nVersion:\n 1.0\nSummary: one\n  two \n\tthree\r\n four\r five\n"
    "Requires-Python: >=3,\n\t<99\nRequires-Dist: other;\n extra == 'x'\nrequires-dist:\n\tthird\nX: y\n\nBody\n z\n"
)


def unfolded(text: str) -> dict[str, list[str]]:
    """The values of each header as email.parser has them, their line breaks left out."""
    message = email.message_from_string(text)
    return {
        key: ["".join(value.splitlines()).strip() for value in message.get_all(key, [])]
        for key in ("Version", "Summary", "Requires-Python", "Requires-Dist")
    }


def inspected(wheelfix, wheel: Path) -> dict:
    return json.loads(wheelfix.done("inspect", "--json", wheel))["wheels"][0]


def test_folded_headers_are_read_by_all_commands_as_python_reads_them(wheelfix, wheelfix_index, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "demo", "1.0", {"demo.py": ""}, dist_info_files={"METADATA": FOLDED.encode()})
    expected = unfolded(FOLDED)
    read = inspected(wheelfix, wheel)
    assert {"Version": [read["version"]], "Summary": [read["summary"]]} == {k: expected[k] for k in ("Version", "Summary")}
    assert ([read["requires_python"]], read["requires_dist"]) == (expected["Requires-Python"], expected["Requires-Dist"])
    found = json.loads(wheelfix("doctor", "--json", "--python", "cp311", wheel).stdout)["findings"]
    assert [finding["code"] for finding in found] == []
    (tmp_path / "more").write_text("more\n")
    words = ("--force", "-s", "x.1", "--add", f"demo.txt={tmp_path / 'more'}", "-d", tmp_path / "out", wheel)
    patched = inspected(wheelfix, wheelfix.patch(*words))
    assert patched["version"] == "1.0+x.1"
    assert [patched[key] for key in ("summary", "requires_python", "requires_dist")] == [
        read[key] for key in ("summary", "requires_python", "requires_dist")
    ]
    left_out = wheelfix_index(tmp_path)
    assert left_out.returncode == 1
    assert "METADATA: line 13 continues a Requires-Dist; left out" in left_out.stderr
    sound = FOLDED.replace(";\n extra", "; extra")
    build_wheel(tmp_path, "demo", "1.0", {"demo.py": ""}, dist_info_files={"METADATA": sound.encode()})
    wheelfix_index.done(tmp_path)
    page = json.loads((tmp_path / "simple/demo/index.v1_json").read_text())
    assert [page["files"][0]["requires-python"]] == [unfolded(sound)["Requires-Python"][0].replace("\t", " ")]
