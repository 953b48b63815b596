#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_source.hpp"

namespace wheelfix {

/// Bytes that cost much to read, as those that are inflated: what was read is kept, because readers of
/// formats come back to it, but not what was skimmed.
class KeptBytes : public ByteSource {
 protected:
  void forget() { kept_.clear(); }

 private:
  struct Range {
    std::uint64_t offset = 0;
    std::string bytes;
  };

  std::string fetch(std::uint64_t offset, std::uint64_t count) final {
    for (const auto& range : kept_) {
      if (offset >= range.offset && offset + count <= range.offset + range.bytes.size())
        return range.bytes.substr(offset - range.offset, count);
    }
    auto bytes = load(offset, count);
    if (is_stream()) kept_.push_back({offset, bytes});
    return bytes;
  }
  /// See fetch.
  virtual std::string load(std::uint64_t offset, std::uint64_t count) = 0;

  std::vector<Range> kept_;
};

}  // namespace wheelfix
