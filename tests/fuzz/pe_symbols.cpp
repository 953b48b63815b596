// The input is a DLL. What it takes and gives is within its tables, or the error that is promised is thrown.
#include <wheelfix/error.hpp>

#include "binary/pe_symbols.hpp"
#include "fuzz/check.hpp"
#include "fuzz/pieces.hpp"

using namespace wheelfix;

namespace {

pe::Symbols read(ByteSource& source) {
  return pe::read_symbols(pe::read_image(CheckedBytes(source, "fuzz.dll")), source, "fuzz.dll");
}

std::size_t count(const std::vector<pe::DllImports>& lists) {
  std::size_t count = 0;
  for (const auto& list : lists) count += list.imports.size();
  return count;
}

void check_found(const pe::Symbols& symbols, std::optional<std::size_t> found) {
  CHECK_PROPERTY(!found || (*found < symbols.exports.size() && symbols.exports[*found].is_there));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MemoryBytes source(as_text(data, size));
  Pieces pieces(as_text(data, size));
  try {
    const auto symbols = read(source);
    CHECK_PROPERTY(symbols.strings.size() <= size);
    CHECK_PROPERTY(count(symbols.imports) + count(symbols.delay_imports) <= size / 4);
    CHECK_PROPERTY(symbols.exports.size() <= size / 4 && symbols.names.size() <= size / 4);
    for (const auto& entry : symbols.names) {
      const auto name = symbols.text(entry.name);
      CHECK_PROPERTY(name.find('\0') == name.npos);
      check_found(symbols, pe::find_export(symbols, name, 0));
    }
    for (const auto ordinal : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{0xFFFF}})
      check_found(symbols, pe::find_export(symbols, "", ordinal));
    for (const auto& entry : symbols.exports) symbols.text(entry.forwarder);
    const auto again = read(pieces);
    CHECK_PROPERTY(again.strings == symbols.strings && again.exports.size() == symbols.exports.size() &&
                   count(again.imports) == count(symbols.imports));
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.dll");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
