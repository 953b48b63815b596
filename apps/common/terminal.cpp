#include "common/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace cli {

namespace {

ColorMode mode = ColorMode::automatic;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Columns of a text: its characters, without a Style's marks.
std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033')
      i = std::min(text.find('m', i), text.size() - 1);
    else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U)
      ++count;
  }
  return count;
}

/// The first word: up to a space that isn't inside of `...`. A backquote that isn't closed means nothing.
std::string_view first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ') {
    const auto close = text[end] == '`' ? text.find('`', end + 1) : text.npos;
    end = close == text.npos ? end + 1 : close + 1;
  }
  return text.substr(0, end);
}

}  // namespace

void set_color_mode(ColorMode wanted) noexcept {
  mode = wanted;
}

Style Style::of(int fd) {
  if (mode != ColorMode::automatic) return Style(mode == ColorMode::always);
  return Style(variable("NO_COLOR").empty() && variable("TERM") != "dumb" && ::isatty(fd) == 1);
}

std::string Style::severity(std::string_view name) const {
  return name == "error" ? red(name) : name == "warning" ? yellow(name) : cyan(name);
}

std::string Style::marked(std::string_view codes, std::string_view text) const {
  return is_coloured_ ? fmt::format("\033[{}m{}\033[0m", codes, text) : std::string(text);
}

std::size_t width_of(int fd) {
  constexpr std::size_t usual = 80, least = 20;
  if (::isatty(fd) != 1) return 0;
  std::size_t width = 0;
  const auto set = variable("COLUMNS");
  std::from_chars(set.data(), set.data() + set.size(), width);
  winsize size{};
  if (width == 0 && ::ioctl(fd, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width == 0 ? usual : std::max(width, least);
}

std::string wrapped(std::string_view text, std::string_view first, std::string_view rest, std::size_t width) {
  std::string lines(first);
  std::size_t used = columns(first);
  bool is_begun = false;
  while (!text.empty()) {
    const auto word = first_word(text);
    if (is_begun && width > 0 && used + 1 + columns(word) > width) {
      lines += fmt::format("\n{}", rest);
      used = columns(rest);
      is_begun = false;
    }
    lines += fmt::format("{}{}", is_begun ? " " : "", word);
    used += columns(word) + (is_begun ? 1 : 0);
    is_begun = true;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return lines + "\n";
}

}  // namespace cli
