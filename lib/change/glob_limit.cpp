#include "change/glob_limit.hpp"

#include <wheelfix/error.hpp>

namespace wheelfix {

void require_few_globs(std::uint64_t looked_at, const std::string& where) {
  constexpr std::uint64_t most = 5'000'000;
  if (looked_at > most)
    throw Error(ErrorCode::limit_exceeded, where, "there are too many globs for so many entries",
                "write globs that match more of them, or patch the wheel twice");
}

}  // namespace wheelfix
