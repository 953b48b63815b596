#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/binary.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A template for a shared library without code, which only makes others load. Read from a TOML file:
///
///     soname = "libtorch_global_deps.so"
///     machine = "as:torch/lib/libtorch_cpu.so"   # or x86_64, aarch64
///     needed = ["libcudart.so.*", "libm.so.6"]   # names, and globs over what the wheel's libraries need
///     exclude = ["libcuda.so.*"]                 # never needed, whatever a glob matches
///     rpath = ["$ORIGIN"]                        # or "as:ENTRY"
///     rpath-kind = "rpath"                       # or runpath
///     page-size = 65536
///
/// soname and machine are required.
struct StubTemplate {
  /// An entry of the wheel that a value is taken from.
  struct Origin {
    std::string entry;
    std::string where;  ///< `FILE:LINE`, for errors
  };

  std::string file;  ///< names the template in errors
  std::string soname;
  std::vector<std::string> needed;   ///< names, each taken literally, and globs, which may match nothing
  std::vector<std::string> exclude;  ///< globs; they match no name of `needed`
  std::vector<std::string> rpath;
  std::optional<Origin>
      rpath_from;  ///< an entry that has the search path that the stub gets; `rpath` is empty then
  /// keep: as `rpath_from` has it; DT_RUNPATH if `rpath` is given.
  SearchPathKind rpath_kind = SearchPathKind::keep;
  std::string machine;                 ///< `x86_64` or `aarch64`; empty if it is taken from an entry
  std::optional<Origin> machine_from;  ///< an entry of the machine that the stub is for
  /// The largest page of a system that loads it, a power of two from 4096 to 65536. Without it
  /// 65536 for aarch64 and 4096 for x86_64.
  std::optional<std::uint64_t> page_size;
};

/// `file` names the text in errors. Throws Error{bad_recipe}, naming the line, for an unknown key, a value
/// that makes no sense, and a needed name that `exclude` matches.
StubTemplate parse_stub_template(std::string_view text, const std::string& file);
/// Throws Error{io} too.
StubTemplate load_stub_template(const std::filesystem::path& file);

/// The entry of torch's wheels for which wheelfix has a template, patches/torch/global_deps.toml.
constexpr std::string_view torch_global_deps = "torch/lib/libtorch_global_deps.so";
StubTemplate torch_global_deps_template();

/// The libraries of a wheel, by path.
using StubLibraries = std::map<std::string, BinaryInfo, std::less<>>;

/// What a stub made from a template needs among these libraries: in the template's order, a glob's names by
/// name, each once, without what `exclude` matches and the stub's own soname.
std::vector<std::string> stub_needed(const StubTemplate& stub, const StubLibraries& libraries);

/// The file: an ELF shared library for x86_64 or aarch64 that glibc and musl load, with a section table for
/// tools that require one, without code, symbols or versions. The same input gives the same bytes. Throws
/// Error{bad_recipe} if an entry to be taken from isn't among the libraries, or is for another machine,
/// and for over 1000 needed names or a search path over 60,000 bytes, which readers take as damage.
std::string make_stub(const StubTemplate& stub, const StubLibraries& libraries);

}  // namespace wheelfix
#pragma GCC visibility pop
