#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What an ELF library has to do with a symbol.
enum class SymbolRole {
  defines,  ///< other libraries can be bound to it
  needs,    ///< it isn't loaded if nothing defines the symbol
  may_use,  ///< a weak reference, which may stay open
};

std::string_view to_string(SymbolRole role) noexcept;

/// A symbol in one library. What is only named there, and that no relocation binds, doesn't count.
struct SymbolUse {
  std::string path;    ///< of the library
  std::string symbol;  ///< as the linker wrote it, mangled
  SymbolRole role = SymbolRole::defines;
  std::string version;             ///< `GLIBC_2.17`; empty if it has none
  bool is_default_version = true;  ///< of a definition: also for who names no version
  std::string version_file;        ///< the library of which the version is needed, `libc.so.6`; or empty

  bool operator==(const SymbolUse&) const = default;
};

/// The symbol with its version, as `nm -D` writes it: `value@@LIBX_2` for a default version.
std::string symbol_text(const SymbolUse& use);

struct SymbolUses {
  std::vector<SymbolUse> uses;  ///< in order of path
  /// `bad-library`, an error: an ELF library whose symbols can't be read.
  std::vector<Finding> findings;
};

struct FindSymbolsOptions {
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The result doesn't depend on it
  ProgressCallback progress = {};
};

/// Where symbols of these names are among the ELF libraries of a wheel, as edited. Throws Error{bad_archive |
/// io | cancelled}.
SymbolUses find_symbols(const WheelEdit& edit, const std::vector<std::string>& names,
                        const FindSymbolsOptions& options = {});

/// The same of a library that isn't in a wheel. Throws Error{bad_binary | io}.
SymbolUses find_symbols_in_file(const std::filesystem::path& file, const std::vector<std::string>& names);

}  // namespace wheelfix
#pragma GCC visibility pop
