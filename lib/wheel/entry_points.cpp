#include "wheel/entry_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/hidden_character.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr const char* refused = "installers refuse such a wheel: ask the publisher for another one";

/// Python's \w, for ASCII; everything else counts as a letter.
constexpr bool is_word(char c) noexcept {
  return is_ascii_alnum(c) || c == '_' || (c & 0x80) != 0;
}

/// `demo.cli`: words with single dots between them.
bool is_dotted(std::string_view text) {
  return std::ranges::all_of(split(text, '.'), [](std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, is_word);
  });
}

/// `[x, y]`, in the form that pip takes.
bool is_extras(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  return std::ranges::all_of(split(text.substr(1, text.size() - 2), ','), [](std::string_view extra) {
    extra = trim(extra);
    return !extra.empty() && std::ranges::all_of(extra, [](char c) { return is_word(c) || c == '-'; });
  });
}

/// Whether a script's value is `package.module:function`, perhaps with extras after: what pip, uv and
/// installer all take.
bool names_callable(std::string_view value) {
  const auto bracket = value.find('[');
  if (bracket != std::string_view::npos && !is_extras(value.substr(bracket))) return false;
  value = trim(value.substr(0, bracket));
  const auto colon = value.find(':');
  return colon != std::string_view::npos && is_dotted(value.substr(0, colon)) &&
         is_dotted(value.substr(colon + 1));
}

/// `python`, `python3.12t`, `pypy`: uv doesn't let a script take an interpreter's place.
bool is_interpreter(std::string_view name) {
  constexpr std::array<std::string_view, 3> interpreters = {"python", "pypy", "graalpy"};
  const auto lower = ascii_lower(name);
  if (lower == "pythonw") return true;
  return std::ranges::any_of(interpreters, [&](std::string_view interpreter) {
    if (!lower.starts_with(interpreter)) return false;
    auto version = std::string_view(lower).substr(interpreter.size());
    if (version.size() > 1 && version.ends_with('t')) version.remove_suffix(1);
    return std::ranges::all_of(version, [](char c) { return is_ascii_digit(c) || c == '.'; });
  });
}

/// Why a script can't have this name; null if it can.
const char* script_name_reason(std::string_view name) {
  if (name == "." || name == "..") return "would be a folder";
  if (name.find_first_of("/\\") != std::string_view::npos) return "would be outside the folder of scripts";
  if (name.find_first_of(" \t") != std::string_view::npos) return "has a space in it, which pip cuts it at";
  if (name.starts_with(';')) return "is a comment for some installers and a script for pip";
  if (is_interpreter(name)) return "is an interpreter's name, which uv refuses";
  return nullptr;
}

// Each is kept, to find what is there twice. Real files have up to some hundred.
constexpr std::size_t most_lines = 100'000;

