#pragma once

#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/host_cuda.hpp>

#include "doctor/cuda_checks.hpp"

namespace wheelfix {

/// The wheels against the machine, with the messages that CUDA would give: no driver or no GPU, which ends
/// the check; a driver that is too old, GPUs without code, libraries that the machine has. `set` was read
/// with cuda_archs. Nothing if no wheel uses CUDA. `needs_gpu`: see DoctorOptions. Findings about only the
/// machine have no wheel.
std::vector<Finding> check_host_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                     const HostCuda& host, bool needs_gpu = true);

/// What the machine's GPUs can't run of a wheel's libraries: `host-no-kernel-image` and `host-ptx-too-new`.
std::vector<Finding> check_gpu_code(const WheelSet& set, const CudaWheel& wheel, const HostCuda& host);

/// `NVIDIA H100 80GB HBM3 (compute capability 9.0)`.
std::string to_string(const HostGpu& gpu);

}  // namespace wheelfix
