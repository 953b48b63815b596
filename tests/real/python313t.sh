#!/usr/bin/env bash
# Builds the free-threaded CPython 3.13 from Debian 13's source package, for torch_conda.py:
#
#     tests/real/python313t.sh PREFIX
#
# Takes some 6 minutes on two cores. Downloads 30 MB, and doesn't touch apt's own lists.
set -euo pipefail

prefix=$(realpath -m "${1:?usage: python313t.sh PREFIX}")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/wheelfix-python.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch"/{lists/partial,cache/archives/partial,source}
cat >"$scratch/debian.sources" <<EOF
Types: deb-src
URIs: ${DEBIAN_MIRROR:-http://deb.debian.org/debian}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
apt=(-o "Dir::State::lists=$scratch/lists" -o "Dir::Cache=$scratch/cache" -o "Dir::Etc::sourcelist=$scratch/debian.sources"
  -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root)
apt-get "${apt[@]}" -qq update
cd "$scratch/source"
apt-get "${apt[@]}" -qq --download-only source python3.13
tar xf python3.13_*.orig.tar.xz --strip-components 1
./configure --quiet --prefix="$prefix" --disable-gil --without-ensurepip --disable-test-modules
make --silent -j"$(nproc)" build_all
make --silent altinstall >"$scratch/install.log"
"$prefix/bin/python3.13t" -c 'import ctypes, sys; assert not sys._is_gil_enabled(); print(sys.version)'
