#!/usr/bin/env bash
# Shows `wheelfix repair`, or `wheelfix repair --preload`, on the real wheels of torch 2.1.0 and its dependencies: with each
# installed in a folder of its own and those folders on PYTHONPATH the published torch fails to import where the repaired one
# works, and in one folder for all there is nothing to repair.
#
#   tests/real/torch_repair.sh [--preload] [WHEELS]
#
# WHEELS: a folder with torch 2.1.0 for CPython 3.11 (manylinux1_x86_64) and all its dependencies; without it they are
# downloaded (2.7 GB). Needs x86-64 Linux, Python 3.11 ($PYTHON, default python3.11) and 9 GB in $TMPDIR, 12 GB with the
# download. No GPU. The tool is the one of $WHEELFIX_BUILD_DIR (default: build). $KEEP_SITES: a folder where the repaired set is
# left, each wheel in a folder named as the layout says.
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

expect_shared_needs_nothing() {
  say "repairing for one folder with all wheels"
  "$wheelfix" repair "${way[@]}" --layout shared --suffix local.1 --dest-dir "$scratch/shared" "$wheels"/*.whl | tee "$scratch/stdout"
  [[ ! -s $scratch/stdout && ! -e $scratch/shared ]] || fail "wheels were written"
}

# expect_repaired_imports: torch and what else was written, and only that, makes it work.
expect_repaired_imports() {
  local written others expected=$'torch 2.1.0+cu121 installed as 2.1.0+local.1\ntensor([2., 3., 4.])'
  say "repairing for a folder for each wheel"
  time "$wheelfix" repair "${way[@]}" --layout split --suffix local.1 --dest-dir "$scratch/repaired" "$wheels"/*.whl | tee "$scratch/written"
  "$wheelfix" verify --quiet "$scratch"/repaired/*.whl
  mapfile -t written <"$scratch/written"
  if [[ ${#way[@]} -gt 0 ]]; then
    [[ $(the_one "${written[@]}") == */torch-2.1.0+local.1-*.whl ]] || fail "more than torch was written"
  fi
  install_split "$sites" "${written[@]}"
  say "import torch, repaired"
  run_split "$sites" '
import importlib.metadata
import torch
import functorch

print("torch", torch.__version__, "installed as", importlib.metadata.version("torch"))
print(torch.ones(3) + torch.tensor([1.0, 2.0, 3.0]))
' | tee "$scratch/stdout"
  [[ $(<"$scratch/stdout") == "$expected" ]] || fail "expected: $expected"
  say "import what else torch's wheel has"
  run_split "$sites" 'import functorch' && run_split "$sites" 'import nvfuser'
  # torch opens it at its first compilation for a GPU.
  run_split "$sites" 'import ctypes, pathlib, torch
try:
    ctypes.CDLL(str(pathlib.Path(torch.__file__).parent / "lib/libcaffe2_nvrtc.so"))
except OSError as error:
    print(error)
' | tee "$scratch/stdout"
  grep -v '^libcuda\.so\.1: cannot open shared object file: No such file or directory$' "$scratch/stdout" && fail "only the driver may be missing"
  say "repairing what is repaired"
  mapfile -t others < <(others_of_the_set)
  "$wheelfix" repair "${way[@]}" --layout split --suffix local.2 --dest-dir "$scratch/again" "$scratch"/repaired/*.whl "${others[@]}" |
    tee "$scratch/stdout"
  [[ ! -s $scratch/stdout && ! -e $scratch/again ]] || fail "wheels were written"
}

# others_of_the_set: --with for each wheel that was not written again.
others_of_the_set() {
  local wheel
  for wheel in "$wheels"/*.whl; do
    grep -q "/$(basename "$wheel" | cut -d- -f1)-" "$scratch/written" || printf -- '--with\n%s\n' "$wheel"
  done
}

way=()
if [[ ${1:-} == --preload ]]; then
  way=(--preload)
  shift
fi
make_venv "${PYTHON:-python3.11}"
wheels=${1:-$scratch/wheels}
[[ $# -gt 0 ]] || fetch_torch "$wheels"
sites=${KEEP_SITES:-$scratch/sites}

expect_shared_needs_nothing
say "installing $(find "$wheels" -name '*.whl' | wc -l) wheels, each in a folder of its own"
install_split "$sites" "$wheels"/*.whl
expect_published_fails "$sites"
expect_repaired_imports
say "passed"
