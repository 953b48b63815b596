// A JSON page that an earlier run may have written: any bytes are read, and no name in it leads out of its
// folder.
#include "fuzz/check.hpp"
#include "index/project.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto listed = wheelfix::read_json_page(as_text(data, size));
  for (const auto& file : listed.files) {
    CHECK_PROPERTY(!file.file_name.empty() && file.file_name != "." && file.file_name != "..");
    CHECK_PROPERTY(file.file_name.find_first_of(std::string_view("/\0", 2)) == std::string::npos);
  }
  return 0;
}
