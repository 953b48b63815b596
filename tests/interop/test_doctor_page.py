"""`wheelfix doctor --html` as people and browsers take it: valid HTML, legible in Chromium on a phone and on a desktop,
in light and dark, with what --json says in it, without a request to anything, and inert whatever names say."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from libraries import build_library
from page_checks import COLOURS, OUTSIDE, html_faults, illegible, luminance
from wheels import build_wheel

MODULE = "_C.cpython-311-x86_64-linux-gnu.so"
TAG = "cp311-cp311-manylinux_2_17_x86_64"
UNFOLD = "for (const item of document.querySelectorAll('details')) item.open = true"
NAMES = ("installed", "split", "healthy", "hostile", "nothing")
LOADER = "cannot open shared object file: No such file or directory"
# Names that mean something to HTML, SVG, CSS, scripts, the templates, terminals or the direction of text.
HOSTILE = [
    "lib<script>hacked=1<script>.so",
    "lib'\"><img\tsrc=x\tonerror=hacked=1>.so",
    "lib</text></svg></code><style>*{display:none}</style><!--.so",
    "lib{{script}}.so",
    "lib&lt;b&gt;.so",
    "lib\u202egnp\u2066.so",
    "lib\x1b[31m\x07.so",
    "lib\ufdfd\u00fc-\u65e5\u672c\U0001f525.so",
    "lib" + "W" * 200 + ".so",
    "lib" + "\u65e5" * 70 + ".so",
]


class Report:
    """A page, and what --json says of the same."""

    def __init__(self, wheelfix, page: Path, *words: str | Path) -> None:
        run = wheelfix("doctor", "--json", "--html", page, *words)
        assert run.returncode in (0, 1), run.stderr
        assert run.stderr == f"the page is in {page}\n"
        self.page = page
        self.json: dict[str, Any] = json.loads(run.stdout)


def hostile_module(name: str) -> bytes:
    """A library that needs a name that no file can have, and no command line of gcc."""
    plain = "".join(c if c.isalnum() or ord(c) > 127 else "_" for c in name)
    return build_library(f"needed {plain}").replace(plain.encode(), name.encode())


@pytest.fixture(scope="module")
def reports(wheelfix, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    folder = tmp_path_factory.mktemp("pages")
    code = "import os, ctypes\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'lib', 'libown.so'))\n"
    demo = build_wheel(
        folder,
        "demo",
        "1.0",
        {
            "demo/__init__.py": code,
            f"demo/{MODULE}": build_library("needed libown.so libc.so.6"),
            "demo/lib/libown.so": build_library(
                "soname libown.so\nneeded libfar.so.2\nrunpath $ORIGIN/../../far:/opt/x"
            ),
            "demo/plugins/libsql.so": build_library("needed libpq.so.5"),
        },
        tag=TAG,
    )
    far = build_wheel(
        folder,
        "far",
        "2.0",
        {"far/libfar.so.2": build_library("soname libfar.so.2"), f"far/{MODULE}": build_library("needed libgone.so.1")},
        tag=TAG,
    )
    plain = build_wheel(folder, "plain", "3.0", {"plain.py": ""})
    modules = {f"odd/m{number}{MODULE}": hostile_module(name) for number, name in enumerate(HOSTILE)}
    files = {
        f"odd/{name}": build_library("soname libx.so") for name in HOSTILE if name.isprintable() and "/" not in name
    }
    odd = build_wheel(folder, "odd", "1.0", modules | files, tag=TAG)
    site = folder / "env/lib/python3.11/site-packages"
    for wheel in (demo, far, plain):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    return {
        "installed": Report(wheelfix, folder / "installed.html", site),
        "split": Report(wheelfix, folder / "split.html", "--layout", "split", demo, far, plain),
        "healthy": Report(wheelfix, folder / "healthy.html", "--ignore", "import-fails=far/*", demo, far, plain),
        "hostile": Report(wheelfix, folder / "hostile.html", odd),
        "nothing": Report(wheelfix, folder / "nothing.html", plain),
    }


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def texts(browser: Browser, selector: str) -> list[str]:
    return browser.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map(item => item.textContent)")


def test_every_page_is_valid_html(reports: dict[str, Report]) -> None:
    assert html_faults(*(report.page for report in reports.values())) == []


@pytest.mark.parametrize("scheme", ("light", "dark"))
@pytest.mark.parametrize("width", (360, 1440))
@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_and_is_legible(
    browser: Browser, reports: dict[str, Report], name: str, width: int, scheme: str
) -> None:
    browser.show(reports[name].page.as_uri(), scheme=scheme, width=width)
    for unfold in (False, True):
        browser.evaluate(UNFOLD if unfold else "0")
        window = browser.evaluate("document.documentElement.clientWidth")
        assert browser.evaluate("document.documentElement.scrollWidth") == window
        assert browser.evaluate(OUTSIDE) == []
        assert illegible(browser) == []
    canvas = max if scheme == "dark" else min
    assert (canvas(luminance(back) for _, _, back in browser.evaluate(COLOURS)) > 0.5) == (scheme == "light")
    assert browser.complaints() == []
    assert browser.requests() == [reports[name].page.as_uri()]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_json_says(browser: Browser, reports: dict[str, Report], name: str) -> None:
    report = reports[name].json
    browser.show(reports[name].page.as_uri())
    outcome, *others = report["verdict"]["text"].rpartition(": ")[2].split("; ")
    assert texts(browser, "h1") == [outcome]
    assert texts(browser, ".also") == (["; ".join(others)] if others else [])
    causes = list(reversed(report["causes"]))
    assert texts(browser, "#causes h3") == [
        f"{cause['severity']} {cause['message']}" for cause in causes if cause["kind"] == "breaks"
    ]
    assert texts(browser, "#hygiene h3") == [
        f"{cause['severity']} {cause['message']}" for cause in causes if cause["kind"] == "hygiene"
    ]


def drawn(browser: Browser, card: str) -> list[str]:
    """The first line of each box of a card's picture, the next to see above the others."""
    return texts(browser, f"{card} svg text.name")


