// A header document that is read is written the same, and one whose value is set differs in that value alone.
#include <wheelfix/metadata.hpp>

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using wheelfix::HeaderDocument;

constexpr std::string_view value = "2.1.0+stripe.5";

void check_set(const HeaderDocument& before, std::string_view key) {
  const auto after = before.with(key, value);
  CHECK_PROPERTY(after.body() == before.body());
  CHECK_PROPERTY(after.with(key, value).to_string() == after.to_string());
  auto values = before.get_all(key);
  if (values.empty()) values.emplace_back();
  values.front() = value;
  const auto read = after.get_all(key);
  CHECK_PROPERTY(read == values);
}

/// Without one of them, the others and the body stay.
void check_removal(const HeaderDocument& document, std::size_t place) {
  auto headers = document.headers();
  if (headers.size() < 2) return;
  headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(place % headers.size()));
  const auto after = document.with_headers(headers);
  CHECK_PROPERTY(after.body() == document.body());
  CHECK_PROPERTY(std::ranges::equal(after.headers(), headers, [](const auto& a, const auto& b) {
    return a.key == b.key && a.value == b.value;
  }));
}

void check_any_key(const HeaderDocument& document, std::string_view key) {
  try {
    check_set(document, key);
  } catch (const wheelfix::Error& e) {
    CHECK_PROPERTY(e.code() == wheelfix::ErrorCode::usage);
  }
}

std::optional<HeaderDocument> parse(std::string_view text) {
  try {
    return HeaderDocument::parse(text, "METADATA");
  } catch (const wheelfix::Error& e) {
    CHECK_PROPERTY(e.subject().starts_with("METADATA:"));
    return std::nullopt;
  }
}

}  // namespace

/// The first line is a key, the rest a document.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [key, text] = two_parts(data, size);
  const auto document = parse(text);
  if (!document) return 0;
  CHECK_PROPERTY(document->to_string() == text);
  CHECK_PROPERTY(text.ends_with(document->body()));
  CHECK_PROPERTY(document->with_headers(document->headers()).to_string() == text);
  check_set(*document, "Version");
  check_removal(*document, key.size());
  check_any_key(*document, key);
  return 0;
}
