#include "cache/wheel_cache.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/hash.hpp"
#include "cache/wheel_record.hpp"

namespace wheelfix {
namespace {

constexpr std::int64_t settled_after = 2'000'000'000;  // nanoseconds

std::int64_t nanoseconds(const struct timespec& time) {
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

/// Grows with what is known.
std::size_t amount(const WheelCode& code) {
  return code.steps.size() + (code.loads ? 1U : 0U) + (code.caught ? 1U : 0U);
}

/// The ELF notes of the program or library that this code is in, which tell builds apart by the linker's
/// build ID; empty if it has none.
std::string build_id() {
  constexpr std::string_view id_note("\3\0\0\0GNU", 8);
  std::string notes;
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* result) {
        auto& found = *static_cast<std::string*>(result);
        found.clear();
        const auto here = reinterpret_cast<ElfW(Addr)>(&build_id);
        bool is_here = false;
        for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
          const auto& segment = object->dlpi_phdr[i];
          const auto begin = object->dlpi_addr + segment.p_vaddr;
          is_here = is_here || (segment.p_type == PT_LOAD && here >= begin && here - begin < segment.p_memsz);
          if (segment.p_type == PT_NOTE)
            found.append(reinterpret_cast<const char*>(begin), segment.p_memsz);  // NOLINT
        }
        return is_here ? 1 : 0;
      },
      &notes);
  return notes.find(id_note) == notes.npos ? std::string() : notes;
}

}  // namespace

WheelCache::WheelCache(const std::optional<std::filesystem::path>& folder, const Limits& limits,
                       bool with_cuda)
    : limits_(limits) {
  const auto build = folder ? build_id() : std::string();
  if (build.empty()) return;
  folder_ = CacheFolder::open(*folder);
  const auto& [max_entry_size, max_ratio, max_entries, max_document_size, max_alike] = limits;
  settings_ = fmt::format("{} {} {} {} {} {} {}", sha256_hex(build), with_cuda, max_entry_size, max_ratio,
                          max_entries, max_document_size, max_alike);
}

std::string WheelCache::key_of(const File& file) const {
  struct stat status;
  struct timespec now;
  if (::fstat(file.fd(), &status) != 0 || ::clock_gettime(CLOCK_REALTIME, &now) != 0) return {};
  const auto modified = nanoseconds(status.st_mtim), changed = nanoseconds(status.st_ctim);
  if (nanoseconds(now) - std::max(modified, changed) < settled_after) return {};
  return sha256_hex(fmt::format("{}\n{} {} {} {} {}\n{}", settings_, status.st_dev, status.st_ino,
                                status.st_size, modified, changed, file.path().filename().string()));
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
    if (key_of(File::open(wheel.path())) == seen->second.key)
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