class EntryPoints {
 public:
  std::vector<EntryPointFault> run(std::string_view text) {
    while (!text.empty()) {
      const auto raw = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(raw.size() + 1, text.size()));
      if (++line_ > most_lines) {
        add(fmt::format("is the last that is checked: there are more than {}", most_lines),
            "no project has as many: ask the publisher for another wheel");
        break;
      }
      take_line(raw);
    }
    check_default();
    return std::move(faults_);
  }

 private:
  void add(std::string message, std::string hint, Severity severity = Severity::error) {
    faults_.push_back({line_, severity, std::move(message), std::move(hint)});
  }

  void take_line(std::string_view raw) {
    const auto line = trim(raw);
    if (line.empty() || line.starts_with('#')) return;
    if (holds_hidden(line)) return;
    const auto indent = static_cast<std::size_t>(line.data() - raw.data());
    if (entry_indent_ && indent > *entry_indent_) return take_deeper(line);
    if (line.starts_with('[')) {
      take_section(line);
    } else {
      take_entry(line, indent);
    }
  }

  /// Tabs are white space; any other hidden character ends a line for some readers, or a string.
  bool holds_hidden(std::string_view line) {
    for (const auto piece : split(line, '\t')) {
      const auto hidden = hidden_character(piece);
      if (hidden.empty()) continue;
      add(fmt::format("holds {}, which isn't visible", printable(hidden)),
          "readers disagree about where such a line ends: ask the publisher for another wheel");
      return true;
    }
    return false;
  }

  /// configparser takes a line that is indented deeper than an entry as part of that entry's value.
  void take_deeper(std::string_view line) {
    const bool is_fatal = is_script_ || line.find('=') == std::string_view::npos;
    add("is indented deeper than the entry above it",
        "pip reads it as a line of its own, uv and installer as the rest of that entry",
        is_fatal ? Severity::error : Severity::warning);
  }

  void take_section(std::string_view line) {
    entry_indent_.reset();
    names_.clear();
    is_script_ = false;
    if (line.size() < 3 || line.find(']') != line.size() - 1) {
      add(fmt::format("isn't a [section], though it begins like one: '{}'", printable(line.substr(0, 60))),
          refused);
      return;
    }
    const auto name = line.substr(1, line.size() - 2);
    in_section_ = true;
    is_script_ = name == "console_scripts" || name == "gui_scripts";
    is_default_ = name == "DEFAULT";
    has_scripts_ = has_scripts_ || is_script_;
    if (!sections_.insert(name).second)
      add(fmt::format("begins [{}] a second time", printable(name)), "uv and installer refuse the wheel");
  }

  void check_default() {
    if (default_line_ == 0 || !has_scripts_) return;
    line_ = default_line_;
    add("is in [DEFAULT], which pip takes as a group like any other",
        "uv and installer read it as a script too: rename the group");
  }

  void take_entry(std::string_view line, std::size_t indent) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      add(fmt::format("isn't 'name = value': '{}'", printable(line.substr(0, 60))), refused);
      return;
    }
    if (line.starts_with(';') && !is_script_)
      return;  // a comment, which pip takes as an entry without effect
    entry_indent_ = indent;
    if (is_default_) default_line_ = line_;
    const auto name = trim(line.substr(0, equals));
    if (name.empty()) {
      add("has no name before the '='", refused);
    } else if (!in_section_) {
      add(fmt::format("{} is before the first [section]", printable(name)),
          "uv and installer refuse the wheel");
    } else if (!names_.insert(name).second) {
      add(fmt::format("gives {} a second time", printable(name)), "uv and installer refuse the wheel");
    } else if (is_script_) {
      check_script(name, trim(line.substr(equals + 1)));
    }
  }

  void check_script(std::string_view name, std::string_view value) {
    if (const char* reason = script_name_reason(name))
      add(fmt::format("the script {} {}", printable(name), reason), refused);
    if (!names_callable(value)) {
      add(fmt::format("the script {} isn't module:callable, but '{}'", printable(name),
                      printable(value.substr(0, 60))),
          refused);
    }
    if (!scripts_.insert(name).second)
      add(fmt::format("the script {} is in both groups of scripts", printable(name)),
          "pip and uv write the one over the other, and installer refuses the wheel", Severity::warning);
  }

  std::size_t line_ = 0;
  bool in_section_ = false;
  bool is_script_ = false;                   ///< the section is one of scripts
  bool has_scripts_ = false;                 ///< some section is
  bool is_default_ = false;                  ///< the section is configparser's own, [DEFAULT]
  std::size_t default_line_ = 0;             ///< of an entry in it
  std::optional<std::size_t> entry_indent_;  ///< of the last entry in this section
  std::set<std::string_view> sections_;
  std::set<std::string_view> names_;    ///< in this section
  std::set<std::string_view> scripts_;  ///< in any section
  std::vector<EntryPointFault> faults_;
};

}  // namespace

std::vector<EntryPointFault> entry_point_faults(std::string_view text) {
  return EntryPoints().run(text);
}

}  // namespace wheelfix
