#include "base/own_folder.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include <system_error>

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

/// The folder of the shared library that has this code; empty if the program itself has it, or is static.
fs::path library_folder() {
  static const char here = 0;
  Dl_info ignored;
  ::link_map* object = nullptr;
  if (::dladdr1(&here, &ignored, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) == 0) return {};
  const fs::path file = object->l_name;  // the program's is empty
  return file.is_absolute() ? file.parent_path() : fs::path();
}

}  // namespace

fs::path program_folder() {
  std::error_code ignored;
  auto program = fs::read_symlink("/proc/self/exe", ignored);
  if (program.empty()) {  // there is no /proc, as below a chroot
    const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    if (name != nullptr) program = fs::canonical(name, ignored);
  }
  return program.parent_path();
}

std::vector<fs::path> places_of(const OwnFolder& folder) {
  std::vector<fs::path> places;
  if (const auto programs = program_folder(); !programs.empty())
    places.push_back(programs / folder.from_programs);
  if (const auto libraries = library_folder(); !libraries.empty())
    places.push_back(libraries / folder.from_libraries);
  places.emplace_back(folder.installed);
  return places;
}

}  // namespace wheelfix
