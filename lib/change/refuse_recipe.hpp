#pragma once

#include <string>
#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

/// `where`: the option, or the line of the recipe, that the error is about.
[[noreturn]] inline void refuse_recipe(std::string where, std::string message, std::string hint = {}) {
  throw Error(ErrorCode::bad_recipe, std::move(where), std::move(message), std::move(hint));
}

}  // namespace wheelfix
