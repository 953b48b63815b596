#include <algorithm>
#include <array>

#include "binary/checked_bytes.hpp"
#include "binary/macho_format.hpp"
#include "binary/module_export.hpp"

// Sources: <mach-o/loader.h>, <mach-o/nlist.h>; for the trie dyld's MachOLoaded::trieWalk.

namespace wheelfix::macho {
namespace {

// What is larger isn't read, and not known: modules have some kB of exports, and up to some MB of symbols.
constexpr std::uint64_t largest_table = 64 << 20;
constexpr unsigned most_steps = 4096;  // from node to node of a trie
constexpr std::uint32_t lc_symtab = 2, lc_dyld_info = 0x22, lc_dyld_info_only = 0x80000022,
                        lc_dyld_exports_trie = 0x80000033;
constexpr std::uint8_t symbol_is_external = 1, symbol_type = 0xE, symbol_of_debugger = 0xE0;

struct Place {
  std::uint64_t offset = 0, size = 0;
};

/// A trie of names: each node has its edges' texts and the nodes that these lead to.
class Trie {
 public:
  explicit Trie(const std::string& bytes) : bytes_(bytes) {}

  bool has(std::string_view name) const {
    std::size_t node = 0;
    for (unsigned step = 0; step < most_steps; ++step) {
      auto at = node;
      const auto terminal_size = number(at);
      if (name.empty()) return terminal_size != 0;
      const auto next = follow(at + terminal_size, name);
      if (!next) return false;
      node = *next;
    }
    return false;
  }

 private:
  /// The node that the next part of the name leads to, which is removed from it.
  std::optional<std::size_t> follow(std::size_t at, std::string_view& name) const {
    for (auto left = byte(at++); left > 0; --left) {
      const auto end = bytes_.find('\0', at);
      if (end == std::string::npos) throw OutOfBytes("an edge without end");
      const auto edge = std::string_view(bytes_).substr(at, end - at);
      at = end + 1;
      const auto node = number(at);
      if (!name.starts_with(edge)) continue;
      name.remove_prefix(edge.size());
      return node;
    }
    return std::nullopt;
  }

  std::uint8_t byte(std::size_t at) const {
    if (at >= bytes_.size()) throw OutOfBytes("read past the end");
    return static_cast<std::uint8_t>(bytes_[at]);
  }

  /// ULEB128. Too large a number leads nowhere.
  std::size_t number(std::size_t& at) const {
    std::size_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto part = byte(at++);
      if (shift > 28) throw OutOfBytes("too large a number");
      value |= static_cast<std::size_t>(part & 0x7F) << shift;
      if ((part & 0x80) == 0) return value;
    }
  }

  const std::string& bytes_;
};

class ThinExports {
 public:
  explicit ThinExports(const CheckedBytes& file) : file_(file) { read_commands(); }

  std::optional<bool> have_one_of(const std::vector<std::string>& names) const {
    if (std::max({trie_.size, symbols_.size, strings_.size}) > largest_table) return std::nullopt;
    if (trie_.size == 0 && symbols_.size == 0) return std::nullopt;
    const auto is_any = [&](auto has) {
      return std::ranges::any_of(names, [&](const auto& name) { return has("_" + name); });
    };
    if (trie_.size > 0) {
      const auto bytes = file_.bytes(trie_.offset, trie_.size, "the exports");
      return is_any([&](const std::string& name) { return Trie(bytes).has(name); });
    }
    const auto external = external_names();
    return is_any([&](const std::string& name) { return std::ranges::count(external, name) > 0; });
  }

 private:
  void read_commands() {
    const auto magic = Fields(file_.bytes(0, 4, "the header"), false).u32(0);
    big_endian_ = magic == swapped_32 || magic == swapped_64;
    is_64_ = magic == magic_64 || magic == swapped_64;
    const Fields header(file_.bytes(0, 28, "the header"), big_endian_);
    const auto count = header.u32(16);
    const Fields all(file_.bytes_up_to(is_64_ ? 32 : 28, header.u32(20)), big_endian_);
    std::size_t at = 0;
    for (std::uint32_t i = 0; i < count && at + 8 <= all.size(); ++i) {
      take(all, at);
      at += std::max<std::uint32_t>(all.u32(at + 4), 8);
    }
  }

  void take(const Fields& all, std::size_t at) {
    const auto type = all.u32(at);
    if (type == lc_symtab) {
      symbols_ = {all.u32(at + 8), std::uint64_t{all.u32(at + 12)} * symbol_size()};
      strings_ = {all.u32(at + 16), all.u32(at + 20)};
    } else if (type == lc_dyld_info || type == lc_dyld_info_only) {
      trie_ = {all.u32(at + 40), all.u32(at + 44)};
    } else if (type == lc_dyld_exports_trie) {
      trie_ = {all.u32(at + 8), all.u32(at + 12)};
    }
  }

  std::size_t symbol_size() const { return is_64_ ? 16 : 12; }

  /// Of the symbols that are defined and that other libraries see.
  std::vector<std::string> external_names() const {
    const Fields symbols(file_.bytes(symbols_.offset, symbols_.size, "the symbols"), big_endian_);
    const auto strings = file_.bytes(strings_.offset, strings_.size, "the symbols' names");
    std::vector<std::string> names;
    for (std::size_t at = 0; at < symbols.size(); at += symbol_size()) {
      const auto type = static_cast<std::uint8_t>(symbols.bytes()[at + 4]);
      const bool is_seen =
          (type & symbol_of_debugger) == 0 && (type & symbol_is_external) != 0 && (type & symbol_type) != 0;
      const auto name = symbols.u32(at);
      if (is_seen && name < strings.size() && strings.compare(name, 3, "_Py") == 0)
        names.push_back(strings.substr(name, strings.find('\0', name) - name));
    }
    return names;
  }

  const CheckedBytes& file_;
  bool is_64_ = false, big_endian_ = false;
  Place trie_, symbols_, strings_;
};

/// The places of a fat file's slices.
std::vector<Place> slices_of(const CheckedBytes& file) {
  const Fields header(file.bytes(0, fat_header_size, "the fat header"), true);
  const bool is_wide = header.u32(0) == fat_magic_64;
  const std::size_t entry_size = is_wide ? 32 : 20;
  const auto count = std::min(header.u32(4), max_slices);
  const Fields table(file.bytes(fat_header_size, count * entry_size, "the table of slices"), true);
  std::vector<Place> slices;
  for (std::size_t at = 0; at < table.size(); at += entry_size) {
    const Place slice{is_wide ? table.u64(at + 8) : table.u32(at + 8),
                      is_wide ? table.u64(at + 16) : table.u32(at + 12)};
    if (slice.offset <= file.size() && slice.size <= file.size() - slice.offset) slices.push_back(slice);
  }
  return slices;
}

}  // namespace

std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions) {
  const CheckedBytes file(source, "");
  const auto magic = Fields(file.bytes(0, 4, "the header"), true).u32(0);
  if (magic != fat_magic && magic != fat_magic_64) return ThinExports(file).have_one_of(functions);
  std::optional<bool> has_one;
  for (const auto& slice : slices_of(file)) {
    const CheckedBytes part(source, "", slice.offset, slice.size);
    if (part.bytes_up_to(0, archive_magic.size()) == archive_magic) continue;
    const auto own = ThinExports(part).have_one_of(functions);
    if (own) has_one = has_one.value_or(false) || *own;
  }
  return has_one;
}

}  // namespace wheelfix::macho
