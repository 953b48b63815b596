#!/usr/bin/env bash
# Shows, with the real wheels, that one command mends a torch 2.1.0 that lacks libtorch_global_deps.so: `wheelfix repair
# --auto-stub`, which doctor proposes, or a patch that makes the library from patches/torch/global_deps.toml and gives all of
# torch's libraries a longer RPATH. With its dependencies installed by pip, the torch without the library fails to import where
# the mended ones work.
#
#   tests/real/torch_stub.sh [WHEELS]
#
# WHEELS: a folder with torch 2.1.0 for CPython 3.11 (manylinux1_x86_64) and all its dependencies; without it they are
# downloaded (2.7 GB). Needs x86-64 Linux, Python 3.11 ($PYTHON, default python3.11), binutils and 8 GB in $TMPDIR, 11 GB with
# the download. No GPU. The tool is the one of $WHEELFIX_BUILD_DIR (default: build).
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

library=torch/lib/libtorch_global_deps.so

# needed_of WHEEL: what its libtorch_global_deps.so needs, less what every process on Linux has, sorted.
needed_of() {
  "$scratch/venv/bin/python" -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' \
    "$1" "$library" >"$scratch/library.so"
  readelf --dynamic --wide "$scratch/library.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep --invert-match --extended-regexp '^lib(c|m|dl|pthread)\.so\.' | sort
}

# install WHEEL: with its dependencies, in the environment.
install() {
  pip install --quiet --no-index --no-compile --find-links "$wheels" "$1"
}

run_python() {
  "$scratch/venv/bin/python" -W ignore::UserWarning -c "$1"
}

expect_import_fails() {
  local expected="libtorch_global_deps.so: cannot open shared object file: No such file or directory"
  say "import torch, without the library"
  if run_python 'import torch' 2>"$scratch/stderr"; then
    fail "a torch without its library imports"
  fi
  tail -n 1 "$scratch/stderr"
  [[ $(tail -n 1 "$scratch/stderr") == OSError:*"$expected" ]] || fail "expected: OSError: …$expected"
}

# A symbol of cuBLAS is in the global scope: the library was loaded with RTLD_GLOBAL and pulled cuBLAS in.
expect_import_works() {
  local expected=$'torch 2.1.0+cu121\ntensor([2., 3., 4.])\ncuBLAS is global: True'
  say "import torch, mended"
  run_python '
import ctypes
import torch

print("torch", torch.__version__)
print(torch.ones(3) + torch.tensor([1.0, 2.0, 3.0]))
print("cuBLAS is global:", hasattr(ctypes.CDLL(None), "cublasCreate_v2"))
' | tee "$scratch/stdout"
  [[ $(<"$scratch/stdout") == "$expected" ]] || fail "expected: $expected"
}

# expect_told: doctor names the library, and how to make it.
expect_told() {
  say "wheelfix doctor, without the library"
  mkdir "$scratch/set"
  ln -s "$bare" "$(realpath "$wheels")"/*.whl "$scratch/set"
  rm "$scratch/set/$(basename "$published")"
  "$wheelfix" doctor "$scratch"/set/*.whl >"$scratch/stdout" && fail "doctor finds no error"
  grep --after-context 2 '\[missing-library\]' "$scratch/stdout" || fail "doctor doesn't name it"
  grep --quiet "hint: loaded by torch/__init__.py; .wheelfix repair --auto-stub. makes it" "$scratch/stdout" ||
    fail "doctor doesn't say how to make it"
}

# expect_mended WHEEL: it needs what the published library needs, and the package works.
expect_mended() {
  "$wheelfix" verify "$1" || fail "verify finds an error"
  diff <(needed_of "$published") <(needed_of "$1") || fail "it needs other libraries than the published one"
  install "$1"
  expect_import_works
}

make_venv "${PYTHON:-python3.11}"
wheels=${1:-$scratch/wheels}
[[ $# -gt 0 ]] || fetch_torch "$wheels"
published=$(the_one "$wheels"/torch-2.1.0-cp311-cp311-*.whl)

say "making a torch without $library"
bare=$("$wheelfix" patch --quiet --suffix bare.1 --remove "$library" --dest-dir "$scratch/bare" "$published")
install "$bare"
expect_import_fails
expect_told

say "having it repaired"
time repaired=$("$wheelfix" repair --auto-stub --suffix repaired.1 --replace-local --with "$wheels" --dest-dir "$scratch/repaired" "$bare")
expect_mended "$repaired"

say "mending it by hand"
# shellcheck disable=SC2016  # $ORIGIN is the loader's
mended=$("$wheelfix" patch --suffix mended.1 --stub "$library=$root/patches/torch/global_deps.toml" --replace-local \
  --add-rpath 'torch/lib/*=$ORIGIN/../../nvidia/nvjitlink/lib' --dest-dir "$scratch/mended" "$bare")
expect_mended "$mended"
say "passed"
