#pragma once

#include <string>
#include <vector>
#include <wheelfix/stub.hpp>

#include "support/wheel_builder.hpp"

namespace test {

/// A library with these names and nothing else: the stub writer's, which tests/stub holds against other
/// readers.
inline std::string library(const std::string& soname, const std::vector<std::string>& needed = {},
                           const std::vector<std::string>& runpath = {},
                           wheelfix::SearchPathKind kind = wheelfix::SearchPathKind::runpath) {
  wheelfix::StubTemplate stub;
  stub.file = "stub.toml";
  stub.soname = soname;
  stub.needed = needed;
  stub.rpath = runpath;
  stub.rpath_kind = kind;
  stub.machine = "x86_64";
  return wheelfix::make_stub(stub, {});
}

/// A wheel with three libraries, a program's text and an ELF file that has no dynamic section.
inline WheelText wheel_of_libraries() {
  using Kind = wheelfix::SearchPathKind;
  return {
      .files = {{.name = "demo/__init__.py", .content = ""},
                {.name = "demo/_C.cpython-311-x86_64-linux-gnu.so",
                 .content = library("_C.so", {"liba.so", "libc.so.6"})},
                {.name = "demo/lib/liba.so",
                 .content = library("liba.so", {"libb.so.1"}, {"$ORIGIN"}, Kind::rpath)},
                {.name = "demo/lib/libb.so.1", .content = library("libb.so.1", {}, {"$ORIGIN", "/opt/b"})},
                {.name = "demo/lib/notes.so", .content = "no library\n"}}};
}

}  // namespace test
