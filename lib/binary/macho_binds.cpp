#include "binary/macho_binds.hpp"

#include <fmt/format.h>

#include "binary/macho_cursor.hpp"

namespace wheelfix::macho {
namespace {

// libtorch_python.dylib of torch 2.1.0 binds 20,000.
constexpr std::size_t max_bound = 1 << 22;

void add(const CheckedBytes& file, Symbols& symbols, const BoundSymbol& symbol) {
  if (symbols.bound.size() >= max_bound)
    file.refuse(fmt::format("it binds more than {} symbols, more than any real library does", max_bound));
  symbols.bound.push_back(symbol);
}

/// The opcodes of LC_DYLD_INFO: a machine whose state is the symbol that the next places are bound to.
class OpcodeReader {
 public:
  OpcodeReader(const CheckedBytes& file, Symbols& symbols) : file_(file), symbols_(symbols) {}

  /// Of a table that is the end of the names.
  void run(std::size_t begin) {
    Cursor cursor(symbols_.names, begin);
    state_ = {};
    is_added_ = false;
    while (!cursor.is_at_end()) step(cursor);
  }

 private:
  // <mach-o/loader.h>: BIND_OPCODE_...
  enum Opcode : std::uint8_t {
    done = 0x00,
    set_library = 0x10,
    set_far_library = 0x20,
    set_special_library = 0x30,
    set_symbol = 0x40,
    set_type = 0x50,
    set_addend = 0x60,
    set_place = 0x70,
    add_address = 0x80,
    bind = 0x90,
    bind_add_address = 0xA0,
    bind_add_scaled = 0xB0,
    bind_many = 0xC0,
    threaded = 0xD0,
  };

  void step(Cursor& cursor) {
    const auto byte = cursor.byte();
    const std::uint8_t immediate = byte & 0x0F;
    switch (byte & 0xF0) {
      case done:  // of one symbol of a lazy table; of the others at the end
      case set_type:
        break;
      case set_library:
        look_in(immediate);
        break;
      case set_far_library:
        look_in(static_cast<std::int32_t>(cursor.number() & 0x7FFFFFFF));
        break;
      case set_special_library:
        look_in(immediate == 0 ? in_itself : immediate - 16);
        break;
      case set_symbol:
        take_symbol(cursor, immediate);
        break;
      case set_addend:
      case set_place:
      case add_address:
        cursor.number();
        break;
      case bind:
      case bind_add_scaled:
        bound();
        break;
      case bind_add_address:
        cursor.number();
        bound();
        break;
      case bind_many:
        cursor.number();
        cursor.number();
        bound();
        break;
      case threaded:
        if (immediate == 0) cursor.number();
        break;
      default:
        file_.refuse(fmt::format("its table of bound symbols has an unknown opcode {:#x}", byte));
    }
  }

  void look_in(std::int32_t library) {
    state_.library = library;
    is_added_ = false;
  }

  void take_symbol(Cursor& cursor, std::uint8_t flags) {
    constexpr std::uint8_t weak_import = 1;
    state_.name = static_cast<std::uint32_t>(cursor.at());
    state_.name_size = static_cast<std::uint32_t>(cursor.text().size());
    state_.may_be_missing = (flags & weak_import) != 0;
    is_added_ = false;
  }

  void bound() {
    if (!is_added_) add(file_, symbols_, state_);
    is_added_ = true;
  }

  const CheckedBytes& file_;
  Symbols& symbols_;
  BoundSymbol state_;
  bool is_added_ = false;  // one symbol is bound in many places
};

void read_opcodes(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols) {
  for (const auto& table : {tables.bind, tables.lazy_bind}) {
    const auto begin = symbols.names.size();
    symbols.names += file.bytes(table.offset, table.size, "the table of bound symbols");
    OpcodeReader(file, symbols).run(begin);
  }
}

/// How an import of LC_DYLD_CHAINED_FIXUPS is packed: its library, whether it may be missing, its name.
struct ImportFormat {
  std::size_t size = 0;
  unsigned library_bits = 0, name_shift = 0;
};

std::optional<ImportFormat> import_format(std::uint32_t number) {
  switch (number) {
    case 1:  // DYLD_CHAINED_IMPORT
      return ImportFormat{4, 8, 9};
    case 2:  // DYLD_CHAINED_IMPORT_ADDEND
      return ImportFormat{8, 8, 9};
    case 3:  // DYLD_CHAINED_IMPORT_ADDEND64
      return ImportFormat{16, 16, 32};
    default:
      return std::nullopt;
  }
}

/// The last 15 numbers are negative.
std::int32_t library_of(std::uint64_t number, unsigned bits) {
  const auto library = static_cast<std::int32_t>(number & ((1U << bits) - 1));
  return library > (1 << bits) - 16 ? library - (1 << bits) : library;
}

void read_chained(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols) {
  const Fields blob(file.bytes(tables.chained.offset, tables.chained.size, "the chained fixups"),
                    tables.big_endian);
  const std::uint64_t imports = blob.u32(8), names = blob.u32(12), count = blob.u32(16);
  const auto format = import_format(blob.u32(20));
  if (!format || blob.u32(24) != 0)
    file.refuse(fmt::format("its chained fixups have imports of the unknown format {}, {}", blob.u32(20),
                            blob.u32(24)));
  if (imports > blob.size() || count > (blob.size() - imports) / format->size || names > blob.size())
    file.refuse(fmt::format("its chained fixups state {} imports and have {} bytes", count, blob.size()));
  symbols.names = blob.bytes().substr(names);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto at = imports + i * format->size;
    const auto packed = format->size == 16 ? blob.u64(at) : blob.u32(at);
    const auto name = packed >> format->name_shift;
    Cursor cursor(symbols.names, name);
    add(file, symbols,
        {.name = static_cast<std::uint32_t>(name),
         .name_size = static_cast<std::uint32_t>(cursor.text().size()),
         .library = library_of(packed, format->library_bits),
         .may_be_missing = (packed >> format->library_bits & 1) != 0});
  }
}

/// Before macOS 10.6 what isn't defined is bound.
void read_undefined(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols) {
  constexpr std::uint16_t weak_reference = 0x40, dynamic_lookup = 0xFE, of_program = 0xFF;
  symbols.names = file.bytes(tables.strings.offset, tables.strings.size, "the symbols' names");
  for_each_external_symbol(file, tables, symbols.names, [&](const TableSymbol& symbol) {
    if (!symbol.is_undefined) return;
    const auto number = static_cast<std::uint16_t>(symbol.description >> 8);
    std::int32_t library = number;
    if (number == dynamic_lookup || !tables.is_two_level)
      library = in_all;
    else if (number == of_program)
      library = in_program;
    add(file, symbols,
        {.name = static_cast<std::uint32_t>(symbol.name.data() - symbols.names.data()),
         .name_size = static_cast<std::uint32_t>(symbol.name.size()),
         .library = library,
         .may_be_missing = (symbol.description & weak_reference) != 0});
  });
}

}  // namespace

void read_bound(const CheckedBytes& file, const LinkEdit& tables, Symbols& symbols) {
  if (tables.chained.size > 0)
    read_chained(file, tables, symbols);
  else if (tables.has_fixups)
    read_opcodes(file, tables, symbols);
  else if (tables.symbols.size > 0)
    read_undefined(file, tables, symbols);
}

}  // namespace wheelfix::macho
