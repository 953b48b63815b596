"""The index's pages as people and browsers take them: valid HTML5 by the Nu checker, and legible in Chromium."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import Browser
from page_checks import COLOURS, OUTSIDE, html_faults, illegible, luminance
from sdists import write_tar
from wheels import build_wheel, metadata_text

LONG = "a_project_whose_name_somebody_made_out_of_all_the_words_that_they_had"
LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"
SCHEMES = ("light", "dark")
PHONE = 400  # CSS pixels


@pytest.fixture(scope="module")
def folder(wheelfix_index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Indexes of all kinds: of many files, of none, with another title, and of files that are served from elsewhere,
    and in front of another."""
    folder = tmp_path_factory.mktemp("index")
    wheels = folder / "wheels"
    for minor in range(20):
        build_wheel(wheels, "numpy", f"1.{minor}.0", {"numpy/__init__.py": ""}, tag=f"cp311-cp311-{LINUX}")
    build_wheel(wheels, "torch", "2.1.0+stripe.5", {"torch/__init__.py": ""}, tag=f"cp311-cp311-{LINUX}")
    build_wheel(wheels, "triton", "2.1.0", {"triton/__init__.py": ""}, tag=f"cp311-cp311-{LINUX}", build="0")
    build_wheel(wheels, LONG, "2024.10.31.dev20241031+build.0123456789abcdef", {f"{LONG}.py": ""})
    info = metadata_text("torch", "2.0.0", requires_python="!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*,<4,>=2.7")
    write_tar(wheels / "torch-2.0.0.tar.gz", {"torch-2.0.0/PKG-INFO": info.encode()})
    os.utime(wheels / "torch-2.0.0.tar.gz", ns=(0, 1_696_438_985_123_456_789))
    (folder / "none").mkdir()
    build_wheel(folder / "patched", "torch", "2.1.0+stripe.6", {"torch/__init__.py": ""}, tag=f"cp311-cp311-{LINUX}")
    wheelfix_index.done(wheels, "--output", folder / "many")
    wheelfix_index.done(folder / "none", "--output", folder / "empty")
    wheelfix_index.done(wheels, "--output", folder / "titled", "--title", "<A> & \"B\" 'C'")
    wheelfix_index.done(wheels, "--output", folder / "elsewhere", "--base-url", "https://example.com/a&b/")
    upstream = ["--upstream", (folder / "many").as_uri()]
    wheelfix_index.done(folder / "patched", "--output", folder / "merged", *upstream)
    return folder


def pages_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("index.html"))


def test_every_page_is_valid_html(folder: Path) -> None:
    pages = pages_in(folder)
    assert len(pages) == 3 * 5 + 1 + 2
    assert html_faults(*pages) == []


def test_the_checker_refuses_a_broken_page(folder: Path, tmp_path: Path) -> None:
    page = (folder / "many/torch/index.html").read_text()
    breaks = {
        "no-title": re.sub("<title>.*</title>\n", "", page),
        "no-end": page.replace("</table>", ""),
        "space-in-link": page.replace('href="torch-', 'href="torch -'),
        "no-time": page.replace('datetime="', 'datetime="about '),
        "bad-style": page.replace("border-collapse:collapse", "border-collapse:maybe"),
    }
    for name, text in breaks.items():
        assert text != page
        (tmp_path / f"{name}.html").write_text(text)
    faulty = {Path(fault.split(":")[1]).stem for fault in html_faults(*tmp_path.iterdir())}
    assert faulty == set(breaks)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.mark.parametrize("scheme", SCHEMES)
def test_all_text_is_legible(browser: Browser, folder: Path, scheme: str) -> None:
    for page in pages_in(folder / "many") + pages_in(folder / "merged"):
        browser.show(page.as_uri(), scheme=scheme)
        assert illegible(browser) == []
        backgrounds = {luminance(back) for _, _, back in browser.evaluate(COLOURS)}
        assert max(backgrounds) < 0.05 if scheme == "dark" else min(backgrounds) > 0.9


def test_illegible_text_would_be_found(browser: Browser, folder: Path, tmp_path: Path) -> None:
    """The colours of links in a light scheme, on a dark page."""
    page = (
        (folder / "many/torch/index.html")
        .read_text()
        .replace("color-scheme:light dark", "background:#121212;color:#fff")
    )
    (tmp_path / "page.html").write_text(page)
    browser.show((tmp_path / "page.html").as_uri(), scheme="dark")
    assert any(line.startswith("torch-2.0.0.tar.gz: ") for line in illegible(browser))
    assert not any(line.startswith("2.0.0: ") for line in illegible(browser))


