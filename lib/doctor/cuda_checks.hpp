#pragma once

#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/imports.hpp>

#include "cuda/signs.hpp"
#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"

namespace wheelfix {

/// By wheel of the set.
std::vector<CudaWheel> read_cuda_wheels(const WheelSet& set);

/// Whether a library of the set has a name or, on a system whose files are searched, one of the system's.
bool is_there(const WheelSet& set, const LibraryIndex& names, const std::string& name);

/// The wheels of a set against each other: `cuda-mismatch` and `cudnn-mismatch` if a wheel needs another
/// major than the set has, `cuda-label` if a wheel says another than its libraries need, and
/// `two-cuda-majors` if each finds its own and one process has two. A mismatch is an error if the library is
/// certainly missing.
std::vector<Finding> check_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                const std::vector<MissingLibrary>& missing);

}  // namespace wheelfix
