#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>
#include <wheelfix/imports.hpp>

#include "doctor/cuda_names.hpp"

namespace wheelfix {

/// What tells of a version of CUDA or cuDNN.
struct CudaSign {
  CudaProduct product = CudaProduct::cuda;
  int major = 0;
  std::optional<CudaVersion> version = {};  ///< where the minor one is told too; never for cuDNN
  std::string name = {};                    ///< of the library that is needed or given: `libcudart.so.12`
  std::string path = {};                    ///< of the library that needs it, or is it; an entry
  bool is_runtime = false;                  ///< cudart
  std::string text = {};                    ///< for people: `torch/lib/libc10_cuda.so needs libcudart.so.12`
};

/// What a wheel was built for, and what it gives to others, as far as that is told.
struct CudaWheel {
  std::size_t wheel = 0;
  /// One for each name that libraries of it need, at the first that does. Programs don't count.
  std::vector<CudaSign> needs;
  std::vector<CudaSign> gives;     ///< its libraries, less those with a hash in their names
  std::vector<CudaSign> labels;    ///< in its name (`cu12`) and its version (`+cu121`)
  std::vector<CudaSign> required;  ///< its Requires-Dist that surely count
  /// A library needs libcuda.so.1 or nvcuda.dll, or has code for GPUs, if that was looked for.
  bool uses_gpu = false;

  /// Whether it has to do with CUDA at all.
  bool uses_cuda() const { return uses_gpu || !needs.empty() || !gives.empty() || !labels.empty(); }
  /// The majors that it is for: by what its libraries need, else what they are, else its labels, else its
  /// Requires-Dist. Several where it has libraries for each.
  std::set<int> majors(CudaProduct product) const;
  /// The first sign of that, and of that major.
  const CudaSign* sign(CudaProduct product, int major) const;
  /// The version of CUDA that it was compiled with, where it is told: by its version's label, or by the
  /// version of CUDA's runtime that it requires or is.
  std::optional<CudaVersion> toolkit() const;
};

/// By wheel of the set.
std::vector<CudaWheel> read_cuda_wheels(const WheelSet& set);

/// The names that libraries of the set answer to, and whether a name leads to one of them or, of a system
/// whose files are looked at, to one of its.
class LibraryNames {
 public:
  explicit LibraryNames(const WheelSet& set);
  bool has(const std::string& name) const;

 private:
  std::string key(const std::string& name) const;

  const WheelSet& set_;
  std::set<std::string> names_;
};

/// `torch-2.1.0-cp311-….whl`, safe to print.
std::string wheel_file(const WheelSet& set, std::size_t wheel);

}  // namespace wheelfix
