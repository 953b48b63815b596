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

# the_one PATTERN_MATCH...: the path, where there is exactly one and it exists.
the_one() {
  [[ $# -eq 1 && -e $1 ]] || fail "expected one file, not: $*"
  printf '%s\n' "$1"
}
