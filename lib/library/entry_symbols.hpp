#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>

#include "binary/library_symbols.hpp"

namespace wheelfix {

/// The symbols of a file that is open, which `subject` names, of one in a wheel, as edited, or of one that
/// isn't in a wheel. Null if it has none, or they can't be read; then `fault` gets the reason.
std::shared_ptr<const LibrarySymbols> read_symbols(ByteSource& source, const std::string& subject,
                                                   BinaryFormat format, std::string* fault = nullptr);
std::shared_ptr<const LibrarySymbols> read_entry_symbols(const WheelEdit& edit, std::string_view path);
std::shared_ptr<const LibrarySymbols> read_file_symbols(const std::filesystem::path& file);

}  // namespace wheelfix
