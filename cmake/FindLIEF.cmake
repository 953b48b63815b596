# Gives LIEF::LIEF: by LIEF's own package, which it has from 0.10 on, else from header and library, as Debian's 0.9 has them.
find_package(LIEF CONFIG QUIET)
if(TARGET LIEF AND NOT TARGET LIEF::LIEF)
  add_library(LIEF::LIEF ALIAS LIEF)
endif()

if(TARGET LIEF::LIEF)
  set(LIEF_LIBRARY LIEF::LIEF)
else()
  find_path(LIEF_INCLUDE_DIR LIEF/LIEF.hpp)
  find_library(LIEF_LIBRARY LIEF)
  if(LIEF_INCLUDE_DIR AND EXISTS "${LIEF_INCLUDE_DIR}/LIEF/version.h")
    file(STRINGS "${LIEF_INCLUDE_DIR}/LIEF/version.h" LIEF_VERSION REGEX "define LIEF_VERSION ")
    string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" LIEF_VERSION "${LIEF_VERSION}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LIEF REQUIRED_VARS LIEF_LIBRARY VERSION_VAR LIEF_VERSION
  REASON_FAILURE_MESSAGE "install liblief-dev, or build without a second reader: -DWHEELFIX_LIEF=OFF")
if(LIEF_FOUND AND NOT TARGET LIEF::LIEF)
  add_library(LIEF::LIEF UNKNOWN IMPORTED)
  set_target_properties(LIEF::LIEF PROPERTIES IMPORTED_LOCATION "${LIEF_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LIEF_INCLUDE_DIR}")
endif()
