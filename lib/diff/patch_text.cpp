#include "diff/patch_text.hpp"

#include <fmt/format.h>

#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

namespace {

// Each takes some fifty bytes while it is parsed and applied, even if it is only `+`.
constexpr std::size_t most_kept = 1'000'000;

}  // namespace

std::string_view PatchText::raw(unsigned ahead) const {
  auto rest = rest_;
  for (; ahead > 0; --ahead) {
    const auto newline = rest.find('\n');
    if (newline == rest.npos) return {};
    rest.remove_prefix(newline + 1);
  }
  return rest.substr(0, rest.find('\n'));
}

std::string_view PatchText::line(unsigned ahead) const {
  auto line = raw(ahead);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void PatchText::advance() {
  const auto newline = rest_.find('\n');
  rest_.remove_prefix(newline == rest_.npos ? rest_.size() : newline + 1);
  ++number_;
}

void PatchText::keep_line() {
  if (++kept_ > most_kept)
    throw Error(ErrorCode::limit_exceeded, std::string(name_),
                fmt::format("has more than {} lines in its hunks", most_kept), "split it in two");
}

std::string PatchText::place() const {
  return fmt::format("{}:{}", name_, number_);
}

void PatchText::fail(std::string message, std::string hint) const {
  fail_at(number_, std::move(message), std::move(hint));
}

void PatchText::fail_at(std::size_t number, std::string message, std::string hint) const {
  throw Error(ErrorCode::bad_diff, fmt::format("{}:{}", name_, number), std::move(message), std::move(hint));
}

}  // namespace wheelfix
