#include "repair/repair_plan.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace wheelfix {

bool loads(const WheelSet& set, const PlacedLibrary& library) {
  Process process(set.placed.files(), set.system);
  run_preload_modules(set.loads, library.wheel, library.entry, process);
  return process.load(library.path).ok();
}

std::string chain_text(const LoadFailure& failure) {
  std::string text;
  for (const auto& path : failure.chain.paths()) {
    const auto name = printable(file_name(path));
    text += text.empty() ? name : " needs " + name;
  }
  if (!text.empty()) text += fmt::format(" needs {}: ", printable(failure.name));
  return text;
}

}  // namespace wheelfix
