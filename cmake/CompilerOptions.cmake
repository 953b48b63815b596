# wheelfix_options: what each of our own targets is compiled with. Never exported.
add_library(wheelfix_options INTERFACE)
target_compile_features(wheelfix_options INTERFACE cxx_std_20)
target_compile_options(wheelfix_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough
  $<$<BOOL:${WHEELFIX_WERROR}>:-Werror>)
# A false warning of GCC 12 for `"x" + std::string` at -O3 (PR 105651).
target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_compile_definitions(wheelfix_options INTERFACE _FILE_OFFSET_BITS=64)
# GCC collects its garbage once it has 1 GB of it, which takes a tenth off its time.
target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1000000>)

if(WHEELFIX_SANITIZE)
  target_compile_options(wheelfix_options INTERFACE -fsanitize=${WHEELFIX_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(wheelfix_options INTERFACE -fsanitize=${WHEELFIX_SANITIZE})
  if(WHEELFIX_SANITIZE MATCHES undefined)
    # These are a third of GCC's time for a file, and find little that AddressSanitizer doesn't; nothing is cast to a type of a larger
    # alignment. Clang makes them faster, so the fuzz targets have them. The code of units isn't what is tested.
    target_compile_options(wheelfix_options INTERFACE
      $<$<CXX_COMPILER_ID:GNU>:-fno-sanitize=null,vptr,object-size,nonnull-attribute,returns-nonnull-attribute,alignment,pointer-overflow>
      $<$<BOOL:$<TARGET_PROPERTY:WHEELFIX_IS_UNIT>>:-fno-sanitize=undefined>)
  endif()
  if(WHEELFIX_SANITIZE MATCHES address)
    # Checks that are calls, and not in place, take a seventh off GCC's time for a file.
    target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=asan-instrumentation-with-call-threshold=0>)
  endif()
  # Units run once, for seconds, so their own code isn't optimized. In one file, names of one unit hide those of another.
  target_compile_options(wheelfix_options INTERFACE "$<$<BOOL:$<TARGET_PROPERTY:WHEELFIX_IS_UNIT>>:-O0;-Wno-shadow>")
  # gold links in two thirds of the time. It puts read-only data beside code, which ThreadSanitizer maps from a file of its own: a test that
  # limits the size of files would end it.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=gold WHEELFIX_HAS_GOLD)
  if(WHEELFIX_HAS_GOLD AND WHEELFIX_SANITIZE MATCHES address)
    target_link_options(wheelfix_options INTERFACE -fuse-ld=gold)
  endif()
  # A false warning of GCC 12 for std::regex, which cxxopts uses, under sanitizers (PR 105562).
  target_compile_options(wheelfix_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(WHEELFIX_LIBFUZZER)
  target_compile_options(wheelfix_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Hardening that ends the run at a memory error, so that a hostile file can't use it. tests/install/test_hardening.py looks at the programs.
option(WHEELFIX_HARDENING "Compile with a stack protector, _FORTIFY_SOURCE, CET and checked containers, link with full RELRO" ON)
if(WHEELFIX_HARDENING)
  include(CheckCXXCompilerFlag)
  foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
    string(MAKE_C_IDENTIFIER "WHEELFIX_HAS${flag}" has_flag)
    check_cxx_compiler_flag(${flag} ${has_flag})
    if(${has_flag})
      target_compile_options(wheelfix_options INTERFACE ${flag})
    endif()
  endforeach()
  target_compile_definitions(wheelfix_options INTERFACE _GLIBCXX_ASSERTIONS)
  # It needs optimization, and would hide from sanitizers what they look for.
  if(NOT WHEELFIX_SANITIZE)
    target_compile_options(wheelfix_options INTERFACE "$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
  endif()
  target_link_options(wheelfix_options INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)
endif()

# Programs for any Linux: linked whole, the same bytes from any folder. cmake/release.sh makes them.
option(WHEELFIX_STATIC_PROGRAMS "Link the programs with static libraries alone, glibc's too" OFF)
if(WHEELFIX_STATIC_PROGRAMS)
  target_compile_options(wheelfix_options INTERFACE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(CMAKE_CXX_LINK_OPTIONS_PIE -static-pie)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
# The public headers make what they declare visible.
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
# Of programs too, linked as such (policy CMP0083).
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
