// The input is a Mach-O file. Its symbols are within its tables, or the error that is promised is thrown.
#include <wheelfix/error.hpp>

#include "binary/macho_symbols.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

void check(const macho::Symbols& symbols, std::size_t size) {
  // Both tables of opcodes may be at the same place.
  CHECK_PROPERTY(symbols.names.size() <= 2 * size && symbols.bound.size() <= 2 * size);
  for (const auto& symbol : symbols.bound) {
    const auto name = symbols.name_of(symbol);
    CHECK_PROPERTY(name.size() == symbol.name_size);
    symbols.find_export(name);  // doesn't throw: the trie was checked
    symbols.find_export(name.substr(name.size() / 2));
  }
  for (const auto& name : symbols.defined) CHECK_PROPERTY(symbols.find_export(name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    MemoryBytes source(as_text(data, size));
    for (const auto& slice : macho::read_symbols(source, "fuzz.dylib")) check(slice, size);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.dylib");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
