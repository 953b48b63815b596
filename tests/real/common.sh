# Sourced by the scripts of this folder. Sets $root and $wheelfix, and makes $scratch, a folder that goes when the script ends.
# shellcheck shell=bash
unset LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
wheelfix=${WHEELFIX:-${WHEELFIX_BUILD_DIR:-$root/build}/apps/wheelfix/wheelfix}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/wheelfix-real.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

say() { printf '== %s\n' "$*"; }

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

[[ -x $wheelfix ]] || fail "no wheelfix at $wheelfix: build it, or set WHEELFIX_BUILD_DIR or WHEELFIX"

# make_venv PYTHON REQUIREMENT...: an environment with nothing but pip and the requirements in $scratch/venv.
make_venv() {
  "$1" -m venv "$scratch/venv"
  "$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check pip==26.3 "${@:2}"
}

# pip ARGUMENT...: that environment's pip, without the notices.
pip() {
  "$scratch/venv/bin/python" -m pip --disable-pip-version-check "$@"
}

# the_one PATTERN_MATCH...: the path, if there is exactly one and it exists.
the_one() {
  [[ $# -eq 1 && -e $1 ]] || fail "expected one file, not: $*"
  printf '%s\n' "$1"
}

# fetch_torch FOLDER: downloads torch 2.1.0 and its dependencies (2.7 GB).
fetch_torch() {
  say "downloading torch 2.1.0 and its dependencies"
  pip download --quiet --only-binary=:all: --dest "$1" torch==2.1.0
}

# install_split SITES WHEEL...: puts each in a folder of its own in SITES, named after its project.
install_split() {
  local sites=$1 wheel site
  shift
  for wheel in "$@"; do
    site=$sites/$(basename "$wheel" | cut -d- -f1)
    rm -rf "$site"
    pip install --quiet --no-index --no-deps --no-compile --target "$site" "$wheel"
  done
}

# run_split SITES CODE: the environment's python with the folders in SITES, and no other, on PYTHONPATH.
run_split() {
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$(printf '%s\n' "$1"/* | paste -sd:) \
    "$scratch/venv/bin/python" -W ignore::UserWarning -c "$2"
}

# expect_published_fails SITES: the published torch in them does, as people report it.
expect_published_fails() {
  local expected="OSError: libnvJitLink.so.12: cannot open shared object file: No such file or directory"
  say "import torch, as published"
  if run_split "$1" 'import torch' 2>"$scratch/stderr"; then
    fail "the published torch imports: does the system have the CUDA libraries?"
  fi
  tail -n 1 "$scratch/stderr"
  [[ $(tail -n 1 "$scratch/stderr") == "$expected" ]] || fail "expected: $expected"
}
