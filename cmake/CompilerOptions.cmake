# wheelfix_options: what each of our own targets is compiled with. Never exported.
add_library(wheelfix_options INTERFACE)
target_compile_features(wheelfix_options INTERFACE cxx_std_20)
target_compile_options(wheelfix_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${WHEELFIX_WERROR}>:-Werror>)
# False of GCC 12 for `"x" + std::string` at -O3 (PR 105651).
target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_compile_definitions(wheelfix_options INTERFACE _FILE_OFFSET_BITS=64)

if(WHEELFIX_SANITIZE)
  target_compile_options(wheelfix_options INTERFACE -fsanitize=${WHEELFIX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(wheelfix_options INTERFACE -fsanitize=${WHEELFIX_SANITIZE})
  # False of GCC 12 for std::regex, which cxxopts uses, under sanitizers (PR 105562).
  target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(WHEELFIX_LIBFUZZER)
  target_compile_options(wheelfix_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Tables of functions are filled and locked before main, and no stack is executable. tests/install/test_hardening.py looks at the programs.
option(WHEELFIX_HARDENING "Link with full RELRO and without executable stacks" ON)
if(WHEELFIX_HARDENING)
  target_link_options(wheelfix_options INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET default)
# Of programs too, linked as such (policy CMP0083).
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
