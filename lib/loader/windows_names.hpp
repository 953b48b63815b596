#pragma once

#include <string_view>

namespace wheelfix {

/// Names of parts of the system, in lower case. Source: Microsoft's "Windows API sets".
constexpr bool is_api_set(std::string_view name) {
  return name.starts_with("api-ms-") || name.starts_with("ext-ms-");
}

/// python3.dll and python311.dll, in lower case, are in every process that imports something.
constexpr bool is_python(std::string_view name) {
  return name.starts_with("python3") && name.ends_with(".dll");
}

}  // namespace wheelfix
