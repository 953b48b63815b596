#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace wheelfix {

/// Loads the first of these libraries that loads into this process, asks it, and says what driver.hpp has, up
/// to `failed`. The driver may crash, so this is for a process of its own.
void interview_driver(const std::vector<std::string>& libraries,
                      const std::function<void(std::string_view)>& say);

}  // namespace wheelfix
