#!/usr/bin/env bash
# Shows, with the real wheels, what patches/torch-2.1.0 and patches/torch-cuda-split are for: each of torch 2.1.0 and its
# dependencies is installed in a folder of its own, and with those folders on PYTHONPATH the published torch fails to import
# where one changed by either recipe works.
#
#   tests/real/torch_split_import.sh [WHEELS]
#
# WHEELS: a folder with torch 2.1.0 for CPython 3.11 (manylinux1_x86_64) and all its dependencies; without it they are
# downloaded (2.7 GB). Needs x86-64 Linux, Python 3.11 ($PYTHON, default python3.11) and 6 GB in $TMPDIR, 9 GB with the
# download. No GPU. The tool is the one of $WHEELFIX_BUILD_DIR (default: build).
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

# expect_patched_imports RECIPE: torch changed by patches/RECIPE, whose suffix it gets, imports and adds.
expect_patched_imports() {
  local patched expected label
  say "patching with $1"
  patched=$("$wheelfix" patch --patch-dir "$root/patches/$1" --dest-dir "$scratch/patched" "$torch")
  echo "$patched"
  install_split "$sites" "$patched"
  rm "$patched"
  label=$(basename "$patched" | cut -d- -f2)
  expected="torch 2.1.0+cu121 installed as $label"$'\ntensor([2., 3., 4.])'
  say "import torch, patched"
  run_split "$sites" '
import importlib.metadata
import torch

print("torch", torch.__version__, "installed as", importlib.metadata.version("torch"))
print(torch.ones(3) + torch.tensor([1.0, 2.0, 3.0]))
' | tee "$scratch/stdout"
  [[ $(<"$scratch/stdout") == "$expected" ]] || fail "expected: $expected"
}

make_venv "${PYTHON:-python3.11}"
wheels=${1:-$scratch/wheels}
[[ $# -gt 0 ]] || fetch_torch "$wheels"
sites=$scratch/sites
torch=$(the_one "$wheels"/torch-2.1.0-cp311-cp311-*.whl)

say "installing $(find "$wheels" -name '*.whl' | wc -l) wheels, each in a folder of its own"
install_split "$sites" "$wheels"/*.whl
expect_published_fails "$sites"

for recipe in torch-2.1.0 torch-cuda-split; do
  expect_patched_imports "$recipe"
done
say "passed"
