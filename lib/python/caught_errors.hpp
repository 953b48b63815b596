#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "python/syntax.hpp"

namespace wheelfix::python {

/// The errors that a clause names to catch a failed import, or a failed load of a library.
constexpr std::array<std::string_view, 3> import_errors = {"ImportError", "Exception", "BaseException"};
constexpr std::array<std::string_view, 5> os_errors = {"OSError", "Exception", "BaseException",
                                                       "EnvironmentError", "IOError"};
/// contextlib.suppress.
constexpr std::array<std::string_view, 1> suppressing = {"suppress"};

/// Whether one of the words is a name among these tokens, from `begin` up to `end`.
template <std::size_t N>
bool mentions(const Syntax& syntax, Node begin, Node end, const std::array<std::string_view, N>& words) {
  for (auto token = begin; token < end; ++token) {
    if (syntax.source.tokens[token].kind == Token::Kind::name &&
        std::ranges::find(words, syntax.text(token)) != words.end())
      return true;
  }
  return false;
}

/// The same of a block's header.
template <std::size_t N>
bool mentions(const Syntax& syntax, const Block& header, const std::array<std::string_view, N>& words) {
  return mentions(syntax, header.begin, header.end, words);
}

}  // namespace wheelfix::python
