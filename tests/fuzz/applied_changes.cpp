// A list of what was changed is read to what is written again, or is nothing.
#include <wheelfix/applied_changes.hpp>

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  if (const auto changes = parse_applied_changes(as_text(data, size)))
    CHECK_PROPERTY(parse_applied_changes(to_text(*changes)) == changes);
  return 0;
}
