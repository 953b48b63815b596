# What `cmake --install` gives others: the library, its public headers, find_package(wheelfix) and wheelfix.pc. Both work wherever the tree is
# moved to. A static library's users need the libraries that it uses too, and get them from both.
include(CMakePackageConfigHelpers)

if(BUILD_SHARED_LIBS)
  set_target_properties(wheelfix_app wheelfix_index_app PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
endif()

set(wheelfix_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/wheelfix")
set(wheelfix_pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(TARGETS wheelfix EXPORT wheelfix
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/include/wheelfix" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(EXPORT wheelfix NAMESPACE wheelfix:: FILE wheelfixTargets.cmake DESTINATION "${wheelfix_package_dir}")

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/wheelfixConfig.cmake.in" "${PROJECT_BINARY_DIR}/generated/wheelfixConfig.cmake"
  INSTALL_DESTINATION "${wheelfix_package_dir}" NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/wheelfixConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/wheelfixConfig.cmake" "${PROJECT_BINARY_DIR}/generated/wheelfixConfigVersion.cmake"
  DESTINATION "${wheelfix_package_dir}")

file(RELATIVE_PATH wheelfix_prefix_from_pc "/prefix/${wheelfix_pkgconfig_dir}" "/prefix")
if(NOT BUILD_SHARED_LIBS)
  set(wheelfix_pc_requires "libzip >= 1.7, libcrypto >= 3.0, libdeflate >= 1.10, libisal >= 2.28, zlib, libutf8proc, fmt >= 9")
  set(wheelfix_pc_libs "${CMAKE_THREAD_LIBS_INIT}")
endif()
configure_file("${CMAKE_CURRENT_LIST_DIR}/wheelfix.pc.in" "${PROJECT_BINARY_DIR}/generated/wheelfix.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/generated/wheelfix.pc" DESTINATION "${wheelfix_pkgconfig_dir}")
