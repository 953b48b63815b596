#include "report/chain_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>
#include <wheelfix/binary.hpp>

#include "base/text.hpp"
#include "base/unicode.hpp"
#include "doctor/symbol_names.hpp"

namespace wheelfix {
namespace {

// In units of the picture, which are CSS pixels unless the window is narrower. The columns are what fits into
// a box of the two sizes of monospaced text.
constexpr std::size_t picture_width = 320, box_width = picture_width - 2;
constexpr std::size_t name_columns = 34, note_columns = 40;
constexpr std::size_t name_height = 18, note_height = 16, padding = 11, arrow_height = 31;
constexpr std::size_t most_lines = 3, most_steps = 9;

/// Characters outside of ASCII may be as wide as two.
std::size_t columns_of(const Character& character) {
  return character.value < 0x80 ? 1 : 2;
}

/// The text in lines that fit, after a `/`, `-`, `_` or space if one is near; without its middle if it
/// would take more lines than a box has.
std::vector<std::string> lines_of(std::string_view text, std::size_t columns) {
  const auto most_bytes = columns * most_lines;
  if (text.size() > most_bytes) {
    const auto half = most_bytes / 2 - 2;
    auto end = text.size() - half;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    auto begin = half;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) --begin;
    return lines_of(fmt::format("{}…{}", text.substr(0, begin), text.substr(end)), columns);
  }
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t length = 0, used = 0, good = 0;
    while (length < text.size()) {
      const auto character = first_character(text.substr(length));
      used += columns_of(character);
      if (used > columns) break;
      length += std::max<std::size_t>(character.length, 1);
      if (used + 14 > columns && std::string_view("/-_ ").find(text[length - 1]) != std::string_view::npos)
        good = length;
    }
    if (length < text.size() && good > 0) length = good;
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

/// `torch 2.1.0, in torch/lib`.
std::string place_of(const LoadStep& step) {
  auto folder = printable(folder_part(step.name));
  if (folder.size() > 1) folder.pop_back();
  if (step.package.empty()) return folder;
  const auto package = printable(step.package);
  return folder.empty() ? package : fmt::format("{}, in {}", package, folder);
}

/// The loader's words without the name that they are about, which dyld has at the end of the first line.
std::string reason_of(const LoadPath& path, const Finding& finding) {
  const auto line = std::string_view(finding.message).substr(0, finding.message.find('\n'));
  const auto name = printable(path.steps.back().name);
  if (line.ends_with(": " + name)) return std::string(line.substr(0, line.size() - name.size() - 2));
  const auto colon = line.find(": ");
  const auto subject = line.substr(0, colon);
  const bool is_about_it = colon != line.npos && (subject.ends_with(name) || name.ends_with(subject));
  return std::string(is_about_it ? line.substr(colon + 2) : line);
}

/// A C++ symbol by its name in C++.
std::string shown_name(const LoadStep& step) {
  if (step.link != LoadLink::binds) return printable(file_name(step.name));
  const auto name = demangled(step.name);
  return printable(name.empty() ? step.name : name);
}

/// What is below the name of what fails.
std::string failure_note(const LoadPath& path, const Finding& finding) {
  if (finding.code == FindingCode::undefined_symbol) return "a symbol that no loaded library defines";
  if (finding.code == FindingCode::missing_version)
    return "a version of symbols: " + reason_of(path, finding);
  const auto place = place_of(path.steps.back());
  const auto reason = reason_of(path, finding);
  if (place.empty()) return reason;
  return path.steps.back().package.empty() ? fmt::format("{}, in {}", reason, place)
                                           : fmt::format("{}: {}", place, reason);
}

std::string_view link_text(LoadLink link) {
  switch (link) {
    case LoadLink::runs:
      return "whose import first runs";
    case LoadLink::loads:
      return "which loads";
    case LoadLink::lists:
      return "which lists";
    case LoadLink::binds:
      return "which is linked to";
    default:
      return "which needs";
  }
}

class Drawing {
 public:
  void begin(const std::string& text) {
    for (const auto& line : lines_of(text, note_columns))
      shapes_ += part("beginning", {{"y", y_ += note_height}, {"text", line}});
    if (y_ > 0) y_ += 6;
  }

