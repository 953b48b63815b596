#include "cache/wheel_cache.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>
#include <wheelfix/error.hpp>

#include "base/full_stamp.hpp"
#include "base/hash.hpp"
#include "cache/cache_settings.hpp"
#include "cache/wheel_record.hpp"

namespace wheelfix {

WheelCache::WheelCache(const std::optional<std::filesystem::path>& folder, const Limits& limits,
                       bool with_cuda)
    : limits_(limits) {
  settings_ = folder ? cache_settings(limits, with_cuda) : std::string();
  if (!settings_.empty()) folder_ = CacheFolder::open(*folder);
}

std::string WheelCache::key_of(const File& file) const {
  struct stat status;
  if (::fstat(file.fd(), &status) != 0) return {};
  const auto stamp = full_stamp_of(status);
  if (!is_settled(stamp, time_now())) return {};
  const auto& [device, inode, size, modified, changed] = stamp;
  return sha256_hex(fmt::format("{}\n{} {} {} {} {}\n{}", settings_, device, inode, size, modified, changed,
                                file.path().filename().string()));
}

std::optional<CachedWheel> WheelCache::find(const std::filesystem::path& path) {
  if (!folder_) return std::nullopt;
  try {
    const auto file = File::open(path);
    auto key = key_of(file);
    has_seen_all_ = has_seen_all_ && !key.empty();
    seen_keys_ += key + "\n";
    if (key.empty()) return std::nullopt;
    const auto bytes = folder_->read(key);
    auto record = bytes ? parse_record(*bytes) : std::nullopt;
    seen_[path] = {std::move(key), record ? amount(record->code) : 0};
    if (!record) return std::nullopt;
    for (auto& finding : record->libraries.findings) finding.wheel = path.string();
    return CachedWheel{open_known(path, file.stamp(), limits_, std::move(record->wheel)),
                       std::move(record->libraries), std::move(record->code)};
  } catch (const Error&) {
    has_seen_all_ = false;
    return std::nullopt;  // Wheel::open says what is wrong with the file
  }
}

void WheelCache::keep(const Wheel& wheel, const WheelLibraries& libraries, const WheelCode& code) {
  const auto seen = seen_.find(wheel.path());
  if (seen == seen_.end() || amount(code) <= seen->second.known) return;
  try {
    if (key_of(File::open(wheel.path())) != seen->second.key) return;
    folder_->write(seen->second.key, pack_record(known_wheel(wheel), libraries, code));
  } catch (const Error&) {
    // It isn't there any more.
  }
}

std::string WheelCache::key_of_set(std::string_view layout) const {
  if (!folder_ || !has_seen_all_) return {};
  return sha256_hex(fmt::format("symbols {}\n{}", layout, seen_keys_));
}

bool WheelCache::is_known_to_bind(std::string_view layout) const {
  const auto key = key_of_set(layout);
  return !key.empty() && folder_->read(key) == key;
}

void WheelCache::keep_as_bound(std::string_view layout) const {
  if (const auto key = key_of_set(layout); !key.empty()) folder_->write(key, key);
}

}  // namespace wheelfix
