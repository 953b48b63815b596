// A receipt is read, with hashes and changes that can be compared, or refused.
#include <wheelfix/receipt.hpp>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  try {
    for (const auto& subject : parse_receipt(as_text(data, size), "fuzz.json").subjects) {
      CHECK_PROPERTY(subject.sha256.size() == 64 && subject.source_sha256.size() == 64);
      for (const auto& change : subject.changed)
        CHECK_PROPERTY(how_from(to_string(change.how)) == change.how);
    }
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_receipt && error.subject() == "fuzz.json");
  }
  return 0;
}