  void arrow(std::string_view kind, std::string_view text) {
    const auto end = y_ + arrow_height;
    shapes_ +=
        part("arrow", {{"kind", kind}, {"from", y_ + 2}, {"to", end - 2}, {"y", y_ + 20}, {"text", text}});
    y_ = end;
  }

  void box(std::string_view kind, const std::string& name, const std::string& note) {
    const auto names = lines_of(name, name_columns);
    const auto notes = lines_of(note, note_columns);
    const auto height = names.size() * name_height + notes.size() * note_height + 2 * padding - 4;
    shapes_ += part("box", {{"kind", kind},
                            {"y", y_ + 1},
                            {"width", box_width},
                            {"height", height},
                            {"round", kind.ends_with(" symbol") ? 18U : 8U}});
    auto line = y_ + padding - 2;
    for (const auto& text : names)
      shapes_ += part("box_name", {{"kind", kind}, {"y", line += name_height}, {"text", text}});
    for (const auto& text : notes)
      shapes_ += part("box_note", {{"kind", kind}, {"y", line += note_height}, {"text", text}});
    y_ += height + 2;
  }

  Markup picture(const std::string& label) {
    return part("picture",
                {{"width", picture_width}, {"height", y_ + 1}, {"label", label}, {"shapes", shapes_}});
  }

 private:
  Markup shapes_;
  std::size_t y_ = 0;
};

/// `functorch._C` of functorch/_C.cpython-38-x86_64-linux-gnu.so.
std::string module_name(std::string_view entry) {
  const auto suffix = extension_suffix(entry);
  if (!suffix || entry.find(".data/") != entry.npos) return "it";
  auto name = printable(entry.substr(0, entry.size() - suffix->text.size()));
  std::ranges::replace(name, '/', '.');
  return name;
}

std::string beginning_of(const LoadPath& path, const Finding& finding) {
  switch (finding.code) {
    case FindingCode::import_fails:
    case FindingCode::undefined_symbol:
    case FindingCode::missing_version:
    case FindingCode::needs_import_first:
      return "Python imports " + module_name(path.steps.front().name);
    case FindingCode::program_fails:
      return "A user starts";
    default:
      return {};
  }
}

}  // namespace

std::string way_as_text(const LoadPath& path) {
  std::string text;
  const auto& steps = path.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps.size() > most_steps && i >= most_steps / 2 && i + most_steps / 2 < steps.size()) {
      if (i == most_steps / 2) text += " → …";
      continue;
    }
    text += (i == 0 ? "" : " → ") + shown_name(steps[i]);
  }
  return text;
}

Markup chain_picture(const LoadPath& path, const Finding& finding) {
  Drawing drawing;
  const auto& steps = path.steps;
  drawing.begin(beginning_of(path, finding));
  const auto left_out = steps.size() > most_steps ? steps.size() - most_steps : 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool is_last = i + 1 == steps.size();
    if (left_out > 0 && i == most_steps / 2) {
      i += left_out;
      drawing.arrow("", "which needs");
      drawing.box("step", "…", counted(left_out, "more library", "more libraries"));
    }
    if (i > 0) drawing.arrow(is_last ? "fails" : "step", link_text(steps[i].link));
    if (!is_last) {
      drawing.box("step", printable(file_name(steps[i].name)), place_of(steps[i]));
      continue;
    }
    drawing.box(steps[i].link == LoadLink::binds ? "fails symbol" : "fails", shown_name(steps[i]),
                failure_note(path, finding));
  }
  if (path.out_of_reach) {
    // On Windows, where there are no sonames, names are the same in any case.
    const bool has_name =
        ascii_lower(file_name(path.out_of_reach->name)) == ascii_lower(file_name(steps.back().name));
    drawing.arrow("away", has_name ? "is here, where the loader doesn't look" : "is the soname of this file");
    drawing.box("away", printable(file_name(path.out_of_reach->name)), place_of(*path.out_of_reach));
  }
  return drawing.picture("How it fails: " + way_as_text(path));
}

}  // namespace wheelfix
