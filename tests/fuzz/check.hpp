#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <wheelfix/finding.hpp>

/// Ends the process if a property does not hold, which both libFuzzer and the corpus replayer take as a
/// failure.
#define CHECK_PROPERTY(condition)                                                         \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// What is before the first LF and what is after it.
inline std::pair<std::string_view, std::string_view> two_parts(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), text.substr(end + 1)};
}

/// What is between the lines `%%`: parts of an input that people can read and write too.
inline std::vector<std::string> parts(std::string_view text) {
  constexpr std::string_view separator = "\n%%\n";
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

/// That findings can be printed as they are: their texts hold no control characters but line ends.
inline void check_findings(const std::vector<wheelfix::Finding>& findings) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 0x7F; };
  for (const auto& finding : findings) {
    CHECK_PROPERTY(!finding.message.empty());
    CHECK_PROPERTY(std::ranges::none_of(finding.message, is_control));
    CHECK_PROPERTY(std::ranges::none_of(finding.hint, is_control));
  }
}
