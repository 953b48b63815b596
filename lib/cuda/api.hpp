#pragma once

// The part of CUDA's driver API that is used here: NVIDIA's own declarations if the Toolkit exists at build
// time, else the same written by hand. The library itself is looked up at run time.
#ifdef WHEELFIX_CUDA_HEADERS
#include <cuda.h>
#else
using CUresult = int;
using CUdevice = int;
using CUdevice_attribute = int;
constexpr CUresult CUDA_SUCCESS = 0;
constexpr CUdevice_attribute CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
constexpr CUdevice_attribute CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;
#endif

#include <cstddef>
#include <type_traits>

namespace wheelfix {

/// The functions that are called, by the names that the library exports.
struct CudaDriver {
  CUresult (*get_version)(int*) = nullptr;                                  // cuDriverGetVersion
  CUresult (*init)(unsigned) = nullptr;                                     // cuInit
  CUresult (*get_count)(int*) = nullptr;                                    // cuDeviceGetCount
  CUresult (*get_device)(CUdevice*, int) = nullptr;                         // cuDeviceGet
  CUresult (*get_name)(char*, int, CUdevice) = nullptr;                     // cuDeviceGetName
  CUresult (*get_attribute)(int*, CUdevice_attribute, CUdevice) = nullptr;  // cuDeviceGetAttribute
  CUresult (*get_memory)(std::size_t*, CUdevice) = nullptr;                 // cuDeviceTotalMem_v2
  CUresult (*get_error_text)(CUresult, const char**) = nullptr;             // cuGetErrorString
};

#ifdef WHEELFIX_CUDA_HEADERS
static_assert(std::is_same_v<decltype(CudaDriver::get_version), decltype(&::cuDriverGetVersion)>);
static_assert(std::is_same_v<decltype(CudaDriver::init), decltype(&::cuInit)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_count), decltype(&::cuDeviceGetCount)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_device), decltype(&::cuDeviceGet)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_name), decltype(&::cuDeviceGetName)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_attribute), decltype(&::cuDeviceGetAttribute)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_memory), decltype(&::cuDeviceTotalMem_v2)>);
static_assert(std::is_same_v<decltype(CudaDriver::get_error_text), decltype(&::cuGetErrorString)>);
static_assert(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR == 75 &&
              CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR == 76);
#endif

}  // namespace wheelfix
