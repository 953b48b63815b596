#!/usr/bin/env bash
# Makes what is released, in dist/: the programs for any Linux on x86_64, linked whole (glibc's -static-pie), so that they need no library and no
# glibc of the system. On Debian 12, as root or with sudo. The same sources give the same bytes, in any folder.
#
# Debian has no static libzip and ISA-L, and its libmicrohttpd and libcurl need much that isn't used: they are built from its source
# packages, in build-static/deps. Downloads 12 MB of apt's lists and 6 MB of sources, and doesn't touch apt's own lists.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=cmake/packages.sh
source cmake/packages.sh

build=$PWD/build-static
deps=$build/deps
export CFLAGS="-O2 -fPIE -ffile-prefix-map=$build=build" SOURCE_DATE_EPOCH=315532800 LC_ALL=C

# get_sources PACKAGE...: unpacks Debian's source packages, with Debian's patches, in folders PACKAGE-VERSION of this one.
get_sources() {
  mkdir -p apt/{lists/partial,cache/archives/partial}
  cat >apt/debian.sources <<END
Types: deb-src
URIs: ${DEBIAN_MIRROR:-http://deb.debian.org/debian}
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  local apt=(-o "Dir::State::lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache" -o "Dir::Etc::sourcelist=$PWD/apt/debian.sources"
    -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" -qq update
  apt-get "${apt[@]}" -qq source "$@" >/dev/null
}

# build_libzip SOURCE: what checks archives alone, without ciphers and other compression.
build_libzip() {
  cmake -G Ninja -S "$1" -B libzip -Wno-dev -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$deps" \
    -DCMAKE_INSTALL_LIBDIR=lib -DENABLE_{COMMONCRYPTO,GNUTLS,MBEDTLS,OPENSSL,WINDOWS_CRYPTO,BZIP2,LZMA}=OFF -DBUILD_{TOOLS,REGRESS,EXAMPLES,DOC}=OFF >libzip.log
  cmake --build libzip --target install >>libzip.log
}

# build_isal SOURCE: its part for deflate, and the checksums that this uses.
build_isal() {
  make -C "$1" -f Makefile.unx -j"$(nproc)" units="crc igzip" DEBUG="$CFLAGS" DEBUG_nasm= lib isa-l.h >isal.log 2>&1
  install -D -m 644 -t "$deps/include/isa-l" "$1"/include/*.h
  install -m 644 "$1/isa-l.h" "$deps/include"
  install -m 644 "$1/bin/isa-l.a" "$deps/lib/libisal.a"
  sed "s|@prefix@|$deps|; s|@exec_prefix@|$deps|; s|@libdir@|$deps/lib|; s|@includedir@|$deps/include|; s|@VERSION@|${1##*-}|" \
    "$1/libisal.pc.in" >"$deps/lib/pkgconfig/libisal.pc"
}

# build_microhttpd SOURCE: its HTTP/1.1 alone, without TLS, logins and forms.
build_microhttpd() {
  mkdir microhttpd
  (
    cd microhttpd
    "../$1/configure" --quiet --prefix="$deps" --libdir="$deps/lib" --disable-{shared,https,doc,examples,curl,postprocessor,bauth,dauth,httpupgrade}
    make -C src -j"$(nproc)" install
  ) >microhttpd.log 2>&1
  install -D -m 644 -t "$deps/lib/pkgconfig" microhttpd/libmicrohttpd.pc
}

# build_curl SOURCE: what reads pages by HTTP(S) and from files. Where certificates are is found when it runs.
build_curl() {
  mkdir curl
  (
    cd curl
    "../$1/configure" --quiet --prefix="$deps" --libdir="$deps/lib" --disable-shared --with-openssl --without-{brotli,zstd} \
      --without-{libidn2,libpsl,librtmp,libssh2,nghttp2,gssapi,ca-bundle,ca-path} --disable-{alt-svc,cookies,dict,doh,ftp,gopher,hsts,imap} \
      --disable-{ldap,ldaps,manual,mqtt,ntlm,pop3,rtsp,smb,smtp,telnet,tftp,tls-srp,unix-sockets,websockets}
    make -C lib -j"$(nproc)" install
    make -C include install
  ) >curl.log 2>&1
  install -D -m 644 -t "$deps/lib/pkgconfig" curl/libcurl.pc
}

install_packages "${build_packages[@]}" dpkg-dev nasm libmbedtls-dev
sources=(libzip libisal libmicrohttpd curl)
if [[ $(cat "$deps/done" 2>/dev/null) != "${sources[*]}" ]]; then
  say "building libzip, ISA-L, libmicrohttpd and libcurl"
  rm -rf "$deps"
  mkdir -p "$deps/source"
  (
    cd "$deps/source"
    get_sources "${sources[@]}"
    build_libzip libzip-1.*
    build_isal libisal-2.*
    build_microhttpd libmicrohttpd-0.*
    build_curl curl-7.*
  )
  echo "${sources[*]}" >"$deps/done"
fi

use_ccache
say "building build-static/"
cmake --preset static
cmake --build --preset static

# The libraries that are linked in, by the packages that have their licenses.
linked=(libzip-dev libssl-dev libdeflate-dev libisal-dev zlib1g-dev libutf8proc-dev libmicrohttpd-dev libcurl4-openssl-dev liblief-dev libmbedtls-dev libfmt-dev libcxxopts-dev
  libtomlplusplus-dev nlohmann-json3-dev libc6-dev "libstdc++-$(g++ -dumpversion)-dev")

say "packing dist/"
rm -rf build-static/linked
for package in "${linked[@]}"; do
  install -D -m 644 "/usr/share/doc/$package/copyright" "build-static/linked/$package"
done
version=$(build-static/apps/wheelfix/wheelfix --version | sed -n '1s/wheelfix //p')
release=wheelfix-$version-linux-x86_64
stage=$build/stage
rm -rf dist "$stage"
mkdir -p dist
cmake --install build-static --prefix "$stage/$release" --component programs --strip >/dev/null
install -D -m 644 -t "$stage/$release/share/doc/wheelfix" LICENSE
tar --create --directory "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX "$release" |
  gzip --no-name --best >"dist/$release.tar.gz"

say "building the Debian package"
(cd build-static && cpack -G DEB -B deb >deb.log)
cp build-static/deb/*.deb dist

say "building the wheel"
cp -r apps/python "$stage/python"
cp -r "$stage/$release"/* "$stage/$release"/share/doc/wheelfix/* "$stage/python"
python3 apps/python/sbom.py "$version" "${linked[@]}" >"$stage/python/wheelfix.cdx.json"
/usr/bin/python3 -m venv "$build/venv"
WHEELFIX_VERSION=$version "$build/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist "$stage/python"
ls -l dist
