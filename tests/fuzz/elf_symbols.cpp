// The input is a file. Its symbols are within its tables, or the error that is promised is thrown.
#include <wheelfix/error.hpp>

#include "binary/elf_hash.hpp"
#include "binary/elf_symbols.hpp"
#include "fuzz/check.hpp"
#include "fuzz/pieces.hpp"

using namespace wheelfix;

namespace {

void check_bound(const elf::DynamicSymbols& symbols, const std::vector<std::uint32_t>& bound) {
  std::vector<bool> seen(symbols.symbols.size());
  for (const auto number : bound) {
    CHECK_PROPERTY(number > 0 && number < seen.size() && !seen[number]);
    seen[number] = true;
  }
}

std::optional<elf::DynamicSymbols> read(ByteSource& source) {
  return elf::read_symbols(elf::read_image(source, "fuzz.so"), source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MemoryBytes source(as_text(data, size));
  Pieces pieces(as_text(data, size));
  try {
    const auto symbols = read(source);
    if (!symbols) return 0;
    CHECK_PROPERTY(symbols->symbols.size() <= size / 16 + 1);
    CHECK_PROPERTY(symbols->first_exported <= symbols->symbols.size());
    check_bound(*symbols, symbols->bound);
    check_bound(*symbols, symbols->bound_calls);
    for (std::size_t i = 1; i < symbols->symbols.size(); ++i)
      CHECK_PROPERTY(symbols->symbols[i].hash == elf::gnu_hash(symbols->name_of(symbols->symbols[i])));
    const auto again = read(pieces);
    CHECK_PROPERTY(again && again->symbols.size() == symbols->symbols.size() &&
                   again->bound == symbols->bound);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.so");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
