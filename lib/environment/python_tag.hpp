#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wheelfix {

/// A feature version of Python, 3.11.
struct PythonVersion {
  unsigned major = 0;
  unsigned minor = 0;

  auto operator<=>(const PythonVersion&) const = default;
};

std::string to_string(PythonVersion version);

/// `311` as 3.11: the first digit is the major version. Nothing without a minor version or with other
/// characters in it.
std::optional<PythonVersion> parse_nodot_version(std::string_view text);

/// What the tag of a CPython says: `cp311`, and as an ABI `cp313t`, `cp37m`, `cp311d`, `cp27mu`. Sources: PEP
/// 425, 703 and 3149. The flags m and u, which went with 3.8 and 3.3, say nothing here.
struct CPythonTag {
  PythonVersion version;
  bool free_threaded = false;
  bool debug = false;

  bool operator==(const CPythonTag&) const = default;
};

/// Nothing for what isn't such a tag, like `cp3` and `cp313x`.
std::optional<CPythonTag> parse_cpython_tag(std::string_view text);

/// The first Python that loads modules of the stable ABI of free-threaded builds, whether it is free-threaded
/// or not (PEP 803).
constexpr PythonVersion first_abi3t{3, 15};
/// The first with the stable ABI (PEP 384).
constexpr PythonVersion first_abi3{3, 2};

}  // namespace wheelfix
