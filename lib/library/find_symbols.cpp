#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/symbols.hpp>

#include "base/file.hpp"
#include "base/progress_meter.hpp"
#include "base/workers.hpp"
#include "binary/elf_symbols.hpp"
#include "library/entry_source.hpp"
#include "library/library_limits.hpp"
#include "wheel/other_kinds.hpp"

namespace wheelfix {
namespace {

using Names = std::set<std::string_view>;

/// In one wheel: far more than any project's libraries have of some names.
constexpr std::size_t max_uses = 100'000;

bool can_bind_others(const elf::DynamicSymbol& symbol) {
  return symbol.binding != STB_LOCAL && symbol.visibility != STV_HIDDEN && symbol.visibility != STV_INTERNAL;
}

class UseFinder {
 public:
  UseFinder(const elf::DynamicSymbols& symbols, const std::string& path, const Names& names)
      : symbols_(symbols), path_(path), names_(names), versions_(symbols) {}

  std::vector<SymbolUse> run() {
    for (auto i = symbols_.first_exported; i < symbols_.symbols.size(); ++i)
      if (const auto& symbol = symbols_.symbols[i]; !symbol.is_undefined && can_bind_others(symbol))
        add(symbol, SymbolRole::defines);
    std::set<std::uint32_t> bound;
    for (const auto* numbers : {&symbols_.bound, &symbols_.bound_calls})
      for (const auto number : *numbers)
        if (const auto& symbol = symbols_.symbols[number]; symbol.is_undefined && bound.insert(number).second)
          add(symbol, symbol.binding == STB_WEAK ? SymbolRole::may_use : SymbolRole::needs);
    return std::move(uses_);
  }

 private:
  /// Once, however many symbols say the same.
  void add(const elf::DynamicSymbol& symbol, SymbolRole role) {
    const auto name = symbols_.name_of(symbol);
    if (!names_.contains(name)) return;
    const auto* version = versions_.of(symbol);
    const bool is_default = (symbol.version & elf::version_hidden) == 0;
    if (!known_.insert({name, role, version, is_default}).second) return;
    auto& use = uses_.emplace_back();
    use.path = path_;
    use.symbol = name;
    use.role = role;
    use.is_default_version = is_default;
    if (version == nullptr) return;
    use.version = version->name;
    use.version_file = version->file;
  }

  const elf::DynamicSymbols& symbols_;
  const std::string& path_;
  const Names& names_;
  elf::VersionTable versions_;
  std::set<std::tuple<std::string_view, SymbolRole, const elf::SymbolVersion*, bool>> known_;
  std::vector<SymbolUse> uses_;
};

bool is_elf(ByteSource& source) {
  return binary_format(source.read_up_to(0, binary_head_size)) == BinaryFormat::elf;
}

/// Of an ELF file.
std::vector<SymbolUse> uses_in(ByteSource& source, const std::string& path, const Names& names) {
  const auto symbols = elf::read_symbols(elf::read_image(source, path), source);
  return symbols ? UseFinder(*symbols, path, names).run() : std::vector<SymbolUse>();
}

/// Of an entry, if that is an ELF file.
std::optional<SymbolUses> read_entry_uses(const WheelEdit& edit, const std::string& path,
                                          const Names& names) {
  Inflater inflater;
  const auto source = open_entry(edit, path, inflater);
  if (!is_elf(*source)) return std::nullopt;
  try {
    return SymbolUses{.uses = uses_in(*source, path, names), .findings = {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_binary) throw;
    return SymbolUses{.uses = {},
                      .findings = {{.code = FindingCode::bad_library,
                                    .severity = Severity::error,
                                    .wheel = edit.wheel().path().string(),
                                    .path = path,
                                    .message = error.message(),
                                    .hint = error.hint()}}};
  }
}

void require_few_uses(const WheelEdit& edit, std::size_t count) {
  if (count > max_uses)
    throw Error(ErrorCode::limit_exceeded, edit.wheel().path().string(),
                fmt::format("its libraries have the symbols more than {} times", max_uses),
                "ask for fewer symbols at once");
}

}  // namespace

std::string_view to_string(SymbolRole role) noexcept {
  constexpr std::array<std::string_view, 3> names = {"defines", "needs", "may-use"};
  return names.at(static_cast<std::size_t>(role));
}

std::string symbol_text(const SymbolUse& use) {
  if (use.version.empty()) return use.symbol;
  const bool is_default = use.role == SymbolRole::defines && use.is_default_version;
  return use.symbol + (is_default ? "@@" : "@") + use.version;
}

SymbolUses find_symbols(const WheelEdit& edit, const std::vector<std::string>& names,
                        const FindSymbolsOptions& options) {
  auto paths = edit.paths();
  std::erase_if(paths, [](const std::string& path) { return !may_be_library(path); });
  const Names wanted(names.begin(), names.end());
  std::uint64_t total = 0;
  for (const auto& path : paths) total += content_size(edit, path);
  ProgressMeter meter("looking for symbols", total, options.progress);
  std::vector<std::optional<SymbolUses>> found(paths.size());
  std::atomic<std::size_t> libraries = 0, uses = 0;
  for_each_parallel(paths.size(), options.jobs, [&](std::size_t i) {
    found[i] = read_entry_uses(edit, paths[i], wanted);
    meter.add(content_size(edit, paths[i]));
    if (!found[i]) return;
    require_few_libraries(edit, ++libraries);
    require_few_uses(edit, uses += found[i]->uses.size());
  });
  SymbolUses result;
  for (auto& library : found) {
    if (!library) continue;
    std::ranges::move(library->uses, std::back_inserter(result.uses));
    std::ranges::move(library->findings, std::back_inserter(result.findings));
  }
  std::ranges::stable_sort(result.uses, {}, &SymbolUse::path);
  return result;
}

SymbolUses find_symbols_in_file(const std::filesystem::path& path, const std::vector<std::string>& names) {
  refuse_other_kinds(path);
  const auto file = File::open(path);
  FileBytes bytes(file);
  if (!is_elf(bytes))
    throw Error(ErrorCode::bad_binary, path.string(),
                "is neither a wheel nor an ELF file, whose symbols could be read",
                "name a wheel, or a library like libtorch.so");
  return {.uses = uses_in(bytes, path.string(), Names(names.begin(), names.end())), .findings = {}};
}

}  // namespace wheelfix
