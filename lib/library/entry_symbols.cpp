#include "library/entry_symbols.hpp"

#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "library/entry_source.hpp"

namespace wheelfix {

std::shared_ptr<const LibrarySymbols> read_symbols(ByteSource& source, const std::string& subject) {
  try {
    auto symbols = elf::read_symbols(elf::read_image(source, subject), source);
    return symbols ? std::make_shared<const LibrarySymbols>(LibrarySymbols{std::move(*symbols)}) : nullptr;
  } catch (const Error&) {
    return nullptr;
  } catch (const OutOfBytes&) {
    return nullptr;
  }
}

std::shared_ptr<const LibrarySymbols> read_entry_symbols(const WheelEdit& edit, std::string_view path) {
  try {
    Inflater inflater;
    return read_symbols(*open_entry(edit, path, inflater), std::string(path));
  } catch (const Error&) {
    return nullptr;
  }
}

std::shared_ptr<const LibrarySymbols> read_file_symbols(const std::filesystem::path& path) {
  try {
    const auto file = File::open(path);
    FileBytes source(file);
    return read_symbols(source, path.string());
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace wheelfix
