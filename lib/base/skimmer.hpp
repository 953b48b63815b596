#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_source.hpp"

namespace wheelfix {

/// Looks at parts of a source from front to back, without keeping what it skips.
class Skimmer {
 public:
  /// The source must outlive it; nothing else may read from it meanwhile.
  explicit Skimmer(ByteSource& source) : source_(source) {}

  /// At least `count` bytes from `offset` on, and more if they are at hand; valid until the next call. It
  /// may go back to bytes of the last answer, no further. Throws OutOfBytes.
  std::string_view at(std::uint64_t offset, std::size_t count);

 private:
  struct Part {
    std::uint64_t offset = 0;
    std::string_view bytes;

    bool holds(std::uint64_t where) const { return where >= offset && where - offset < bytes.size(); }
    std::string_view from(std::uint64_t where) const { return bytes.substr(where - offset); }
  };

  ByteSource& source_;
  Part piece_;         ///< what the source gave last
  std::string joint_;  ///< the end of an earlier piece, and the beginning of those after it
  Part joined_;        ///< a view of that
};

}  // namespace wheelfix
