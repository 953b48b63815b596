// The whole way of an archive through verify: nothing may crash or throw, findings can be printed, and a
// wheel without an error opens and has the METADATA that its entry has.
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>
#include <wheelfix/wheel.hpp>

#include "fuzz/check.hpp"
#include "support/wheel_builder.hpp"

using namespace wheelfix;

namespace {

constexpr Limits limits{.max_entry_size = 1 << 20, .max_entries = 1000};

/// Sums are right in a wheel that is made of text, so that changes of the text get past them.
std::string wheel_of(const std::vector<std::string>& parts) {
  test::WheelText wheel;
  const auto set = [&](std::size_t place, std::string& text) {
    if (place < parts.size()) text = parts[place];
  };
  set(0, wheel.metadata);
  set(1, wheel.wheel_file);
  set(2, wheel.record_tail);
  set(3, wheel.record);
  for (std::size_t place = 4; place + 1 < parts.size(); place += 2)
    wheel.files.push_back({.name = parts[place], .content = parts[place + 1]});
  return test::make_zip(wheel.items());
}

void check_open(const std::filesystem::path& path) {
  const auto wheel = Wheel::open(path, limits);
  CHECK_PROPERTY(wheel.read(wheel.dist_info() + "/METADATA") == wheel.metadata().to_string());
  for (const auto& entry : wheel.entries()) {
    if (!entry.path.ends_with('/')) CHECK_PROPERTY(wheel.read(entry.path).size() == entry.size);
  }
}

}  // namespace

/// An archive's bytes; or METADATA, WHEEL, further rows of RECORD, the whole RECORD, and names and contents
/// of further entries, with lines `%%` between, if empty text stands for what is right.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1 << 16) return 0;
  static const test::TempFolder folder;
  const auto text = as_text(data, size);
  const auto bytes = text.starts_with("PK") ? std::string(text) : wheel_of(parts(text));
  const auto path = folder.write("demo-1.0-py3-none-any.whl", bytes);
  const auto findings = verify(path, {.jobs = 1, .limits = limits});
  check_findings(findings);
  if (has_error(findings)) {
    try {
      Wheel::open(path, limits);
    } catch (const Error&) {
    }
  } else {
    check_open(path);
  }
  return 0;
}
