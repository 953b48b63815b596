// What installers leave beside packages is read, or is nothing: a file of conda-meta, lines of a .pth file, and
// the mapping of an editable install, whose folders are absolute.
#include <algorithm>

#include "fuzz/check.hpp"
#include "installed/conda_files.hpp"
#include "installed/path_files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const auto text = as_text(data, size);
  if (const auto package = parse_conda_package(text)) CHECK_PROPERTY(!package->name.empty());
  for (const auto& line : path_lines(text)) {
    CHECK_PROPERTY(!line.empty() && line.find_first_of(std::string_view("\n\0", 2)) == std::string::npos);
    CHECK_PROPERTY(!line.starts_with("import "));
  }
  for (const auto& package : linked_packages(std::string(text), "finder.py"))
    CHECK_PROPERTY(!package.name.empty() && package.folder.is_absolute());
  return 0;
}
