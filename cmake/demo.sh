#!/usr/bin/env bash
# Shows wheelfix at work: installs what the build needs (Debian 12, as root or with sudo), builds the release preset in
# build/, and repairs a wheel that fails to import.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cmake/packages.sh
source cmake/packages.sh

# show COMMAND...: prints the command, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

# show_failing COMMAND...: the same for a command that must fail; of what it says the last line is shown.
show_failing() {
  printf '\n$ %s\n' "$*"
  if "$@" 2>"$demo/stderr"; then
    echo "this should have failed" >&2
    exit 1
  fi
  tail -n 1 "$demo/stderr"
}

# install_wheel WHEEL FOLDER
install_wheel() {
  "$demo/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --target "$2" "$1"
}

install_packages "${build_packages[@]}"
use_ccache
say "building build/"
cmake --preset release
cmake --build --preset release --target wheelfix_app wheelfix_index_app

demo=build/demo
wheelfix=build/apps/wheelfix/wheelfix
rm -rf "$demo"
/usr/bin/python3 -m venv "$demo/venv"

say "a published wheel that fails if NumPy is not installed"
published=$(/usr/bin/python3 tests/interop/wheels.py testdata/hintpkg "$demo/published" --name hintpkg --version 1.0)
show "$wheelfix" inspect "$published"
install_wheel "$published" "$demo/as-published"
show_failing env PYTHONPATH="$demo/as-published" /usr/bin/python3 -S -c 'import hintpkg'

say "the same wheel, patched"
show "$wheelfix" patch --suffix fix.1 --patch-dir patches/examples/future-annotations --dest-dir "$demo/patched" "$published"
patched=$demo/patched/hintpkg-1.0+fix.1-py3-none-any.whl
show "$wheelfix" verify "$patched"
show "$wheelfix" diff "$published" "$patched"

say "an index of it, and an install by its local version"
show build/apps/wheelfix-index/wheelfix-index "$demo/patched"
show "$demo/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --index-url "file://$PWD/$demo/patched/simple" --target "$demo/as-patched" 'hintpkg==1.0+fix.1'
show env PYTHONPATH="$demo/as-patched" /usr/bin/python3 -S -c \
  'import hintpkg, importlib.metadata as m; print("hintpkg", m.version("hintpkg"), "works:", hintpkg.spread([1.0, 3.0]))'
