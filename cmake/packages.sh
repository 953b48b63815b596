# Sourced by test.sh and demo.sh: the Debian packages that wheelfix is built and tested with, and how they get there.
# shellcheck shell=bash

build_packages=(
  g++ cmake ninja-build pkg-config
  libzip-dev libssl-dev libdeflate-dev libisal-dev zlib1g-dev libutf8proc-dev libmicrohttpd-dev libcurl4-openssl-dev liblief-dev libfmt-dev libcxxopts-dev libtomlplusplus-dev nlohmann-json3-dev doctest-dev
  ca-certificates python3 python3-venv
)
# patch and git are what the diff tests compare with, the documents' examples use unzip, Graphviz draws doctor's graph; Chromium shows the index's pages, Java runs the HTML checker, and
# nginx and Caddy serve the index on ports of their own (on a machine with services their packages start theirs too).
# Bazel, with what it needs of other repositories, runs the rules of apps/bazel.
# The shells complete command lines, and man-db and mandoc read the man pages.
# The compilers, linkers and loaders of the second line make and try the libraries that the ELF tests edit.
# Those of the very last line are what the wheels of tests/interop/linux_wheels.py need.
# shellcheck disable=SC2034  # used where this is sourced
test_packages=(
  "${build_packages[@]}" git patch unzip chromium openjdk-17-jre-headless nginx caddy graphviz zsh fish man-db mandoc dpkg-dev
  clang lld mold patchelf elfutils g++-aarch64-linux-gnu qemu-user musl-tools
  bazel-bootstrap bazel-rules-java bazel-rules-proto bazel-skylib bazel-platforms
  gfortran libopenblas0-pthread libxml2 libkrb5-3 libpng16-16 libx11-6 libgl1
)

# say WORDS...: a step that begins, with the time of day, so that a log shows what each step takes.
say() { printf '== %(%T)T %s\n' -1 "$*"; }

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# install_packages PACKAGE...: installs those that are missing, as root or with sudo; does nothing if all are there.
install_packages() {
  local missing=() package as_root=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  [[ $EUID -eq 0 ]] || as_root=(sudo)
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update --quiet
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "${missing[@]}"
}

# use_ccache: a compiler cache is used if there is one, but not required.
use_ccache() {
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
}
