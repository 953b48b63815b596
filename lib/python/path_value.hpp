#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix::python {

/// What an expression may be, as far as the file shows it: texts that are alternatives, each a glob in which
/// `*` stands for what isn't known, and the elements if it is a container. A path below the wheel's root
/// begins with `wheel_root`. Python's None and everything else that isn't text has neither.
struct PathValue {
  std::vector<std::string> texts = {};
  std::vector<PathValue> keys = {};      ///< of a dictionary
  std::vector<PathValue> elements = {};  ///< of a list, a tuple or a set; a dictionary's values
  bool is_listed = false;  ///< the globs stand for all files that match, like glob.glob's result
};

constexpr char wheel_root = '\x01';

inline PathValue unknown_value() {
  return {.texts = {"*"}};
}
inline PathValue text_value(std::string text) {
  return {.texts = {std::move(text)}};
}

/// Adds a part to a container: one text, or a container of texts and nothing deeper, so that a file's values
/// can't grow without bounds. After a hundred parts comes one that isn't known.
void add_part(std::vector<PathValue>& parts, PathValue part);
/// Adds the alternatives of `other`. Beyond a few dozen texts the rest is `*`.
void unite(PathValue& value, const PathValue& other);
/// Any one file of a listing.
PathValue one_of(PathValue value);
/// The elements as alternatives.
PathValue any_of(const std::vector<PathValue>& values);

PathValue concatenated(const PathValue& left, const PathValue& right);
/// Like os.path.join for two parts.
PathValue joined(const PathValue& folder, const PathValue& name);
/// A relative path as one below a folder that isn't known.
PathValue made_absolute(const PathValue& path);
/// With `*` in place of `~` and variables.
PathValue expanded(const PathValue& path);
/// Like str.lower.
PathValue lowered(const PathValue& text);
/// Like str.strip, lstrip and rstrip with this argument.
PathValue stripped(const PathValue& text, const std::optional<PathValue>& characters, bool at_begin,
                   bool at_end);
PathValue parent_folder(const PathValue& path);
PathValue base_name(const PathValue& path);
/// With the argument, or the parts of a tuple, in place of `%s` and the like; `*` if that isn't known.
PathValue percent_formatted(const PathValue& format, const PathValue& argument);
/// Like str.format, with `*` in place of each `{...}`.
PathValue brace_formatted(const PathValue& format);

/// Without `.` and, if the folder before it is known, without `..`. A backslash counts as a slash, because
/// that is what code for Windows means.
std::string normal_path(std::string path);

}  // namespace wheelfix::python
