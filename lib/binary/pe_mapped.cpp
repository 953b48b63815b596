#include "binary/pe_mapped.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wheelfix::pe {

std::string_view Mapped::at(std::uint64_t address, std::size_t count, std::string_view what) {
  const auto range = range_at(address, what);
  if (range.in_memory < count)
    file_.refuse(fmt::format("{} at address {:#x} reaches the end of its section", what, address));
  const auto needed = std::min<std::uint64_t>(range.in_file, count);
  const bool is_there = range.offset <= file_.size() && needed <= file_.size() - range.offset;
  if (!is_there) file_.bytes(range.offset, needed, what);  // throws
  auto bytes = needed == 0 ? std::string_view() : skimmer_.at(range.offset, needed).substr(0, range.in_file);
  if (bytes.size() >= count) return bytes;
  constexpr std::size_t most_zeros = 4096;
  joint_ = bytes;
  joint_.resize(std::max<std::size_t>(count, std::min<std::uint64_t>(range.in_memory, most_zeros)), '\0');
  return joint_;
}

Mapped::Range Mapped::range_at(std::uint64_t address, std::string_view what) {
  if (section_ == nullptr || !section_->has(address)) section_ = image_.section_at(address);
  if (section_ == nullptr && address >= image_.headers_size)
    file_.refuse(fmt::format("{} is at address {:#x}, which no section maps", what, address));
  if (section_ == nullptr) return {address, image_.headers_size - address, image_.headers_size - address};
  const auto from = address - section_->address;
  return {section_->offset + from, section_->file_size - std::min(section_->file_size, from),
          section_->mapped_size() - from};
}

}  // namespace wheelfix::pe
