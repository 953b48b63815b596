#!/usr/bin/env bash
# Indexes the real torch 2.1.0, patched, with all its dependencies and some sdists, and has pip and uv install it by its
# local version: from the index's file URL, from its bare path, and over HTTP from nginx with the lines that we ship.
#
#   tests/real/index_accept.sh [WHEELS]
#
# WHEELS: a folder with torch 2.1.0 for CPython 3.11 (manylinux1_x86_64) and all its dependencies; without it they are
# downloaded (2.7 GB). Needs x86-64 Linux, Python 3.11 ($PYTHON, default python3.11), nginx, PyPI for two sdists, and 16 GB
# in $TMPDIR. No GPU. The tools are those of $WHEELFIX_BUILD_DIR (default: build).
set -euo pipefail
# shellcheck source=tests/real/common.sh
source "$(dirname "$0")/common.sh"

wheelfix_index=${WHEELFIX_INDEX:-${WHEELFIX_BUILD_DIR:-$root/build}/apps/wheelfix-index/wheelfix-index}
packages=$scratch/packages
site=$scratch/site

# fill_folder: the wheels in $packages, by hard links if these can be had.
fill_folder() {
  mkdir "$packages"
  if [[ -n $1 ]]; then
    cp --link "$1"/*.whl "$packages" 2>/dev/null || cp "$1"/*.whl "$packages"
  else
    say "downloading torch 2.1.0 and its dependencies"
    pip download --quiet --only-binary=:all: --dest "$packages" torch==2.1.0
  fi
}

# index WORD...: runs wheelfix-index, which finds our pip, and shows the last line of what it says.
index() {
  PATH=$scratch/venv/bin:$PATH "$wheelfix_index" "$@" 2>"$scratch/said" || fail "$(<"$scratch/said")"
  tail -n 1 "$scratch/said"
}

expect_said() {
  [[ $(tail -n 1 "$scratch/said") == "$1" ]] || fail "expected: $1"
}

# start_nginx: serves $packages with the shipped lines, of which the address and the folder are changed; sets $http_url.
start_nginx() {
  local port
  port=$("$scratch/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir "$scratch/nginx"
  sed -e "s|listen 8080;|listen 127.0.0.1:$port;|" -e "s|root /srv/wheels;|root $packages;|" \
    "$root/apps/wheelfix-index/nginx.conf" >"$scratch/nginx/shipped.conf"
  cat >"$scratch/nginx/nginx.conf" <<END
daemon off; master_process off; pid pid; error_log stderr; events {}
http {
  access_log access.log;
  client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
  include shipped.conf;
}
END
  PATH=$PATH:/usr/sbin nginx -e stderr -p "$scratch/nginx" -c "$scratch/nginx/nginx.conf" 2>"$scratch/nginx/stderr" &
  nginx=$!
  trap 'kill "$nginx" 2>/dev/null; rm -rf "$scratch"' EXIT
  http_url=http://127.0.0.1:$port/simple
  for ((i = 0; i < 100; ++i)); do
    ! "$scratch/venv/bin/python" -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1])' "$http_url/" 2>/dev/null || return 0
    kill -0 "$nginx" 2>/dev/null || break
    sleep 0.1
  done
  fail "nginx does not answer: $(<"$scratch/nginx/stderr")"
}

# What the machine's settings say of indexes is left out.
install_with_pip() {
  PIP_CONFIG_FILE=/dev/null pip --isolated --no-cache-dir install --quiet --no-compile --target "$site" "$@"
}

install_with_uv() {
  env -u UV_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS UV_NO_CONFIG=1 "$scratch/venv/bin/uv" --no-cache pip install --quiet \
    --python "$scratch/venv/bin/python" --target "$site" "$@"
}

# installed: names and versions in $site.
installed() {
  find "$site" -maxdepth 1 -name '*.dist-info' -printf '%f\n' | sed 's/\.dist-info$//' | LC_ALL=C sort
}

# in_wheel WHEEL ENTRY: the entry's bytes.
in_wheel() {
  "$scratch/venv/bin/python" -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$@"
}

# expect_installed_by TOOL EXPECTED WORD...: just what is expected is there, and the patched file of torch.
expect_installed_by() {
  say "installing with $1: ${*:3}"
  "install_with_$1" "${@:3}" torch==2.1.0+stripe.5
  diff <(installed) <(printf '%s\n' "$2") || fail "$1 installed other files (<) than expected (>)"
  in_wheel "$patched" torch/__init__.py | cmp - "$site/torch/__init__.py" || fail "torch is not the patched one"
  echo "$(installed | wc -l) packages, $(find "$site" -type f | wc -l) files"
}

expect_torch_alone() {
  expect_installed_by "$1" torch-2.1.0+stripe.5 --no-deps --index-url "$2"
  rm -rf "$site"
}

# expect_all_by TOOL URL: with all dependencies, triton from its wheel with a build tag; and torch works.
expect_all_by() {
  expect_installed_by "$1" "$all" --index-url "$2"
  in_wheel "$triton" triton-2.1.0.dist-info/WHEEL | cmp - "$site/triton-2.1.0.dist-info/WHEEL" || fail "triton is another file"
  PYTHONPATH=$site "$scratch/venv/bin/python" -W ignore -c 'import torch; print("torch works:", torch.ones(3).sum())'
  rm -rf "$site"
}

# expect_file_chosen URL: what pip would install, without a download of it: that file, by its hash.
expect_file_chosen() {
  local chosen expected
  say "asking pip what it would install: $1"
  PIP_CONFIG_FILE=/dev/null pip --isolated install --quiet --dry-run --ignore-installed --report "$scratch/report" \
    --index-url "$1" torch==2.1.0+stripe.5
  chosen=$("$scratch/venv/bin/python" -c '
import json, sys, urllib.parse
for item in json.load(open(sys.argv[1]))["install"]:
    file = item["download_info"]
    name = urllib.parse.unquote(file["url"]).rpartition("/")[2]
    print(file["archive_info"]["hashes"]["sha256"], "", name)' "$scratch/report" | LC_ALL=C sort)
  expected=$(cd "$packages" && sha256sum -- *.whl | grep -v ' torch-2.1.0-' | LC_ALL=C sort)
  diff <(echo "$chosen") <(echo "$expected") || fail "pip chose other files (<) than expected (>)"
  echo "$(wc -l <<<"$chosen") files, each with the hash that it has"
}

make_venv "${PYTHON:-python3.11}" uv==0.13.8
fill_folder "${1:-}"
all=$(cd "$packages" && printf '%s\n' *.whl | sed -E 's/^([^-]+-[^-]+)-.*/\1/; s/^torch-2\.1\.0$/&+stripe.5/' | LC_ALL=C sort)
triton=$(the_one "$packages"/triton-2.1.0-0-cp311-cp311-*.whl)

say "patching"
patched=$("$wheelfix" patch --suffix stripe.5 --patch-dir "$root/patches/torch-2.1.0" --dest-dir "$packages" \
  "$(the_one "$packages"/torch-2.1.0-cp311-cp311-*.whl)")
echo "$patched"

say "indexing, with two sdists that pip downloads"
index "$packages" mpmath==1.3.0 jinja2==3.1.6 -- --quiet --no-deps --no-binary mpmath,jinja2
the_one "$packages"/simple/mpmath/mpmath-1.3.0.tar.gz >/dev/null
the_one "$packages"/simple/jinja2/jinja2-3.1.6.tar.gz >/dev/null
index "$packages"
count=$(find "$packages" -maxdepth 1 -type f | wc -l)
expect_said "$count files of $(wc -l <<<"$all") projects: nothing changed"

start_nginx
expect_file_chosen "file://$packages/simple"
expect_file_chosen "$http_url"
for tool in pip uv; do
  for url in "file://$packages/simple" "$packages/simple" "$http_url"; do
    expect_torch_alone "$tool" "$url"
  done
done
expect_all_by pip "$http_url"
expect_all_by uv "file://$packages/simple"
say "passed"
