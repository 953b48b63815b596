# The libraries that wheelfix uses. C libraries are found by pkg-config; wheelfixConfig.cmake repeats these calls for a static libwheelfix.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip>=1.7)
pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET libdeflate>=1.10)
pkg_check_modules(LIBISAL REQUIRED IMPORTED_TARGET libisal>=2.28)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(LIBUTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
# Of wheelfix-index alone.
pkg_check_modules(LIBMICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.75)
pkg_check_modules(LIBCURL REQUIRED IMPORTED_TARGET libcurl>=7.85)
find_package(fmt 9 REQUIRED)
if(WHEELFIX_STATIC_PROGRAMS)
  set(WHEELFIX_FMT fmt::fmt-header-only)  # Debian has no static one
else()
  set(WHEELFIX_FMT fmt::fmt)
endif()
# Only the headers of toml++ are used, and only by our sources: nothing of it is exported.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)
