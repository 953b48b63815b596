// A request's path, its Accept and its Range, between lines `%%`: no name in a path leads out of its folder,
// and no range out of its file.
#include "fuzz/check.hpp"
#include "serve/accept.hpp"
#include "serve/byte_range.hpp"
#include "serve/request_path.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  auto words = parts(as_text(data, size));
  words.resize(3);
  if (const auto path = parse_request_path(words[0])) {
    for (const auto& name : path->names) {
      CHECK_PROPERTY(!name.empty() && !name.starts_with('.'));
      CHECK_PROPERTY(name.find_first_of(std::string_view("/\0", 2)) == std::string::npos);
    }
  }
  const auto type = negotiate(words[1]);
  if (type && !words[1].empty()) CHECK_PROPERTY(!media_type(*type).empty());
  for (const std::uint64_t file_size : {0ULL, 1ULL, 1000ULL, ~0ULL}) {
    const auto range = parse_range(words[2], file_size);
    if (range.kind != ByteRange::Kind::part) continue;
    CHECK_PROPERTY(range.size > 0 && range.offset < file_size && range.size <= file_size - range.offset);
  }
  return 0;
}
