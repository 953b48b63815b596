#!/usr/bin/env bash
# Makes what is released, in dist/: the programs for any Linux, linked whole (glibc's -static-pie), so that they need no library and no glibc of
# the system; as an archive, a Debian package and a wheel. On Debian 12 on x86_64, as root or with sudo. The same sources give the same bytes,
# in any folder.
#
#     cmake/release.sh [MACHINE...]      x86_64, and aarch64 by the cross compiler; without MACHINE, x86_64
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cmake/packages.sh
source cmake/packages.sh
# shellcheck source=cmake/static_libraries.sh
source cmake/static_libraries.sh

export SOURCE_DATE_EPOCH=315532800 LC_ALL=C

# use_machine MACHINE: what the functions below build for, and where.
use_machine() {
  machine=$1 triplet=$1-linux-gnu cmake_options=()
  local cxx="libstdc++-$(g++ -dumpversion)-dev" c=libc6-dev
  case $machine in
    x86_64)
      preset=static
      unset PKG_CONFIG_LIBDIR
      ;;
    aarch64)
      preset=static-aarch64 architecture=arm64
      cxx+=-arm64-cross c+=-arm64-cross
      ;;
    *)
      printf 'error: %s: not a machine that is built for: x86_64, aarch64\n' "$machine" >&2
      exit 2
      ;;
  esac
  build=$PWD/build-$preset
  deps=$build/deps
  stage=$build/stage
  export CFLAGS="-O2 -fPIE -ffile-prefix-map=$build=build"
  if [[ $preset != static ]]; then
    export PKG_CONFIG_LIBDIR=$deps/lib/pkgconfig
    cmake_options=(--toolchain "$PWD/cmake/$machine.cmake" "-DCMAKE_PREFIX_PATH=$deps")
  fi
  # The libraries that are linked in, by the packages that have their licenses.
  linked=(libzip-dev libssl-dev libdeflate-dev libisal-dev zlib1g-dev libutf8proc-dev libmicrohttpd-dev libcurl4-openssl-dev liblief-dev
    libmbedtls-dev libfmt-dev libcxxopts-dev libtomlplusplus-dev nlohmann-json3-dev "$c" "$cxx")
}

build_programs() {
  make_static_libraries
  say "building ${build##*/}/"
  cmake --preset "$preset"
  cmake --build --preset "$preset"
  version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
}

# pack: the archive and the Debian package, in dist/.
pack() {
  local package release=wheelfix-$version-linux-$machine
  say "packing for $machine"
  rm -rf "$stage" "$build/linked" "$build/deb"
  for package in "${linked[@]}"; do
    install -D -m 644 "/usr/share/doc/$package/copyright" "$build/linked/$package"
  done
  cmake --install "$build" --prefix "$stage/$release" --component programs --strip >/dev/null
  install -D -m 644 -t "$stage/$release/share/doc/wheelfix" LICENSE
  tar --create --directory "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$release" |
    gzip --no-name --best >"dist/$release.tar.gz"
  (cd "$build" && cpack -G DEB -B deb >deb.log)
  cp "$build"/deb/*.deb dist
}

# build_wheel: of what was packed, in dist/.
build_wheel() {
  local packed=$stage/wheelfix-$version-linux-$machine
  say "building the wheel for $machine"
  cp -r apps/python "$stage/python"
  cp -r "$packed"/* "$packed"/share/doc/wheelfix/* "$stage/python"
  python3 apps/python/sbom.py "$version" "${linked[@]}" >"$stage/python/wheelfix.cdx.json"
  /usr/bin/python3 -m venv "$build/venv"
  WHEELFIX_VERSION=$version WHEELFIX_MACHINE=$machine "$build/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps \
    --wheel-dir dist "$stage/python"
}

machines=("${@:-x86_64}")
needed=("${build_packages[@]}" dpkg-dev nasm libmbedtls-dev)
if [[ " ${machines[*]} " == *" aarch64 "* ]]; then
  needed+=(g++-aarch64-linux-gnu qemu-user)
fi
install_packages "${needed[@]}"
use_ccache
rm -rf dist
mkdir dist
for machine in "${machines[@]}"; do
  use_machine "$machine"
  build_programs
  pack
  build_wheel
done
ls -l dist
