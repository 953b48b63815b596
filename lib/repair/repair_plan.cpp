#include "repair/repair_plan.hpp"

#include <fmt/format.h>

namespace wheelfix {

std::string chain_text(const LoadFailure& failure) {
  std::string text;
  for (const auto& path : failure.chain) {
    const auto name = printable(path.substr(path.rfind('/') + 1));
    text += text.empty() ? name : " needs " + name;
  }
  if (!text.empty()) text += fmt::format(" needs {}: ", printable(failure.name));
  return text;
}

}  // namespace wheelfix
