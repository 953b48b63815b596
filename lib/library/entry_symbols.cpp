#include "library/entry_symbols.hpp"

#include <optional>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "library/entry_source.hpp"

namespace wheelfix {
namespace {

std::optional<LibrarySymbols> read_format(ByteSource& source, const std::string& subject,
                                          BinaryFormat format) {
  if (format == BinaryFormat::macho) return LibrarySymbols{macho::read_symbols(source, subject)};
  if (format == BinaryFormat::pe)
    return LibrarySymbols{pe::read_symbols(pe::read_image(CheckedBytes(source, subject)), source, subject)};
  if (format != BinaryFormat::elf) return std::nullopt;
  auto symbols = elf::read_symbols(elf::read_image(source, subject), source);
  return symbols ? std::optional(LibrarySymbols{std::move(*symbols)}) : std::nullopt;
}

std::shared_ptr<const LibrarySymbols> read_any(ByteSource& source, const std::string& subject) {
  const auto format = binary_format(source.read_up_to(0, binary_head_size));
  return format ? read_symbols(source, subject, *format) : nullptr;
}

}  // namespace

std::shared_ptr<const LibrarySymbols> read_symbols(ByteSource& source, const std::string& subject,
                                                   BinaryFormat format, std::string* fault) {
  try {
    auto symbols = read_format(source, subject, format);
    return symbols ? std::make_shared<const LibrarySymbols>(std::move(*symbols)) : nullptr;
  } catch (const Error& error) {
    if (fault != nullptr) *fault = error.message();
    return nullptr;
  } catch (const OutOfBytes&) {
    if (fault != nullptr) *fault = "a table of its symbols leads out of the file";
    return nullptr;
  }
}

std::shared_ptr<const LibrarySymbols> read_entry_symbols(const WheelEdit& edit, std::string_view path) {
  try {
    Inflater inflater;
    return read_any(*open_entry(edit, path, inflater), std::string(path));
  } catch (const Error&) {
    return nullptr;
  }
}

std::shared_ptr<const LibrarySymbols> read_file_symbols(const std::filesystem::path& path) {
  try {
    const auto file = File::open(path);
    FileBytes source(file);
    return read_any(source, path.string());
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace wheelfix
