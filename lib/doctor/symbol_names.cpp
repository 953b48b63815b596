#include "doctor/symbol_names.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace wheelfix {

std::string demangled(const std::string& symbol) {
  constexpr std::size_t longest = 4096;
  const auto* name = symbol.c_str();
  if (symbol.starts_with("__Z")) ++name;
  if (symbol.find("_Z") > 1 || symbol.size() > longest) return {};
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 && text ? std::string(text.get()) : std::string();
}

}  // namespace wheelfix
