#include <wheelfix/loader.hpp>

namespace wheelfix {

std::string_view to_string(LoaderKind kind) noexcept {
  return kind == LoaderKind::glibc ? "glibc" : "musl";
}

std::string_view to_string(FoundBy found_by) noexcept {
  switch (found_by) {
    case FoundBy::start:
      return "start";
    case FoundBy::path:
      return "path";
    case FoundBy::loaded_name:
      return "loaded-name";
    case FoundBy::loaded_file:
      return "loaded-file";
    case FoundBy::rpath:
      return "rpath";
    case FoundBy::library_path:
      return "library-path";
    case FoundBy::runpath:
      return "runpath";
    case FoundBy::cache:
      return "cache";
    case FoundBy::system_folder:
      return "system-folder";
    case FoundBy::promised:
      return "promised";
    case FoundBy::driver:
      return "driver";
  }
  return "";
}

}  // namespace wheelfix
