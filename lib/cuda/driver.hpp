#pragma once

#include <string_view>

#include <wheelfix/host_cuda.hpp>

#include "binary/helper_process.hpp"

namespace wheelfix {

/// Has the driver asked in a process of its own, because it may crash, which writes line by line what it
/// learns:
///   name NAME | library PATH | cuda NUMBER | absent REASON | refuses REASON | works |
///   gpu MAJOR MINOR BYTES NAME | failed SENTENCE | asked | runtime MAJOR MINOR FAILURE
/// `asked` comes after all lines of the driver, and the program's own runtime is asked after it. The process
/// is a fork of this one or, because a static program can't load a library, the helper wheelfix-host. Throws
/// std::system_error if there are no pipes.
HelperEnd ask_driver(const HostCudaOptions& options);

/// Adds what such lines say. Other lines, and those cut short by a crash, are skipped.
void take_driver_answer(std::string_view answer, HostCuda& host);

/// Whether the answer has all lines of the driver, so that the runtime was asked next.
bool driver_was_asked(std::string_view answer);

}  // namespace wheelfix
