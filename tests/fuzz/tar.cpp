// A tar archive, in pieces of several sizes: the same answer for each, or an Error.
#include "index/tar.hpp"

#include <algorithm>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

std::string find(std::string_view bytes, std::size_t piece) {
  const auto source = [&](char* buffer, std::size_t size) {
    const auto count = std::min({piece, size, bytes.size()});
    std::copy_n(bytes.data(), count, buffer);
    bytes.remove_prefix(count);
    return count;
  };
  try {
    const auto content = find_in_tar(
        source, [](std::string_view path) { return path.ends_with("/PKG-INFO"); }, 1 << 16, "fuzz.tar");
    return content ? "found " + *content : "none";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto whole = find(as_text(data, size), size + 1);
  CHECK_PROPERTY(find(as_text(data, size), 100) == whole);
  return 0;
}
