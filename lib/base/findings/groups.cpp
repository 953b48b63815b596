#include "base/findings/groups.hpp"

namespace wheelfix::findings {

std::array<FindingGroup, 11> groups() {
  return {{
      {"The archive and its entries", {}, of_archive()},
      {"Names and metadata", {}, of_names_and_metadata()},
      {"RECORD", {}, of_record()},
      {"What patch and repair report",
       R"(As well as the errors that end them, and what `verify` finds in the source.)", of_writing()},
      {"Imports",
       R"(By the rules of the loader that the wheels' tags imply. Each extension module is loaded in a
simulated process of its own:

1. after what importing its package loads outside of any `try`, by a path or by a glob over a folder
   of the wheel, like torch's `lib/*.dll` on Windows;
2. if that fails, after what the package's own code may load: the string literals of a Python file
   that calls ctypes.CDLL;
3. if that fails, after other modules.

What manylinux and musllinux promise of every system is taken to be there. Modules of a universal2
wheel are loaded as on arm64; what is missing for x86_64 is a `missing-slice`.)",
       of_imports()},
      {"Tags",
       R"(For each wheel. Which symbols a library uses isn't checked: a module of an abi3 wheel is judged by
its name and by the library of Python that it needs, and no version of musl can be told. If a wheel
has files of one module for several Pythons, the best one for each tag counts.)",
       of_tags()},
      {"Search paths", {}, of_search_paths()},
      {"CUDA",
       R"(Which CUDA a wheel is for is told by the libraries that it needs (`libcudart.so.12`,
`cudart64_12.dll`, `libcudnn.so.8`), or else by those that it has, its name or version (`cu12`,
`+cu128`) or its Requires-Dist. Wheels are compared with each other. A wheel that has libraries for
several majors uses the one that is there.)",
       of_cuda()},
      {"This machine",
       R"(With `--host`, if a wheel uses CUDA. Findings that concern only the machine have no wheel. If
wheelfix was built with the CUDA Toolkit, its runtime is asked as well as the driver.)",
       of_host()},
      {"Another Python",
       R"(With `--python cp313t` or `--python /usr/bin/python3`. A tag says nothing about the platform, and
about Requires-Python only what holds for all patch releases. An interpreter is asked with `-I -c`,
for at most five seconds. It answers for itself, but a `_manylinux` module isn't asked.)",
       of_python()},
      {"Installed packages", R"(Of files only the size is compared, not the hash.)", of_environment()},
  }};
}

}  // namespace wheelfix::findings
