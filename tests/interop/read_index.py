"""What others' parsers of simple indexes read, as JSON: a program for an environment that has them.

python read_index.py pypi-simple-html|pypi-simple-json|poetry-html|poetry-json URL PROJECT...
python read_index.py poetry-package URL PROJECT VERSION
"""

from __future__ import annotations

import json
import sys
import urllib.request

HTML, JSON = "text/html", "application/vnd.pypi.simple.v1+json"


def main() -> None:
    match sys.argv[1:]:
        case ["pypi-simple-html", url, *projects]:
            read = {project: with_pypi_simple(url, project, HTML) for project in projects}
        case ["pypi-simple-json", url, *projects]:
            read = {project: with_pypi_simple(url, project, JSON) for project in projects}
        case ["poetry-html", url, *projects]:
            read = {project: with_poetry(poetry_html_page(f"{url}/{project}/"), project) for project in projects}
        case ["poetry-json", url, *projects]:
            read = {project: with_poetry(poetry_repository(url).get_page(project), project) for project in projects}
        case ["poetry-package", url, project, version]:
            read = poetry_package(url, project, version)
        case _:
            sys.exit(__doc__)
    print(json.dumps(read))


def with_pypi_simple(url: str, project: str, accept: str) -> list[dict]:
    from pypi_simple import PyPISimple

    with PyPISimple(url) as client:
        return [
            {
                "file": package.filename,
                "url": package.url,
                "project": package.project,
                "version": package.version,
                "sha256": package.digests["sha256"],
                "metadata": package.metadata_digests["sha256"] if package.has_metadata else None,
                "python": package.requires_python,
                "yanked": package.is_yanked,
            }
            | ({"size": package.size, "time": package.upload_time.timestamp()} if accept == JSON else {})
            for package in client.get_project_page(project, accept=accept).packages
        ]


def with_poetry(page, project: str) -> list[dict]:
    return [
        {
            "file": link.filename,
            "url": link.url_without_fragment,
            "version": str(version),
            "sha256": link.hashes["sha256"],
            "metadata": link.metadata_hashes["sha256"] if link.has_metadata else None,
            "python": link.requires_python,
            "yanked": link.yanked,
        }
        for version in page.versions(project)
        for link in page.links_for_version(project, version)
    ]


def poetry_html_page(url: str):
    from poetry.repositories.link_sources.html import HTMLPage

    with urllib.request.urlopen(url) as response:
        return HTMLPage(url, response.read().decode())


def poetry_repository(url: str):
    from poetry.repositories.legacy_repository import LegacyRepository

    return LegacyRepository("ours", url, disable_cache=True)


def poetry_package(url: str, project: str, version: str) -> dict:
    from poetry.core.constraints.version import Version

    package = poetry_repository(url).package(project, Version.parse(version))
    return {
        "requires": sorted(dependency.to_pep_508() for dependency in package.requires),
        "files": sorted(file["file"] for file in package.files),
    }


main()
