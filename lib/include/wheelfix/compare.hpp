#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/finding.hpp>
#include <wheelfix/progress.hpp>
#include <wheelfix/verify.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// How an entry of a new wheel differs from that of its source.
enum class Difference {
  added,
  removed,
  content,       ///< other content
  version,       ///< METADATA with another Version, and else the same bytes
  rows,          ///< RECORD with the same rows for all entries that don't differ
  compression,   ///< the same content, compressed to other bytes
  time,          ///< of the central directory
  attributes,    ///< permissions and other attributes, and the system that it was made on
  extra_fields,  ///< of either header
  header,        ///< anything else in its headers or its data descriptor
  order,         ///< another place among the entries
  renamed,       ///< the name of its .dist-info or .data, with a header that is written for that
};

std::string_view to_string(Difference difference) noexcept;

struct EntryDifference {
  std::string path;  ///< in the new wheel; in the source for a removed entry
  std::set<Difference> how;

  bool operator==(const EntryDifference&) const = default;
};

struct WheelComparison {
  std::size_t entries = 0;              ///< of the new wheel
  std::vector<EntryDifference> differ;  ///< in the order of the new wheel, removed entries last
  /// Those that are as in the source but for `renamed`, and `order` if the folder was not the last one.
  std::vector<EntryDifference> renamed;
  bool has_other_comment = false;  ///< the archive itself
  /// The entries that differ, and those whose row in RECORD does: of all others the content is as sound as in
  /// the source.
  std::set<std::string, std::less<>> changed;
};

struct CompareOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  ProgressCallback progress = {};
};

/// Compares a wheel with the one that it was made from, byte by byte. An entry that isn't listed has the same
/// local header, compressed bytes and data descriptor as in the source, and the same values in the central
/// directory except for its offset, and those before and after it are in the same order. Entries of
/// .dist-info and .data are compared with those of the source's folders. Throws Error{bad_wheel} for wheels
/// of two projects, Error{io}, also for a wheel that changes meanwhile,
/// Error{cancelled}.
WheelComparison compare(const Wheel& source, const Wheel& wheel, const CompareOptions& options = {});

/// What `verify` finds in the wheel and not in its source, and bytes that belong to no entry in any case. Of
/// the contents only those are read that differ.
std::vector<Finding> verify_changes(const Wheel& source, const Wheel& wheel,
                                    const WheelComparison& comparison, VerifyOptions options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
