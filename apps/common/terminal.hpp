#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// When output is coloured: on a terminal, unless NO_COLOR is set or TERM is dumb; or as the user says.
enum class ColorMode { automatic, always, never };

/// For the whole process; automatic until then.
void set_color_mode(ColorMode mode) noexcept;

/// Marks text for a terminal, or leaves it as it is.
class Style {
 public:
  /// For what is written to a file descriptor.
  static Style of(int fd);
  explicit Style(bool is_coloured) : is_coloured_(is_coloured) {}

  std::string bold(std::string_view text) const { return marked("1", text); }
  std::string dim(std::string_view text) const { return marked("2", text); }
  std::string red(std::string_view text) const { return marked("1;31", text); }
  std::string green(std::string_view text) const { return marked("1;32", text); }
  std::string yellow(std::string_view text) const { return marked("1;33", text); }
  std::string cyan(std::string_view text) const { return marked("1;36", text); }
  /// `error`, `warning` and `note`, each in its colour; others in that of notes.
  std::string severity(std::string_view name) const;

 private:
  std::string marked(std::string_view codes, std::string_view text) const;

  bool is_coloured_;
};

/// Columns of the terminal that a file descriptor is: $COLUMNS, or what it says itself. 0 if it is none: then
/// lines aren't to be broken.
std::size_t width_of(int fd);

/// The text in lines of at most `width` columns, or in one if that is 0, the first after `first` and the
/// others after `rest`, each with its line end. Breaks at spaces alone, and not inside of `...`, so that
/// names and commands stay whole however long they are. The indents may have a Style's marks.
std::string wrapped(std::string_view text, std::string_view first, std::string_view rest, std::size_t width);

}  // namespace cli