def test_a_picture_shows_the_way_to_what_fails(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["split"].page.as_uri())
    cards = browser.evaluate("[...document.querySelectorAll('#causes article')].map(card => [card.id, card.innerText])")
    (far,) = (f"#{number}" for number, text in cards if f"libfar.so.2: {LOADER}" in text)
    (gone,) = (f"#{number}" for number, text in cards if f"libgone.so.1: {LOADER}" in text)
    assert drawn(browser, far) == [MODULE, "__init__.py", "libown.so", "libfar.so.2", "libfar.so.2"]
    assert drawn(browser, gone) == [MODULE, "libgone.so.1"]
    assert texts(browser, f"{far} svg text.note")[:3] == [
        "demo 1.0, in demo",
        "demo 1.0, in demo",
        "demo 1.0, in demo/lib",
    ]
    assert texts(browser, f"{far} svg text.note.away") == ["far 2.0, in far"]
    assert "".join(texts(browser, f"{far} svg text.note.fails")) == LOADER
    label = browser.evaluate(f"document.querySelector('{far} svg').getAttribute('aria-label')")
    assert label == f"How it fails: {MODULE} → __init__.py → libown.so → libfar.so.2"
    chains = {
        finding["message"]: finding["chain"] for finding in reports["split"].json["findings"] if "chain" in finding
    }
    assert [step["name"].rpartition("/")[2] for step in chains[f"libfar.so.2: {LOADER}"]] == drawn(browser, far)[:-1]


def test_what_is_folded_unfolds(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["split"].page.as_uri())
    shows = "document.querySelector('.library').checkVisibility()"
    assert not browser.evaluate(shows)
    browser.evaluate("document.querySelector('.package summary').click()")
    assert browser.evaluate(shows)


