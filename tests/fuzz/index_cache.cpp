// The cache of wheelfix-index: what is read is written the same. The digest is made right here, so that what
// is after it is reached.
#include "index/cache.hpp"

#include <wheelfix/version.hpp>

#include "base/hash.hpp"
#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const std::string content(as_text(data, size));
  const auto bytes = content + sha256_hex(content);
  CHECK_PROPERTY(!Cache::parse(content) || content.size() > 64);
  const auto cache = Cache::parse(bytes);
  if (!cache) return 0;
  CHECK_PROPERTY(cache->to_bytes() == bytes);
  for (const auto& package : cache->packages) {
    CHECK_PROPERTY(package.file_name.find('/') == std::string::npos);
    CHECK_PROPERTY(Version::try_parse(package.version));
  }
  for (const auto& seal : cache->seals) CHECK_PROPERTY(seal.project.find('/') == std::string::npos);
  return 0;
}
