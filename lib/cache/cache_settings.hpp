#pragma once

#include <string>
#include <wheelfix/limits.hpp>

namespace wheelfix {

/// What else than the files decides what is read of them: this build of wheelfix, the limits, and whether
/// libraries are read with their code for GPUs. Empty if this build can't be told from others.
std::string cache_settings(const Limits& limits, bool with_cuda);

}  // namespace wheelfix
