#pragma once

#include <doctest/doctest.h>

#include <string>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "wheel/thrown.hpp"

namespace test {

/// Why reading it as `x` is refused, without that name and the hint, which is always the same.
inline std::string refusal(const std::string& bytes) {
  const auto message = thrown([&] { wheelfix::read_binary(bytes, "x"); });
  const std::string head = "3 x: ";
  const std::string hint = "\nhint: the library is damaged: download the wheel again, or ask its publisher";
  REQUIRE(message.starts_with(head));
  REQUIRE(message.ends_with(hint));
  return message.substr(head.size(), message.size() - head.size() - hint.size());
}

/// Reads the library cut at every byte from `least` on: what is left either says the same, or is refused.
inline void check_cut_short(const std::string& library, std::size_t least) {
  const auto whole = wheelfix::read_binary(library, "x");
  std::size_t refused = 0;
  for (std::size_t size = least; size < library.size(); ++size) {
    CAPTURE(size);
    try {
      const auto rest = wheelfix::read_binary(library.substr(0, size), "x");
      CHECK(rest == whole);
    } catch (const wheelfix::Error& error) {
      CHECK(error.code() == wheelfix::ErrorCode::bad_binary);
      ++refused;
    }
  }
  CHECK(refused > 0);
}

}  // namespace test
