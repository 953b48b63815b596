# Sourced by release.sh: makes the static libraries that Debian does not have, or not as they are needed, in $deps, for $machine.
# shellcheck shell=bash
#
# It has no static libzip and ISA-L, and its libmicrohttpd and libcurl need much that isn't used: they are built from its source packages.
# For another machine than this one, its own static libraries come from Debian's packages for it, without being installed. Downloads 12 MB
# of apt's lists and 6 MB of sources, or 6 MB more for another machine, and doesn't touch apt's own lists.

# Debian's packages with the other libraries, which are installed if they are for this machine.
static_packages=(libssl-dev libdeflate-dev zlib1g-dev libutf8proc-dev liblief-dev libmbedtls-dev)
static_sources=(libzip libisal libmicrohttpd curl)

# get_packages source|download ARCHITECTURE TYPE PACKAGE...: Debian's source packages, with Debian's patches, in folders PACKAGE-VERSION
# of this one, or binary packages as files.
get_packages() {
  local verb=$1 architecture=$2 type=$3
  mkdir -p "apt/$type"/{lists/partial,cache/archives/partial}
  cat >"apt/$type/debian.sources" <<END
Types: $type
URIs: ${DEBIAN_MIRROR:-http://deb.debian.org/debian}
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
  local apt=(-o "Dir::State::lists=$PWD/apt/$type/lists" -o "Dir::Cache=$PWD/apt/$type/cache"
    -o "Dir::Etc::sourcelist=$PWD/apt/$type/debian.sources" -o Dir::Etc::sourceparts=- -o APT::Sandbox::User=root
    -o "APT::Architecture=$architecture" -o "APT::Architectures::=$architecture")
  apt-get "${apt[@]}" -qq update
  apt-get "${apt[@]}" -qq "$verb" "${@:4}" >/dev/null
}

# unpack_packages: static libraries and headers of another machine's packages, with pkg-config's files for the folder that they are in.
unpack_packages() {
  local package
  mkdir packages
  for package in ./*.deb; do
    dpkg-deb --extract "$package" packages
  done
  mkdir -p "$deps/lib" "$deps/include"
  cp -r "packages/usr/lib/$triplet/"{*.a,pkgconfig} "$deps/lib"
  cp -r packages/usr/include/* "$deps/include"
  if [[ -d $deps/include/$triplet ]]; then
    cp -r "$deps/include/$triplet"/* "$deps/include"
  fi
  sed -i "s|^prefix=.*|prefix=$deps|; s|^exec_prefix=.*|exec_prefix=$deps|; s|^libdir=.*|libdir=$deps/lib|; s|^includedir=.*|includedir=$deps/include|" \
    "$deps/lib/pkgconfig"/*.pc
}

# build_libzip SOURCE: what checks archives alone, without ciphers and other compression.
build_libzip() {
  cmake -G Ninja -S "$1" -B libzip -Wno-dev "${cmake_options[@]}" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$deps" \
    -DCMAKE_INSTALL_LIBDIR=lib -DENABLE_{COMMONCRYPTO,GNUTLS,MBEDTLS,OPENSSL,WINDOWS_CRYPTO,BZIP2,LZMA}=OFF -DBUILD_{TOOLS,REGRESS,EXAMPLES,DOC}=OFF >libzip.log
  cmake --build libzip --target install >>libzip.log
}

# build_isal SOURCE: its part for deflate, and the checksums that this uses.
build_isal() {
  make -C "$1" -f Makefile.unx -j"$(nproc)" host_cpu="$machine" CC="$triplet-gcc" LD="$triplet-ld" AR="$triplet-ar" \
    units="crc igzip" DEBUG="$CFLAGS" DEBUG_nasm= lib isa-l.h >isal.log 2>&1
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
    "../$1/configure" --quiet --host="$triplet" --prefix="$deps" --libdir="$deps/lib" \
      --disable-{shared,https,doc,examples,curl,postprocessor,bauth,dauth,httpupgrade}
    make -C src -j"$(nproc)" install
  ) >microhttpd.log 2>&1
  install -D -m 644 -t "$deps/lib/pkgconfig" microhttpd/libmicrohttpd.pc
}

# build_curl SOURCE: what reads pages by HTTP(S) and from files. Where certificates are is found when it runs.
build_curl() {
  mkdir curl
  (
    cd curl
    "../$1/configure" --quiet --host="$triplet" --prefix="$deps" --libdir="$deps/lib" --disable-shared --with-openssl --without-{brotli,zstd} \
      --without-{libidn2,libpsl,librtmp,libssh2,nghttp2,gssapi,ca-bundle,ca-path} --disable-{alt-svc,cookies,dict,doh,ftp,gopher,hsts,imap} \
      --disable-{ldap,ldaps,manual,mqtt,ntlm,pop3,rtsp,smb,smtp,telnet,tftp,tls-srp,unix-sockets,websockets}
    make -C lib -j"$(nproc)" install
    make -C include install
  ) >curl.log 2>&1
  install -D -m 644 -t "$deps/lib/pkgconfig" curl/libcurl.pc
}

# make_static_libraries: all of them, unless they are there.
make_static_libraries() {
  local wanted="${static_sources[*]}"
  [[ $(cat "$deps/done" 2>/dev/null) != "$wanted" ]] || return 0
  say "building $wanted for $machine"
  rm -rf "$deps"
  mkdir -p "$deps/source"
  (
    cd "$deps/source"
    if [[ $machine != "$(uname -m)" ]]; then
      get_packages download "$architecture" deb "${static_packages[@]}"
      unpack_packages
    fi
    get_packages source "$(dpkg --print-architecture)" deb-src "${static_sources[@]}"
    build_libzip libzip-1.*
    build_isal libisal-2.*
    build_microhttpd libmicrohttpd-0.*
    build_curl curl-7.*
  )
  echo "$wanted" >"$deps/done"
}
