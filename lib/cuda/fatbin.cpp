#include "cuda/fatbin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/bytes.hpp"
#include "base/skimmer.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view magic = "\x50\xED\x55\xBA";
constexpr std::uint64_t alignment = 8, header_size = 16;
constexpr std::size_t entry_size = 64;
// Real ones have up to some 800 bytes.
constexpr std::uint64_t max_entry_header = 64 << 10;
constexpr std::uint64_t max_padding = 4096;
constexpr std::size_t max_runs = 4096;
constexpr unsigned max_arch = 9999;

enum Kind : std::uint16_t { ptx = 1, cubin = 2, cubin_too = 16, several = 256 };

std::uint64_t rounded_up(std::uint64_t value) {
  return (value + alignment - 1) / alignment * alignment;
}

/// The part that every entry's header has. The table of an entry of several images has the same headers, but
/// with something else in place of the header's size.
struct Entry {
  std::uint16_t kind = 0;
  std::uint32_t header_size = 0;
  std::uint64_t image_size = 0;
  std::uint32_t options = 0;
  std::uint32_t arch = 0;
  std::uint32_t name = 0, name_size = 0;
  std::uint64_t flags = 0;
};

Entry parse_entry(std::string_view bytes) {
  ByteReader reader(bytes);
  Entry entry;
  entry.kind = reader.u16();
  reader.u16();
  entry.header_size = reader.u32();
  entry.image_size = reader.u64();
  reader.u32();  // the size without padding, if it is compressed
  entry.options = reader.u32();
  reader.u32();  // the version of the image's format
  entry.arch = reader.u32();
  entry.name = reader.u32();
  entry.name_size = reader.u32();
  entry.flags = reader.u64();
  return entry;
}

std::optional<FatbinArch> arch_of(const Entry& entry) {
  if (entry.kind != ptx && entry.kind != cubin && entry.kind != cubin_too) return std::nullopt;
  if (entry.arch == 0 || entry.arch > max_arch) return std::nullopt;
  FatbinArch arch;
  arch.kind = entry.kind == ptx ? FatbinArch::Kind::compute : FatbinArch::Kind::sm;
  arch.number = entry.arch;
  if ((entry.flags & 1 << 20) != 0) arch.variant = 'a';
  if ((entry.flags & 1 << 21) != 0) arch.variant = 'f';
  return arch;
}

/// The bytes that an entry's header takes in a table, with what it refers to. Throws OutOfBytes.
std::uint64_t size_in_table(const Entry& entry, std::string_view bytes) {
  std::uint64_t end = entry_size;
  if (entry.options != 0) {
    if (entry.options > bytes.size()) throw OutOfBytes("options after the table");
    ByteReader options(bytes.substr(entry.options));
    const std::uint64_t text = options.u32();
    end = std::max(end, text + options.u32() + 1);
  }
  if (entry.name != 0) end = std::max<std::uint64_t>(end, std::uint64_t{entry.name} + entry.name_size + 1);
  return rounded_up(end);
}

class Finder {
 public:
  Finder(ByteSource& source, std::uint64_t end) : in_(source), end_(end) {}

  std::vector<FatbinRun> run(std::uint64_t begin) {
    auto at = rounded_up(begin);
    while (at < end_ && end_ - at >= header_size) {
      const auto view = in_.at(at, header_size);
      if (view.starts_with(magic)) {
        const auto end = read_fatbin(at);
        at = end ? rounded_up(*end) : at + alignment;
      } else {
        at += distance_to_magic(view);
      }
    }
    return std::move(runs_);
  }

 private:
  /// The distance to the next magic, or to the first place at which the view is too short for one.
  static std::uint64_t distance_to_magic(std::string_view view) {
    std::size_t at = alignment;
    while (at + magic.size() <= view.size() && view.compare(at, magic.size(), magic) != 0) at += alignment;
    return at;
  }

  /// Where it ends or becomes damaged; nothing if there is none.
  std::optional<std::uint64_t> read_fatbin(std::uint64_t begin) {
    ByteReader header(in_.at(begin, header_size).substr(magic.size(), header_size - magic.size()));
    const auto version = header.u16();
    const auto own_size = header.u16();
    const auto size = header.u64();
    if (version != 1 || own_size != header_size || size > end_ - begin - header_size) return std::nullopt;
    auto& run = run_at(begin);
    const auto end = begin + header_size + size;
    auto at = begin + header_size;
    while (end - at >= entry_size) {
      const auto entry = parse_entry(in_.at(at, entry_size));
      if (entry.header_size < entry_size || entry.header_size > std::min(max_entry_header, end - at) ||
          entry.image_size > end - at - entry.header_size)
        return run.end = at;
      if (const auto arch = arch_of(entry)) run.archs.insert(*arch);
      if (entry.kind == several) read_table(in_.at(at, entry.header_size).substr(0, entry.header_size), run);
      at += entry.header_size + entry.image_size;
    }
    return run.end = end;
  }

  static void read_table(std::string_view header, FatbinRun& run) {
    try {
      ByteReader numbers(header.substr(entry_size));
      const auto count = numbers.u32();
      numbers.u32();
      auto rest = header.substr(entry_size + numbers.position());
      for (std::uint32_t i = 0; i < count; ++i) {
        const auto entry = parse_entry(rest);
        if (const auto arch = arch_of(entry)) run.archs.insert(*arch);
        rest.remove_prefix(std::min<std::uint64_t>(rest.size(), size_in_table(entry, rest)));
      }
    } catch (const OutOfBytes&) {
      return;  // what was found before is right
    }
  }

  FatbinRun& run_at(std::uint64_t begin) {
    if (!runs_.empty() && (begin - runs_.back().end <= max_padding || runs_.size() == max_runs))
      return runs_.back();
    return runs_.emplace_back(FatbinRun{begin, begin, {}});
  }

  Skimmer in_;
  std::uint64_t end_;
  std::vector<FatbinRun> runs_;
};

}  // namespace

std::string to_string(const FatbinArch& arch) {
  auto name = fmt::format("{}_{}", arch.kind == FatbinArch::Kind::sm ? "sm" : "compute", arch.number);
  if (arch.variant != '\0') name.push_back(arch.variant);
  return name;
}

std::vector<std::string> names_of(const std::set<FatbinArch>& archs) {
  std::vector<std::string> names;
  for (const auto& arch : archs) names.push_back(to_string(arch));
  return names;
}

std::vector<FatbinRun> find_fatbins(ByteSource& source, std::uint64_t begin, std::uint64_t end) {
  return Finder(source, std::min(end, source.size())).run(begin);
}

}  // namespace wheelfix
