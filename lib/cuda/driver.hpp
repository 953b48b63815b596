#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/host_cuda.hpp>

namespace wheelfix {

/// Asks the first library that loads, in this very process, and says what it learns a line at a time:
///   name NAME | library PATH | cuda NUMBER | absent REASON | refuses REASON | works |
///   gpu MAJOR MINOR BYTES NAME | failed SENTENCE | asked | runtime MAJOR MINOR FAILURE
/// `asked` stands behind all of the driver's, where the program's own runtime is asked too.
/// The driver is NVIDIA's to crash, so this is for a child process.
void ask_driver(const HostCudaOptions& options, const std::function<void(std::string_view)>& say);

/// Adds what such lines say. Lines that are none, or cut short by a crash, are passed over.
void take_driver_answer(std::string_view answer, HostCuda& host);

/// Whether the answer has all that the driver says, and the runtime had its turn.
bool driver_was_asked(std::string_view answer);

}  // namespace wheelfix
