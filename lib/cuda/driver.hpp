#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/host_cuda.hpp>

namespace wheelfix {

/// Asks the first library that loads, in this process, and writes what it learns line by line:
///   name NAME | library PATH | cuda NUMBER | absent REASON | refuses REASON | works |
///   gpu MAJOR MINOR BYTES NAME | failed SENTENCE | asked | runtime MAJOR MINOR FAILURE
/// `asked` comes after all lines of the driver, and the program's own runtime is asked after it.
/// The driver may crash, so this is for a child process.
void ask_driver(const HostCudaOptions& options, const std::function<void(std::string_view)>& say);

/// Adds what such lines say. Other lines, and those cut short by a crash, are skipped.
void take_driver_answer(std::string_view answer, HostCuda& host);

/// Whether the answer has all lines of the driver, so that the runtime was asked next.
bool driver_was_asked(std::string_view answer);

}  // namespace wheelfix
