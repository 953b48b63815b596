// What a folder to edit says of its source is read and written again as the same, or is an error of the
// recipe's kind.
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "recipes/edit_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  try {
    const auto record = EditRecord::parse(as_text(data, size), "r.toml");
    CHECK_PROPERTY(!record.source.empty() && !record.project.empty());
    CHECK_PROPERTY(EditRecord::parse(record.to_string(), "r.toml") == record);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe || error.code() == ErrorCode::limit_exceeded);
  }
  return 0;
}
