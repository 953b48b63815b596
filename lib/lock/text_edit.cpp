#include "lock/text_edit.hpp"

#include <algorithm>
#include <utility>

namespace wheelfix {

std::string apply_edits(std::string_view text, std::vector<TextEdit> edits) {
  std::ranges::stable_sort(edits, {}, [](const TextEdit& edit) { return std::pair(edit.begin, edit.end); });
  std::string edited;
  std::size_t copied = 0;
  for (const auto& edit : edits) {
    edited += text.substr(copied, edit.begin - copied);
    edited += edit.text;
    copied = edit.end;
  }
  edited += text.substr(copied);
  return edited;
}

std::size_t line_at(std::string_view text, std::size_t place) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, place), '\n'));
}

std::string_view line_end_of(std::string_view text) {
  const auto end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

}  // namespace wheelfix
