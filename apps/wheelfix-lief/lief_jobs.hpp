#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wheelfix-lief/answer.hpp"

namespace lief_helper {

/// The state that a rewritten library's dynamic section is to have. What is absent there is taken away.
struct Wanted {
  std::optional<std::string> soname;
  std::vector<std::string> needed;     ///< all of them, in order
  std::optional<std::string> rpath;    ///< DT_RPATH's text
  std::optional<std::string> runpath;  ///< DT_RUNPATH's text
};

/// Reads the library in the file at `path`. Throws std::exception, also if LIEF gives up without a word.
void read_library(const std::string& path, Answer& answer);

/// Has LIEF rewrite an ELF library. Throws std::exception.
void write_library(const std::string& path, const Wanted& wanted, Answer& answer);

/// As LIEF names it: `0.9.0`.
std::string lief_version();

}  // namespace lief_helper
