#pragma once

#include <string>

#include <wheelfix/error.hpp>

/// What a call that is to fail says, as an app prints it: `SUBJECT: MESSAGE`, then `hint: HINT` on a line of
/// its own if there is one, and before both the exit status that the failure leads to.
template <typename Call>
std::string thrown(Call call) {
  try {
    call();
  } catch (const wheelfix::Error& e) {
    const auto hint = e.hint().empty() ? std::string() : "\nhint: " + e.hint();
    return std::to_string(wheelfix::exit_status(e.code())) + " " + e.what() + hint;
  }
  return "nothing was thrown";
}
