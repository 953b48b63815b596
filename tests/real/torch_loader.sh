#!/usr/bin/env bash
# Compares the simulated loader with ld.so on the real wheels: each of torch 2.1.0 and its dependencies is installed in a folder
# of its own, and all of them in one site-packages. In both layouts each library is loaded in a new Python, and must map the
# same objects, or fail with the same message, as simulated from the installed files and from the wheels alone. And the order in
# which patches/torch-2.1.0 loads libraries must be one in which each finds what it needs, as are the computed order and that of
# `wheelfix repair --preload`.
#
#   tests/real/torch_loader.sh WHEELS
#
# WHEELS: a folder with torch 2.1.0 for CPython 3.11 (manylinux1_x86_64) and all its dependencies. Needs x86-64 Linux, Python
# 3.11 ($PYTHON, default python3.11), the build's loader_tool and 6 GB in $TMPDIR. No GPU.
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

tool=${WHEELFIX_BUILD_DIR:-$root/build}/tests/loader/loader_tool
[[ -x $tool ]] || fail "no loader_tool at $tool"
make_venv "${PYTHON:-python3.11}"
wheels=${1:?the folder of wheels}

say "installing $(find "$wheels" -name '*.whl' | wc -l) wheels, each in a folder of its own"
for wheel in "$wheels"/*.whl; do
  site=$scratch/split/$(basename "$wheel" | cut -d- -f1)
  pip install --quiet --no-index --no-deps --no-compile --target "$site" "$wheel"
  mkdir -p "$scratch/shared/lib/python3/site-packages"
  cp --archive --link --force "$site/." "$scratch/shared/lib/python3/site-packages"
done
for layout in split shared; do
  say "loading each library, layout $layout"
  "$scratch/venv/bin/python" "$root/tests/real/torch_loader.py" "$tool" "$layout" "$scratch/$layout" "$wheels"
done
say "comparing the preload order"
torch=$(the_one "$wheels"/torch-2.1.0-cp311-cp311-*.whl)
patched=$("$wheelfix" patch --patch-dir "$root/patches/torch-2.1.0" --dest-dir "$scratch/patched" "$torch")
repaired=$("$wheelfix" repair --preload --layout split --suffix local.1 --dest-dir "$scratch/repaired" "$wheels"/*.whl)
"$scratch/venv/bin/python" "$root/tests/real/preload_order.py" "$tool" "$patched" "$repaired" "$wheels"
say "passed"
