#include <wheelfix/error.hpp>
#include <wheelfix/loader_system.hpp>

#include "base/bytes.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view old_magic = "ld.so-1.7.0";
constexpr std::string_view new_magic = "glibc-ld.so.cache1.1";
constexpr std::size_t old_head_size = 16;
constexpr std::size_t old_entry_size = 12;
constexpr std::size_t head_size = 48;
constexpr std::size_t entry_size = 24;
constexpr std::size_t max_name = 4096;  // Linux's limit of a path, its NUL included
constexpr std::uint32_t extension_magic = 0xeaa42174;
constexpr std::uint32_t hwcaps_section = 1;
constexpr std::uint64_t by_name = std::uint64_t{1} << 62;  // of an entry's hwcap: the rest numbers a name

/// Without the old format's table, which may come before it.
std::string_view newer_part(std::string_view bytes) {
  if (!bytes.starts_with(old_magic) || bytes.size() < old_head_size) return bytes;
  const std::uint64_t count = ByteReader(bytes.substr(12, 4)).u32();
  const auto end = (old_head_size + count * old_entry_size + 7) / 8 * 8;
  return end < bytes.size() ? bytes.substr(end) : bytes;
}

/// The numbers of a cache, in the order of its machine.
class CacheReader {
 public:
  CacheReader(std::string_view file, std::string subject)
      : file_(file), bytes_(newer_part(file)), subject_(std::move(subject)) {}

  std::vector<CachedLibrary> read() {
    const auto head = piece(bytes_, 0, head_size, "the header");
    if (!head.starts_with(new_magic)) refuse("the header isn't of format 1.1");
    const auto order = static_cast<unsigned char>(head[28]) & 3;
    big_endian_ = order == 3;
    const auto count = u32(head, 20);
    const auto entries =
        piece(bytes_, head_size, std::uint64_t{count} * entry_size, "the table of libraries");
    names_ = hwcap_names(u32(head, 32));
    std::vector<CachedLibrary> libraries;
    libraries.reserve(count);
    for (std::size_t at = 0; at < entries.size(); at += entry_size)
      libraries.push_back(library(entries.substr(at, entry_size)));
    return libraries;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Error(ErrorCode::bad_binary, subject_, message,
                "run ldconfig in that system, or give another folder");
  }

  std::string_view piece(std::string_view bytes, std::uint64_t offset, std::uint64_t size,
                         const std::string& what) const {
    if (offset > bytes.size() || size > bytes.size() - offset)
      refuse(what + " reaches beyond the file's end");
    return bytes.substr(offset, size);
  }

  std::uint32_t u32(std::string_view bytes, std::size_t at) const {
    const auto text = bytes.substr(at, 4);
    if (!big_endian_) return ByteReader(text).u32();
    return ByteReader(std::string(text.rbegin(), text.rend())).u32();
  }

  std::string string(std::uint32_t offset) const {
    if (offset >= bytes_.size()) refuse("a name comes after the file's end");
    const auto text = bytes_.substr(offset, max_name);
    const auto end = text.find('\0');
    if (end == std::string_view::npos) refuse("a name has no end within 4096 bytes");
    return std::string(text.substr(0, end));
  }

  CachedLibrary library(std::string_view entry) const {
    CachedLibrary library{
        .name = string(u32(entry, 4)), .path = string(u32(entry, 8)), .flags = u32(entry, 0)};
    const std::uint64_t low = u32(entry, big_endian_ ? 20 : 16);
    const std::uint64_t high = u32(entry, big_endian_ ? 16 : 20);
    const auto hwcap = high << 32 | low;
    if ((hwcap >> 32) != (by_name >> 32)) {
      library.is_legacy = hwcap != 0;
      return library;
    }
    if (low >= names_.size())
      refuse("a library is for hwcaps of number " + std::to_string(low) + ", which has no name");
    library.hwcaps = names_[low];
    return library;
  }

  std::vector<std::string> hwcap_names(std::uint32_t offset) const {
    std::vector<std::string> names;
    if (offset == 0) return names;
    const auto head = piece(file_, offset, 8, "the extension");
    if (u32(head, 0) != extension_magic) refuse("the extension has no magic number");
    const auto count = u32(head, 4);
    const auto sections =
        piece(file_, offset + std::uint64_t{8}, std::uint64_t{count} * 16, "the extension's table");
    for (std::size_t at = 0; at < sections.size(); at += 16) {
      if (u32(sections, at) != hwcaps_section) continue;
      const auto section =
          piece(file_, u32(sections, at + 8), u32(sections, at + 12), "the section of hwcaps");
      for (std::size_t name = 0; name + 4 <= section.size(); name += 4)
        names.push_back(string(u32(section, name)));
    }
    return names;
  }

  std::string_view file_;   // the extension's offsets count from here
  std::string_view bytes_;  // all other offsets from here
  std::string subject_;
  bool big_endian_ = false;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<CachedLibrary> parse_loader_cache(std::string_view bytes, const std::string& subject) {
  return CacheReader(bytes, subject).read();
}

}  // namespace wheelfix
