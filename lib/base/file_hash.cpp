#include "base/file_hash.hpp"

#include <algorithm>
#include <string>

namespace wheelfix {

Hasher hash_file(const File& file, const std::function<void(std::uint64_t)>& advance) {
  Hasher hasher;
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 512 << 10)), '\0');
  for (std::uint64_t at = 0; at < file.size();) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), file.size() - at));
    file.read(at, buffer.data(), size);
    hasher.update({buffer.data(), size});
    at += size;
    if (advance) advance(size);
  }
  return hasher;
}

}  // namespace wheelfix
