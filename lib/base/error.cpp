#include <wheelfix/error.hpp>

#include <utility>

namespace wheelfix {

Error::Error(ErrorCode code, std::string subject, std::string message, std::string hint)
    : code_(code),
      subject_(std::move(subject)),
      message_(std::move(message)),
      hint_(std::move(hint)),
      what_(subject_.empty() ? message_ : subject_ + ": " + message_) {}

int exit_status(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::usage:
      return 2;
    case ErrorCode::io:
    case ErrorCode::cancelled:
      return 4;
    default:
      return 3;
  }
}

}  // namespace wheelfix
