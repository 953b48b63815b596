# `cpack -G DEB` makes a Debian package of the programs. Those of the preset `static` depend on nothing: they run on any Debian, Ubuntu and so on of their
# processor. Their helper wheelfix-host, which loads NVIDIA's driver, needs the glibc that it was built with, so that is recommended: without it, `doctor
# --host` says that the driver wasn't asked.
set(WHEELFIX_MAINTAINER "wheelfix maintainers <wheelfix@localhost>" CACHE STRING "Who answers for packages that are built, as `Name <address>`")

set(CPACK_PACKAGE_NAME wheelfix)
set(CPACK_PACKAGE_CONTACT "${WHEELFIX_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "change a published Python package as little as possible")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "wheelfix patches files and libraries inside a Python wheel, brings RECORD up
to date, and writes the result under a local version that pip, uv and Bazel
install like any other. It edits what is installed too, and brings it back.
What a change doesn't touch is copied bit for bit.
.
`wheelfix doctor` says what fails to load in an environment or a set of wheels,
and why. `wheelfix-index` makes a package index of a folder of wheels.")
set(CPACK_DEBIAN_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3, python3-pip")
if(WHEELFIX_STATIC_PROGRAMS)
  # The licenses of what is linked in, which cmake/release.sh collects.
  install(DIRECTORY "${PROJECT_BINARY_DIR}/linked" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/wheelfix" COMPONENT programs OPTIONAL)
  set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libc6 (>= 2.36)")
else()
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()

set(CPACK_GENERATOR DEB)
if(CMAKE_CROSSCOMPILING AND CMAKE_SYSTEM_PROCESSOR STREQUAL aarch64)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE arm64)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Of what is installed, the programs and what goes with them.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL programs)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_BINARY_DIR}/generated/debian/files.cmake")

set(copyright "${CMAKE_CURRENT_LIST_DIR}/debian/copyright")
if(WHEELFIX_STATIC_PROGRAMS)
  set(overrides "${CMAKE_CURRENT_LIST_DIR}/debian/lintian-overrides")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/debian/files.cmake.in" "${PROJECT_BINARY_DIR}/generated/debian/files.cmake" @ONLY)
include(CPack)
