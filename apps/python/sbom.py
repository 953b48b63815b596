"""Writes the CycloneDX bill of what is linked into the released programs to stdout: `sbom.py VERSION PACKAGE...`, by Debian's packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys

# By Debian's source package, as SPDX names it. Of GCC it is the C++ library, whose exception lets any program have it.
LICENSES = {
    "curl": "curl",
    "cxxopts": "MIT",
    "fmtlib": "MIT",
    "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glibc": "LGPL-2.1-or-later",
    "libdeflate": "MIT",
    "libisal": "BSD-3-Clause",
    "libmicrohttpd": "LGPL-2.1-or-later",
    "libzip": "BSD-3-Clause",
    "lief": "Apache-2.0",
    "mbedtls": "Apache-2.0",
    "nlohmann-json3": "MIT",
    "openssl": "Apache-2.0",
    "tomlplusplus": "MIT",
    "utf8proc": "MIT AND Unicode-DFS-2015",
    "zlib": "Zlib",
}

# What C libraries for another machine are made of beside code that is linked in.
HEADERS_ALONE = {"binutils", "linux"}


def sources(package: str) -> list[tuple[str, str]]:
    """The source packages of it with their versions. A library for another machine is made of others' sources."""
    query = ["dpkg-query", "--show", "--showformat=${source:Package} (= ${source:Version})|${Built-Using}", package]
    own, made_of = subprocess.run(query, capture_output=True, text=True, check=True).stdout.split("|")
    return re.findall(r"(\S+) \(= (\S+)\)", made_of if package.endswith("-cross") else own)


def component(name: str, version: str) -> dict[str, object]:
    purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch=source"
    licenses = [{"expression": LICENSES[name]}]
    return {"type": "library", "bom-ref": name, "name": name, "version": version, "licenses": licenses, "purl": purl}


def main(version: str, *packages: str) -> None:
    found = {source for package in packages for source in sources(package) if source[0] not in HEADERS_ALONE}
    linked = [component(name, version) for name, version in sorted(found)]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "wheelfix",
                "name": "wheelfix",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
                "purl": f"pkg:pypi/wheelfix@{version}",
            }
        },
        "components": linked,
        "dependencies": [{"ref": "wheelfix", "dependsOn": [part["bom-ref"] for part in linked]}],
    }
    print(json.dumps(bill, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
