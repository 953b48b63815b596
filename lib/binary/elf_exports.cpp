#include <algorithm>

#include "binary/elf_hash.hpp"
#include "binary/elf_image.hpp"
#include "binary/module_export.hpp"

namespace wheelfix::elf {
namespace {

// Names of one chain: a loader that had to walk more would be slow.
constexpr std::uint32_t longest_chain = 4096;

class Exports {
 public:
  Exports(const Image& image, ByteSource& source, const Dynamic& symbols)
      : image_(image),
        source_(source),
        symbols_(image.offset_of(symbols.value, "DT_SYMTAB")),
        strings_(string_table(image)) {}

  /// Nothing if there are no symbols. The first is one without a name.
  std::optional<bool> have_one_of(const std::vector<std::string>& names) const {
    if (const auto* table = image_.find(DT_GNU_HASH)) {
      const GnuTable gnu(*this, image_.offset_of(table->value, "DT_GNU_HASH"));
      if (gnu.is_empty() && has_one_symbol()) return std::nullopt;
      return std::ranges::any_of(names, [&](const auto& name) { return gnu.has(name); });
    }
    if (const auto* table = image_.find(DT_HASH)) {
      const SysvTable sysv(*this, image_.offset_of(table->value, "DT_HASH"));
      if (sysv.is_empty()) return std::nullopt;
      return std::ranges::any_of(names, [&](const auto& name) { return sysv.has(name); });
    }
    return std::nullopt;
  }

 private:
  Decoder decoder(std::string& bytes, std::uint64_t offset, std::uint64_t size) const {
    bytes = source_.read(offset, size);
    return {bytes, image_.encoding};
  }

  std::uint32_t number(std::uint64_t offset) const {
    std::string bytes;
    std::uint32_t value = 0;
    decoder(bytes, offset, sizeof value).u32(value);
    return value;
  }

  /// A linker puts the names after the symbols; only a hash table in the way of System V has their number.
  bool has_one_symbol() const {
    return strings_.offset > symbols_ && strings_.offset - symbols_ < 2 * image_.encoding.symbol_size();
  }

  /// Whether the symbol of this number is defined and has the name.
  bool is(std::uint32_t index, const std::string& name) const {
    std::string bytes;
    Symbol symbol;
    const auto size = image_.encoding.symbol_size();
    auto fields = decoder(bytes, symbols_ + std::uint64_t{index} * size, size);
    code_symbol(fields, symbol);
    if (symbol.section == SHN_UNDEF || symbol.name >= strings_.size) return false;
    return source_.read_up_to(strings_.offset + symbol.name, name.size() + 1) ==
           std::string_view(name.c_str(), name.size() + 1);
  }

  /// Only defined symbols are in its chains; those from `first_` on.
  class GnuTable {
   public:
    GnuTable(const Exports& all, std::uint64_t offset)
        : all_(all), bucket_count_(all.number(offset)), first_(all.number(offset + 4)) {
      const std::uint64_t filter_size = all.number(offset + 8);
      buckets_ = offset + 16 + filter_size * all.image_.encoding.word_size();
      chains_ = buckets_ + std::uint64_t{bucket_count_} * 4;
    }

    bool is_empty() const {
      return first_ <= 1 && bucket_count_ <= 1 && (bucket_count_ == 0 || all_.number(buckets_) == 0);
    }

    bool has(const std::string& name) const {
      if (bucket_count_ == 0) return false;
      const auto hash = gnu_hash(name);
      auto index = all_.number(buckets_ + std::uint64_t{hash % bucket_count_} * 4);
      if (index < first_) return false;
      for (std::uint32_t steps = 0; steps < longest_chain; ++steps, ++index) {
        const auto link = all_.number(chains_ + std::uint64_t{index - first_} * 4);
        if ((link | 1) == (hash | 1) && all_.is(index, name)) return true;
        if ((link & 1) != 0) return false;
      }
      return false;
    }

   private:
    const Exports& all_;
    std::uint32_t bucket_count_, first_;
    std::uint64_t buckets_ = 0, chains_ = 0;
  };

  class SysvTable {
   public:
    SysvTable(const Exports& all, std::uint64_t offset)
        : all_(all), width_(sysv_hash_entry_size(all.image_)), offset_(offset), bucket_count_(entry(0)) {}

    /// It has all symbols.
    bool is_empty() const { return entry(1) <= 1; }

    bool has(const std::string& name) const {
      if (bucket_count_ == 0) return false;
      const auto chains = 2 + std::uint64_t{bucket_count_};
      auto index = entry(2 + sysv_hash(name) % bucket_count_);
      for (std::uint32_t steps = 0; index != 0 && steps < longest_chain;
           ++steps, index = entry(chains + index))
        if (all_.is(index, name)) return true;
      return false;
    }

   private:
    std::uint32_t entry(std::uint64_t index) const {
      const auto low_half = width_ == 8 && all_.image_.encoding.big_endian ? 4U : 0U;
      return all_.number(offset_ + index * width_ + low_half);
    }

    const Exports& all_;
    std::uint64_t width_, offset_;
    std::uint32_t bucket_count_;
  };

  const Image& image_;
  ByteSource& source_;
  std::uint64_t symbols_;
  StringTable strings_;
};

}  // namespace

std::optional<bool> exports_one_of(ByteSource& source, const std::vector<std::string>& functions) {
  const auto image = read_image(source, "");
  const auto* symbols = image.find(DT_SYMTAB);
  if (symbols == nullptr) return std::nullopt;
  return Exports(image, source, *symbols).have_one_of(functions);
}

}  // namespace wheelfix::elf
