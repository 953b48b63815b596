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

/// Whether a library of the set goes by a name or, on a system whose files are looked at, one of the
/// system's.
bool is_there(const WheelSet& set, const LibraryIndex& names, const std::string& name);

/// The wheels of a set against each other: `cuda-mismatch` and `cudnn-mismatch`, where a wheel needs another
/// major than the set gives, `cuda-label`, where a wheel says another than its libraries need, and
/// `two-cuda-majors`, where each finds its own and one process has two. A mismatch is an error where what is
/// missing is certain to be.
std::vector<Finding> check_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                const std::vector<MissingLibrary>& missing);

}  // namespace wheelfix
