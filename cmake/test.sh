#!/usr/bin/env bash
# Installs what the build and the tests need (Debian 12, as root or with sudo), builds the developers' preset in build-dev/
# and runs all tests. The tools that the tests compare with are installed from PyPI in build-dev/venv, versions pinned.
#
#   cmake/test.sh [CTEST_ARGUMENT...]      as: cmake/test.sh -R '^unit'
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cmake/packages.sh
source cmake/packages.sh

# make_venv FOLDER REQUIREMENTS: the venv is made again if the requirements have changed.
make_venv() {
  if ! cmp --silent "$2" "$1/requirements.txt"; then
    say "making $1"
    rm -rf "$1"
    /usr/bin/python3 -m venv "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$2"
    cp "$2" "$1/requirements.txt"
  fi
}

install_packages "${test_packages[@]}"
use_ccache
make_venv build-dev/venv tests/interop/requirements.txt
say "building build-dev/"
cmake --preset dev
cmake --build --preset dev
say "testing"
ctest --preset dev --no-tests=error --parallel "$(nproc)" "$@"
