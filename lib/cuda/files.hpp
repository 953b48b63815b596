#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <wheelfix/host_cuda.hpp>

namespace wheelfix {

/// The folders in which ask_host_cuda looks for libraries, each once, in order. Those from the environment
/// are taken unchanged, the system's are below `options.root`.
std::vector<std::filesystem::path> cuda_folders(const HostCudaOptions& options);

/// The files named STEM.so or STEM.so.N in these folders. Names that lead to the same file count once, by
/// STEM.so.N with the fewest numbers.
std::vector<HostLibrary> find_libraries(const std::vector<std::filesystem::path>& folders,
                                        const std::string& stem);

/// What /proc/driver/nvidia/version says. Nothing if there is no such file.
std::optional<DriverVersion> kernel_driver_version(const std::filesystem::path& root);

}  // namespace wheelfix
