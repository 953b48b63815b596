// A package's list, dpkg's status, os-release and a copyright file say something of lines that are there, or
// nothing.
#include "graft/debian_packages.hpp"

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const auto text = as_text(data, size);
  const auto is_part = [&](std::string_view value) {
    return value.find('\n') == std::string_view::npos && text.find(value) != std::string_view::npos;
  };
  for (const auto& file : files_in_list(text, {"/usr/lib/libz.so.1", ""}))
    CHECK_PROPERTY(file.empty() || is_part(file));
  for (const auto* machine : {"", "amd64"})
    if (const auto version = version_in_status(text, "zlib1g", machine)) CHECK_PROPERTY(is_part(*version));
  if (const auto licence = main_licence(text)) CHECK_PROPERTY(!licence->empty() && is_part(*licence));
  CHECK_PROPERTY(is_part(system_id(text)));
  return 0;
}
