#include "repair/repair_plan.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace wheelfix {

bool loads(const WheelSet& set, const PlacedLibrary& library) {
  Process process(set.placed.files(), set.system);
  run_preload_modules(set.loads, library.wheel, library.entry, process);
  return process.load(library.path).ok();
}

std::string advice_for_unknown(const WheelSet& set) {
  if (set.wheels.front().wheel().installation() == nullptr)
    return "no given wheel has it: also give the wheel that has it, or a folder that has it with --lib-dir";
  return "nothing that is installed has it: install what has it, or name a folder that has it with --lib-dir";
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