def test_libraries_are_listed_with_what_they_need(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["healthy"].page.as_uri())
    browser.evaluate(UNFOLD)
    needs = browser.evaluate("""Object.fromEntries([...document.querySelectorAll(".library")].map(library =>
        [library.querySelector("code").textContent,
         [...library.querySelectorAll(".needs li")].map(need => need.innerText)]))""")
    assert needs == {
        f"demo/{MODULE}": ["libown.so demo/lib/libown.so, because it is loaded before", "of the system: libc.so.6"],
        "demo/lib/libown.so": ["libfar.so.2 far: far/libfar.so.2"],
        "demo/plugins/libsql.so": ["libpq.so.5 not found"],
        f"far/{MODULE}": ["libgone.so.1 not found"],
        "far/libfar.so.2": [],
    }
    assert texts(browser, ".bare li") == ["plain 3.0"]


def test_what_is_installed_is_called_so(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["installed"].page.as_uri())
    assert texts(browser, "#packages h2") == ["Distributions"]
    assert set(texts(browser, ".package > .where")) == {
        str(reports["installed"].page.parent / "env/lib/python3.11/site-packages")
    }


def search(browser: Browser, word: str) -> list[str]:
    """The libraries that show after a search."""
    browser.evaluate(f"query.value = {json.dumps(word)}; query.dispatchEvent(new Event('input'))")
    return browser.evaluate(
        "[...document.querySelectorAll('.library')].filter(item => item.checkVisibility())"
        ".map(item => item.querySelector('code').textContent)"
    )


def test_packages_are_found_and_sorted(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["split"].page.as_uri())
    assert search(browser, "LIBPQ") == ["demo/plugins/libsql.so"]
    assert texts(browser, "#count") == ["1 of 2"]
    assert search(browser, "far.so") == ["demo/lib/libown.so", "far/libfar.so.2"]
    assert search(browser, "nowhere") == []
    assert search(browser, "") == []
    assert texts(browser, "#count") == [""]
    names = "[...document.querySelectorAll('.package')].map(item => item.dataset.name)"
    for order, expected in {"name": ["demo", "far"], "libraries": ["demo", "far"]}.items():
        browser.evaluate(f"order.value = '{order}'; order.dispatchEvent(new Event('change'))")
        assert browser.evaluate(names) == expected


def test_commands_can_be_copied(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["split"].page.as_uri())
    labels = browser.evaluate(
        "[...document.querySelectorAll('button')].map(button => button.getAttribute('aria-label'))"
    )
    assert "copy wheelfix repair --layout split" in labels


def test_a_page_is_whole_without_scripts(browser: Browser, reports: dict[str, Report]) -> None:
    browser.run_scripts(are_run=False)
    try:
        browser.show(reports["split"].page.as_uri())
        assert not browser.evaluate("document.querySelector('.tools').checkVisibility()")
        assert texts(browser, "button") == []
        assert len(texts(browser, ".package")) == 2
    finally:
        browser.run_scripts(are_run=True)


def test_names_are_inert(browser: Browser, reports: dict[str, Report]) -> None:
    page = reports["hostile"].page.read_text()
    assert not set("\u202e\u2066\x1b\x07") & set(page)
    browser.show(reports["hostile"].page.as_uri())
    assert browser.evaluate("typeof hacked") == "undefined"
    assert browser.evaluate("document.scripts.length") == 1
    assert browser.evaluate("document.querySelectorAll('style').length") == 1
    assert browser.evaluate("document.images.length") == 0
    attributes = browser.evaluate("[...document.querySelectorAll('*')].flatMap(item => item.getAttributeNames())")
    assert [name for name in attributes if name.startswith("on") or name == "style"] == []
    failing = {finding["path"] for finding in reports["hostile"].json["findings"]}
    listed = set(texts(browser, "#causes .places code"))
    assert listed == failing


def test_the_page_may_not_load_or_run_anything_else(browser: Browser, reports: dict[str, Report]) -> None:
    browser.show(reports["split"].page.as_uri())
    browser.evaluate("""{
        const script = document.createElement("script");
        script.textContent = "hacked = 1";
        document.body.append(script);
        const image = new Image();
        image.src = "file:///etc/hostname";
    }""")
    assert browser.evaluate("typeof hacked") == "undefined"
    assert browser.evaluate("fetch('http://127.0.0.1:9/').then(() => 'done', () => 'refused')") == "refused"
    refused = "\n".join(browser.complaints())
    for directive in ("script-src", "img-src", "connect-src"):
        assert directive in refused
