#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy over the library and the programs, or over the files that are named. build-dev/ says how each
# is compiled. It takes a quarter of an hour on two cores, so continuous integration doesn't run it.
#
#   cmake/tidy.sh [FILE...]      as: cmake/tidy.sh lib/zip/*.cpp
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cmake/packages.sh
source cmake/packages.sh

install_packages "${test_packages[@]}" clang-tidy
[[ -f build-dev/compile_commands.json ]] || cmake --preset dev
[[ $# -gt 0 ]] || set -- lib/*/*.cpp apps/*/*.cpp
# GCC's own warnings are unknown to it.
printf '%s\0' "$@" | xargs -0 --max-procs="$(nproc)" --max-args=1 clang-tidy -p build-dev --quiet --extra-arg=-Wno-unknown-warning-option
