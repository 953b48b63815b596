#include "installed/files_digest.hpp"

#include <string_view>

#include "base/hash.hpp"

namespace wheelfix {

std::string digest_of(const std::vector<WheelEntry>& files, const std::vector<FullStamp>& stamps,
                      std::int64_t now) {
  if (files.empty()) return {};
  Hasher hasher;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!is_settled(stamps[i], now)) return {};
    const auto& [device, inode, size, modified, changed] = stamps[i];
    const std::uint64_t numbers[] = {device,
                                     inode,
                                     size,
                                     static_cast<std::uint64_t>(modified),
                                     static_cast<std::uint64_t>(changed),
                                     files[i].mode,
                                     files[i].path.size()};
    hasher.update({reinterpret_cast<const char*>(numbers), sizeof numbers});  // NOLINT: it stays here
    hasher.update(files[i].path);
  }
  return hasher.finish_as_hex();
}

}  // namespace wheelfix
