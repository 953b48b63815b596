#include "doctor/stable_abi_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/python_symbols.hpp"
#include "environment/set_symbols.hpp"

namespace wheelfix {
namespace {

/// The oldest Python of a wheel's tags for the stable ABI; nothing if it has no such tag.
std::optional<PythonVersion> oldest_stable(const WheelName& name) {
  std::optional<PythonVersion> oldest;
  for (const auto& tag : wheel_tags(name)) {
    const auto python = parse_cpython_tag(tag.python);
    if ((tag.abi != "abi3" && tag.abi != "abi3t") || !python) continue;
    oldest = oldest ? std::min(*oldest, python->version) : python->version;
  }
  return oldest;
}

/// A symbol of Python that isn't promised.
struct UnpromisedSymbol {
  std::string_view name;
  std::optional<PythonVersion> since;  ///< nothing: it isn't of the stable ABI
};

class StableAbiChecker {
 public:
  StableAbiChecker(const WheelSet& set, std::size_t wheel, PythonVersion oldest)
      : oldest_(oldest), findings_(set.wheels[wheel].wheel().path().string()) {
    SetSymbols symbols(set);
    for (const auto& library : set.placed.libraries()) {
      const auto& info = set.placed.info(library);
      if (library.wheel != wheel || info.format != BinaryFormat::elf || info.machine != set.system.machine)
        continue;
      if (auto its = symbols.of(library); its && its->elf() != nullptr)
        libraries_.push_back({library.entry, info.is_program, std::move(its)});
    }
  }

  std::vector<Finding> run() {
    for (const auto& library : libraries_) {
      const auto suffix = extension_suffix(library.entry);
      if (!library.is_program && (!suffix || !suffix->python)) check(library);
    }
    return findings_.take();
  }

 private:
  struct Library {
    std::string_view entry;
    bool is_program = false;
    std::shared_ptr<const LibrarySymbols> symbols;
  };

  void check(const Library& library) {
    const auto& symbols = *library.symbols->elf();
    std::vector<UnpromisedSymbol> found;
    for (const auto* numbers : {&symbols.bound, &symbols.bound_calls})
      for (const auto number : *numbers) {
        const auto& symbol = symbols.symbols[number];
        const auto name = symbols.name_of(symbol);
        if (!symbol.is_undefined || symbol.binding != STB_GLOBAL || !is_named_like_python(name)) continue;
        const auto since = stable_since(name);
        if ((!since || *since > oldest_) && !is_own(name)) found.push_back({name, since});
      }
    if (!found.empty()) report(library, std::move(found));
  }

  bool is_own(std::string_view name) const {
    return std::ranges::any_of(libraries_,
                               [&](const Library& library) { return defines(*library.symbols->elf(), name); });
  }

  /// First what no Python promises, then what the newest does.
  void report(const Library& library, std::vector<UnpromisedSymbol> symbols) {
    std::ranges::sort(symbols, [](const auto& a, const auto& b) {
      if (a.since != b.since) return !a.since || (b.since && *a.since > *b.since);
      return a.name < b.name;
    });
    const auto& first = symbols.front();
    const auto others = symbols.size() > 1 ? fmt::format(" and {} more {}", symbols.size() - 1,
                                                         symbols.size() == 2 ? "symbol" : "symbols")
                                           : "";
    const auto name = printable(first.name);
    const auto tag = to_string(oldest_);
    if (first.since)
      findings_.warning(
          FindingCode::not_stable_abi, std::string(library.entry),
          fmt::format("uses {} of the stable ABI of Python {}{}, and the wheel's tag promises {}", name,
                      to_string(*first.since), others, tag),
          fmt::format("older Pythons install the wheel and may lack it: its tag should be "
                      "cp{}{}-abi3",
                      first.since->major, first.since->minor));
    else
      findings_.warning(
          FindingCode::not_stable_abi, std::string(library.entry),
          fmt::format("uses {}{}, which the stable ABI of the wheel's tag doesn't have", name, others),
          "a Python that lacks it installs the wheel and can't import it: build it with "
          "Py_LIMITED_API");
  }

  PythonVersion oldest_;
  std::vector<Library> libraries_;
  FindingSink findings_;
};

}  // namespace

std::vector<Finding> check_stable_abi(const WheelSet& set, std::size_t wheel) {
  const auto oldest = oldest_stable(set.wheels[wheel].wheel().name());
  return oldest ? StableAbiChecker(set, wheel, *oldest).run() : std::vector<Finding>();
}

}  // namespace wheelfix
