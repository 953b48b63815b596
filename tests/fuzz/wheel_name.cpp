// A file name that is read is written the same, and keeps its other parts under another version.
#include <wheelfix/wheel_name.hpp>

#include <algorithm>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using wheelfix::WheelName;

void check_tags(const WheelName& name) {
  const auto tags = name.expanded_tags();
  CHECK_PROPERTY(tags.size() ==
                 name.python_tags().size() * name.abi_tags().size() * name.platform_tags().size());
  CHECK_PROPERTY(std::ranges::all_of(tags, [](const std::string& tag) {
    const auto expanded = wheelfix::expand_tag_set(tag);
    return tag.size() > 1024 ? expanded.empty() : expanded == std::vector{tag};
  }));
}

std::optional<WheelName> parse(std::string_view text) {
  try {
    return WheelName::parse(text);
  } catch (const wheelfix::Error& e) {
    CHECK_PROPERTY(e.code() == wheelfix::ErrorCode::bad_wheel);
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  (void)wheelfix::expand_tag_set(text);
  const auto name = parse(text);
  if (!name) return 0;
  CHECK_PROPERTY(name->to_string() == text);
  const auto version = name->version().to_string();
  const auto renamed = WheelName::parse(name->with_version(version).to_string());
  CHECK_PROPERTY(renamed.version_text() == version);
  CHECK_PROPERTY(renamed.with_version(name->version_text()).to_string() == text);
  CHECK_PROPERTY(name->with_tags(name->tags()).to_string() == text);
  check_tags(*name);
  return 0;
}
