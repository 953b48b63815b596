#pragma once

#include <string_view>

namespace wheelfix {

/// As in git's binary patches: base85.c.
constexpr std::string_view base85_digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
static_assert(base85_digits.size() == 85);

}  // namespace wheelfix
