#include "binary/elf_relocations.hpp"

#include <algorithm>
#include <array>

#include "binary/elf_records.hpp"

// Source: glibc's elf/dynamic-link.h and elf/do-rel.h, and for each machine its elf_machine_rela.

namespace wheelfix::elf {
namespace {

struct RelativeType {
  std::uint16_t machine;
  std::uint32_t type;
};

// Relocations that no symbol is looked up for, whatever their symbol's number is. Type 0 is R_*_NONE on all.
constexpr std::array relative_types = {
    RelativeType{EM_386, R_386_RELATIVE},         RelativeType{EM_X86_64, R_X86_64_RELATIVE},
    RelativeType{EM_X86_64, R_X86_64_RELATIVE64}, RelativeType{EM_ARM, R_ARM_RELATIVE},
    RelativeType{EM_AARCH64, R_AARCH64_RELATIVE}, RelativeType{EM_PPC, R_PPC_RELATIVE},
    RelativeType{EM_PPC64, R_PPC64_RELATIVE},     RelativeType{EM_S390, R_390_RELATIVE},
    RelativeType{EM_RISCV, R_RISCV_RELATIVE},     RelativeType{258, 3},  // EM_LOONGARCH, R_LARCH_RELATIVE
};

/// DT_REL, DT_RELA or DT_JMPREL.
struct RelocationTags {
  std::uint64_t table, size, relative_count;
  std::string_view name;
};

constexpr RelocationTags rel_tags{DT_REL, DT_RELSZ, DT_RELCOUNT, "DT_REL"};
constexpr RelocationTags rela_tags{DT_RELA, DT_RELASZ, DT_RELACOUNT, "DT_RELA"};

class RelocationsReader {
 public:
  RelocationsReader(const Image& image, ByteSource& source, std::uint64_t most_symbols)
      : image_(image), source_(source), most_symbols_(most_symbols) {}

  BoundSymbols run() {
    BoundSymbols bound;
    for (const auto* tags : {&rel_tags, &rela_tags}) {
      const auto table = table_of(*tags);
      bind(table, value(tags->relative_count), tags->name, bound.data);
    }
    seen_.clear();
    bind(calls(), 0, "DT_JMPREL", bound.calls);
    return bound;
  }

 private:
  std::uint64_t value(std::uint64_t tag) const {
    const auto* entry = image_.find(tag);
    return entry == nullptr ? 0 : entry->value;
  }

  std::uint64_t record_size(const RelocationTags& tags) const {
    return (tags.table == DT_RELA ? 3 : 2) * image_.encoding.word_size();
  }

  /// Without the calls, which some linkers count as its end.
  RecordTable table_of(const RelocationTags& tags) const {
    const auto address = value(tags.table);  // 0 if all relocations are in DT_RELR
    auto size = value(tags.size);
    if (address == 0 || size == 0) return {};
    const auto calls_at = value(DT_JMPREL), calls_size = value(DT_PLTRELSZ);
    const bool has_calls = value(DT_PLTREL) == tags.table && calls_size <= size;
    if (has_calls && calls_at >= address && calls_at - address == size - calls_size) size -= calls_size;
    return {image_.offset_of(address, tags.name), size / record_size(tags), record_size(tags)};
  }

  RecordTable calls() const {
    const auto size = value(DT_PLTRELSZ);
    if (size == 0) return {};
    const auto each = record_size(value(DT_PLTREL) == DT_RELA ? rela_tags : rel_tags);
    return {image_.offset_of(value(DT_JMPREL), "DT_JMPREL"), size / each, each};
  }

  void bind(RecordTable table, std::uint64_t relative_count, std::string_view name,
            std::vector<std::uint32_t>& bound) {
    if (table.count == 0) return;
    require_whole(image_, table, name);
    const auto skipped = std::min(relative_count, table.count);
    table.offset += skipped * table.record_size;
    table.count -= skipped;
    const auto info_at = image_.encoding.word_size();
    for_each_record(image_, source_, table, name, [&](const RecordView& record) {
      const auto info = record.word(info_at);
      const auto symbol = static_cast<std::uint32_t>(image_.encoding.is_64 ? info >> 32 : info >> 8);
      const auto type = static_cast<std::uint32_t>(image_.encoding.is_64 ? info & 0xFFFFFFFF : info & 0xFF);
      if (symbol != 0 && is_looked_up(type) && is_new(symbol, name)) bound.push_back(symbol);
      return true;
    });
  }

  bool is_looked_up(std::uint32_t type) const {
    return type != 0 && std::ranges::none_of(relative_types, [&](const RelativeType& relative) {
             return relative.machine == image_.header.machine && relative.type == type;
           });
  }

  bool is_new(std::uint32_t symbol, std::string_view name) {
    if (symbol >= most_symbols_)
      image_.refuse(fmt::format("a relocation of {} names symbol {}, but there is room for no more than {}",
                                name, symbol, most_symbols_));
    if (symbol >= seen_.size()) seen_.resize(symbol + symbol / 2 + 64);
    const bool is_first = !seen_[symbol];
    seen_[symbol] = true;
    return is_first;
  }

  const Image& image_;
  ByteSource& source_;
  std::uint64_t most_symbols_;
  std::vector<bool> seen_;
};

}  // namespace

BoundSymbols read_bound_symbols(const Image& image, ByteSource& source, std::uint64_t most) {
  return RelocationsReader(image, source, most).run();
}

}  // namespace wheelfix::elf