@pytest.mark.parametrize("width", (320, PHONE, 1280))
def test_no_page_is_wider_than_the_window(browser: Browser, folder: Path, width: int) -> None:
    for page in pages_in(folder / "many") + pages_in(folder / "merged"):
        browser.show(page.as_uri(), width=width)
        assert browser.evaluate("document.documentElement.scrollWidth") <= width, page
        assert browser.evaluate(OUTSIDE) == []


def test_a_page_that_is_too_wide_would_be_found(browser: Browser, folder: Path, tmp_path: Path) -> None:
    page = re.sub("@media.*(?=</style>)", "", (folder / "many/torch/index.html").read_text())
    (tmp_path / "page.html").write_text(page)
    browser.show((tmp_path / "page.html").as_uri(), width=PHONE)
    assert browser.evaluate("document.documentElement.scrollWidth") > PHONE
    assert browser.evaluate(OUTSIDE)


def test_links_lead_to_the_files(browser: Browser, folder: Path) -> None:
    """By the browser's own reading of each link: names with + too."""
    browser.show((folder / "many/index.html").as_uri())
    projects = browser.evaluate("[...document.links].map(link => link.href)")
    assert len(projects) == 4
    for project in projects:
        browser.show(f"{project}index.html")
        paths = browser.evaluate("[...document.links].map(link => decodeURIComponent(new URL(link.href).pathname))")
        texts = browser.evaluate("[...document.links].map(link => link.textContent)")
        assert [Path(path).name for path in paths] == texts
        assert all(Path(path).is_file() for path in paths)
        times = browser.evaluate("[...document.querySelectorAll('time')].map(time => Date.parse(time.dateTime))")
        assert times == [int(Path(path).stat().st_mtime) * 1000 for path in paths]


def test_the_line_for_pip_installs_the_newest_version(browser: Browser, folder: Path, tmp_path: Path) -> None:
    """As the page shows it, with the index's own URL; and so does the list of projects, with a project's name."""
    browser.show((folder / "many/torch/index.html").as_uri())
    line = browser.evaluate("document.querySelector('.pip code').textContent")
    assert line == f"pip install --index-url {(folder / 'many').as_uri()}/ torch==2.1.0+stripe.5"
    assert not browser.evaluate("document.querySelector('.pip button').hidden")
    browser.show((folder / "many/index.html").as_uri())
    line = browser.evaluate("document.querySelector('.pip code').textContent")
    words = shlex.split(line.replace("PROJECT", "triton"))
    site = tmp_path / "site"
    platform = ["--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--only-binary", ":all:", "--no-deps"]
    subprocess.run([sys.executable, "-m", *words, "--isolated", "--quiet", "--target", site, *platform], check=True)
    assert (site / "triton/__init__.py").exists()


def test_a_folder_that_a_shell_would_split_is_quoted(browser: Browser, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder / "many", tmp_path / "it's a (copy) & more")
    browser.show((copy / "torch/index.html").as_uri())
    line = browser.evaluate("document.querySelector('.pip code').textContent")
    url = shlex.split(line)[3]
    assert Path(unquote(url.removeprefix("file://"))) == copy


def test_without_scripts_the_line_says_what_is_missing(folder: Path) -> None:
    for page, where in [("index.html", "this page"), ("torch/index.html", "the list of projects")]:
        text = re.sub("<script.*?</script>", "", (folder / "many" / page).read_text(), flags=re.DOTALL)
        assert "pip install --index-url INDEX_URL " in text
        assert f"INDEX_URL is the address of {where}." in text
        assert '<button type="button" hidden>' in text


def test_a_project_leads_back_to_the_list(browser: Browser, folder: Path) -> None:
    browser.show((folder / "many/torch/index.html").as_uri())
    browser.evaluate("document.querySelector('form button').click()")
    end = time.monotonic() + 30
    while browser.evaluate("document.title") != "Simple index":
        assert time.monotonic() < end
        time.sleep(0.05)
    assert browser.evaluate("location.pathname") == f"{folder}/many/index.html"


def test_hashes_are_shown(browser: Browser, folder: Path) -> None:
    browser.show((folder / "many/torch/index.html").as_uri())
    shown = browser.evaluate("[...document.querySelectorAll('small')].map(small => small.textContent)")
    files = browser.evaluate("[...document.links].map(link => decodeURIComponent(new URL(link.href).pathname))")
    assert shown == [f"sha256:{hashlib.sha256(Path(path).read_bytes()).hexdigest()}" for path in files]
