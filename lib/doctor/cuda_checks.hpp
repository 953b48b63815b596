#pragma once

#include <vector>
#include <wheelfix/finding.hpp>

#include "doctor/cuda_wheels.hpp"
#include "loader/missing_libraries.hpp"

namespace wheelfix {

/// The wheels of a set against each other: `cuda-mismatch` and `cudnn-mismatch`, where a wheel needs another
/// major than the set gives, `cuda-label`, where a wheel says another than its libraries need, and
/// `two-cuda-majors`, where each finds its own and one process has two. A mismatch is an error where what is
/// missing is certain to be.
std::vector<Finding> check_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                const std::vector<MissingLibrary>& missing);

}  // namespace wheelfix
