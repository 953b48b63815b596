#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/wheel.hpp>

#include "change/compared_tree.hpp"

namespace wheelfix {

/// A file that differs; a side is absent if it doesn't have the file.
struct FileDifference {
  struct Side {
    std::string content;
    unsigned mode = 0100644;  ///< as git has it: 0100644 or 0100755
  };
  std::string path;
  std::optional<Side> before, after;

  /// Whether a side isn't text, so that no diff of lines shows the change.
  bool is_binary() const;
  /// As make_diff has it.
  std::string to_diff() const;
};

/// Calls `use` with each difference, in order of path. `before` is the tree of `wheel`. RECORD and its
/// signatures are left out, METADATA is compared under the old version, and files that only `after` has and
/// that is_left_over knows are given to `leave_out`. `max_size`: see diff_wheels.
struct TreeComparison {
  const Wheel& wheel;
  const ComparedTree& before;
  const ComparedTree& after;
  std::uint64_t max_size;
  std::function<bool(const std::string& path)> is_same = {};  ///< a quick answer; false if it isn't known
  std::function<void(const std::string& path)> leave_out = {};

  void run(const std::function<void(FileDifference)>& use) const;
};

/// Whether a file of `after` has the hash that the wheel's RECORD has for the path, and the mode of `before`:
/// an answer for TreeComparison, made in advance on `jobs` threads.
std::function<bool(const std::string&)> same_by_record(const Wheel& wheel, const ComparedTree& before,
                                                       const ComparedTree& after, unsigned jobs);

}  // namespace wheelfix
