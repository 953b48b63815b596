#pragma once

#include <string>
#include <string_view>

#include "base/byte_source.hpp"

/// Gives pieces of a few bytes, as a source that inflates may.
class Pieces : public wheelfix::ByteSource {
 public:
  explicit Pieces(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return std::string(bytes_.substr(offset, count));
  }
  std::string_view glance(std::uint64_t offset) override { return bytes_.substr(offset, 1 + offset % 40); }

  std::string_view bytes_;
};
