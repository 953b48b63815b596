#!/usr/bin/env bash
# Patches the real torch 2.1.0 for CPython 3.8 and has the result checked by `wheelfix verify` and installed by pip, uv
# and installer.
#
#   tests/real/torch_accept.sh [WHEEL]
#
# WHEEL: torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl; without it the wheel is downloaded (670 MB). Needs GNU patch, Python
# 3.9 or later ($PYTHON, default python3; 3.8 itself is not needed) and 5 GB in $TMPDIR. The tool is the one of
# $WHEELFIX_BUILD_DIR (default: build).
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

expected_name=torch-2.1.0+stripe.5-cp38-cp38-manylinux1_x86_64.whl
recipe=$root/patches/torch-2.1.0
site=$scratch/site

fetch_wheel() {
  say "downloading torch 2.1.0 for CPython 3.8"
  pip download --quiet --no-deps --python-version 3.8 --platform manylinux1_x86_64 --only-binary=:all: \
    --dest "$scratch/published" torch==2.1.0
  wheel=$(the_one "$scratch"/published/*.whl)
}

# patch_by_hand: leaves in $scratch/by-hand the file that the recipe changes, changed by GNU patch.
patch_by_hand() {
  "$scratch/venv/bin/python" -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(*sys.argv[2:])' \
    "$wheel" torch/__init__.py "$scratch/by-hand"
  cat "$recipe"/*.patch | patch --silent --strip=1 --fuzz=0 --directory="$scratch/by-hand"
}

install_with_pip() {
  pip install --quiet --no-index --find-links "$scratch/patched" --no-deps --no-compile --only-binary=:all: \
    --python-version 3.8 --platform manylinux1_x86_64 --target "$site" torch==2.1.0
}

install_with_uv() {
  "$scratch/venv/bin/uv" --no-cache pip install --quiet --no-index --find-links "$scratch/patched" --no-deps \
    --python "$scratch/venv/bin/python" --python-version 3.8 --python-platform x86_64-manylinux2014 --target "$site" torch==2.1.0
}

install_with_installer() {
  # Its error is a single line that can have megabytes.
  "$scratch/venv/bin/python" -m installer --validate-record all --no-compile-bytecode --destdir "$scratch/root" "$patched" \
    2> >(cut -c -1000 >&2)
  mv "$scratch/root$("$scratch/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')" "$site"
  rm -rf "$scratch/root"
}

# expect_accepted_by TOOL: install_with_TOOL installs the patched wheel under its new version, and nothing under the old.
expect_accepted_by() {
  say "installing with $1"
  "install_with_$1"
  [[ -d $site/torch-2.1.0+stripe.5.dist-info ]] || fail "$1 made no torch-2.1.0+stripe.5.dist-info"
  [[ ! -e $site/torch-2.1.0.dist-info ]] || fail "$1 made torch-2.1.0.dist-info"
  cmp "$site/torch/__init__.py" "$scratch/by-hand/torch/__init__.py" || fail "torch/__init__.py is not what GNU patch makes"
  echo "accepted, $(find "$site" -type f | wc -l) files"
  rm -rf "$site"
}

make_venv "${PYTHON:-python3}" uv==0.13.8 installer==1.1.0
wheel=${1:-}
[[ -n $wheel ]] || fetch_wheel
patch_by_hand

say "patching"
patched=$("$wheelfix" patch --suffix stripe.5 --patch-dir "$recipe" --dest-dir "$scratch/patched" "$wheel")
echo "$patched"
[[ $patched == "$scratch/patched/$expected_name" ]] || fail "expected: $scratch/patched/$expected_name"

say "wheelfix verify"
"$wheelfix" verify "$patched" || fail "verify finds an error"

for tool in pip uv installer; do
  expect_accepted_by "$tool"
done
say "passed"
