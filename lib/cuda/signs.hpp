#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>
#include <wheelfix/binary.hpp>
#include <wheelfix/wheel.hpp>

#include "cuda/names.hpp"
#include "wheel/requirement.hpp"

namespace wheelfix {

/// A sign of a version of CUDA or cuDNN.
struct CudaSign {
  CudaProduct product = CudaProduct::cuda;
  int major = 0;
  std::optional<CudaVersion> version = {};  ///< if the minor version is known too; never for cuDNN
  std::string name = {};                    ///< of the library that is needed or given: `libcudart.so.12`
  std::string path = {};                    ///< of the library that needs it, or is it; an entry
  bool is_runtime = false;                  ///< cudart
  std::string text = {};                    ///< for people: `torch/lib/libc10_cuda.so needs libcudart.so.12`
};

/// What a wheel was built for, and what it gives to others, as far as that is known.
struct CudaWheel {
  std::size_t wheel = 0;  ///< its number in a set
  /// One for each name that libraries of it need, at the first that does. Programs don't count.
  std::vector<CudaSign> needs;
  std::vector<CudaSign> gives;     ///< its libraries, without those with a hash in their names
  std::vector<CudaSign> labels;    ///< in its name (`cu12`) and its version (`+cu121`)
  std::vector<CudaSign> required;  ///< by Requires-Dist that apply for certain
  /// A library needs libcuda.so.1 or nvcuda.dll, or has code for GPUs, if that was looked for.
  bool uses_gpu = false;

  /// Whether it has to do with CUDA at all.
  bool uses_cuda() const { return uses_gpu || !needs.empty() || !gives.empty() || !labels.empty(); }
  /// The majors that it is for: by what its libraries need, else what they are, else its labels, else its
  /// Requires-Dist. Several if it has libraries for each.
  std::set<int> majors(CudaProduct product) const;
  /// The first sign of that, and of that major.
  const CudaSign* sign(CudaProduct product, int major) const;
  /// The version of CUDA that it was compiled with, if known: by its version's label, or by the
  /// version of CUDA's runtime that it requires or is.
  std::optional<CudaVersion> toolkit() const;
};

/// A library of a wheel. What it points to must outlive the reading.
struct CudaCandidate {
  std::string_view path;
  const BinaryInfo& info;
  bool has_gpu_code = false;
};

/// The signs of one wheel. `requirements` are those of its Requires-Dist that apply for certain.
CudaWheel read_cuda_wheel(const Wheel& wheel, const std::vector<CudaCandidate>& libraries,
                          const std::vector<Requirement>& requirements);

}  // namespace wheelfix
