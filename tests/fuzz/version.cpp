// A version that is read has a normal form that is read as an equal one, and every label that is put on it
// shows in what is read back.
#include <wheelfix/version.hpp>

#include <string_view>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using wheelfix::LocalLabel;
using wheelfix::Version;

void check_normal_form(const Version& version) {
  const auto normal = version.to_string();
  const auto again = Version::try_parse(normal);
  CHECK_PROPERTY(again && *again == version && again->to_string() == normal);
  CHECK_PROPERTY(normal.starts_with(version.public_string()));
}

void check_order(const Version& a, const Version& b) {
  CHECK_PROPERTY((a < b) == (b > a));
  CHECK_PROPERTY((a == b) == (b == a));
}

void check_label(std::string_view text, const Version& version, std::string_view label) {
  try {
    const auto extended = Version::parse(wheelfix::with_local_label(text, label, LocalLabel::extend));
    const auto replaced = Version::parse(wheelfix::with_local_label(text, label, LocalLabel::replace));
    CHECK_PROPERTY(extended.public_string() == version.public_string());
    CHECK_PROPERTY(extended > version);
    CHECK_PROPERTY(extended.local().size() == version.local().size() + replaced.local().size());
  } catch (const wheelfix::Error& e) {
    CHECK_PROPERTY(e.code() == wheelfix::ErrorCode::bad_label);
  }
}

}  // namespace

/// The first line is a version, the second another one and a label.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [first, second] = two_parts(data, size);
  const auto a = Version::try_parse(first);
  if (!a) return 0;
  check_normal_form(*a);
  check_label(first, *a, second);
  if (const auto b = Version::try_parse(second)) check_order(*a, *b);
  return 0;
}
