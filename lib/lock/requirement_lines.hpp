#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/text_edit.hpp"

namespace wheelfix {

/// A range of bytes of a file.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// A version that a requirements file pins, `demo[extra]==2.1.0 ; marker --hash=sha256:…`.
struct PinnedRequirement {
  std::string project;  ///< normalised
  std::size_t line = 0;
  std::optional<std::string> version;  ///< of its one `==` or `===`; nothing if it has no such clause
  TextRange version_range;
  /// Its hashes, `sha256:…`, and where each option is, from the end of the word before it on.
  struct Hash {
    std::string value;
    std::size_t after;  ///< the end of the word before
    TextRange range;
  };
  std::vector<Hash> hashes;
};

/// An option of the file or a requirement that isn't named: `--find-links wheels`, `-r more.txt`.
struct RequirementOption {
  std::string name;   ///< the long one: `--find-links`, `--requirement`
  std::string value;  ///< empty for one without
  std::size_t line = 0;
  std::size_t end = 0;  ///< where the line after it begins
};

/// A requirements file as pip reads it: comments, lines that go on after `\`, options, requirements. Projects
/// that are given by a path or URL alone are skipped. Source: pip's "Requirements File Format".
struct RequirementLines {
  std::vector<PinnedRequirement> requirements;
  std::vector<RequirementOption> options;

  /// Throws Error{bad_recipe} with file and line for what is no requirement, and for other encodings than
  /// those that agree with ASCII.
  static RequirementLines parse(std::string_view text, const std::string& file);
};

}  // namespace wheelfix
