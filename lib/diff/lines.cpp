#include "diff/lines.hpp"

namespace wheelfix {

Lines::Lines(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = 0; at < text.size(); starts_.push_back(at)) {
    const auto newline = text.find('\n', at);
    at = newline == text.npos ? text.size() : newline + 1;
  }
}

std::string_view Lines::operator[](std::size_t index) const {
  auto line = range(index, index + 1);
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

std::string_view Lines::range(std::size_t first, std::size_t last) const {
  return text_.substr(starts_[first], starts_[last] - starts_[first]);
}

}  // namespace wheelfix
