#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto cuda = std::to_array<FindingInfo>({
    {.code = FindingCode::cuda_mismatch,
     .name = "cuda-mismatch",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "The libraries of a wheel need one major version of CUDA, and the other wheels have "
                "another, or with `--host` the machine has. The libraries have the major in their names, "
                "so the loader doesn't find them. An error if an import or the wheel's code needs such a "
                "library; a warning if nothing is known to load it, or if it is the machine that has "
                "another.",
     .remedy = "Take a build of the wheel for the CUDA that the set has, or the runtime that it requires: "
               "`pip download WHEEL` fetches what a wheel requires. The hint names both wheels.",
     .example = "vision/_C.cpython-311-x86_64-linux-gnu.so: is for CUDA 11, and the wheels given have "
                "CUDA 12: vision/_C.cpython-311-x86_64-linux-gnu.so needs libcublas.so.11, and "
                "nvidia_cuda_runtime_cu12-12.1.105-py3-none-manylinux_2_17_x86_64.whl has "
                "nvidia/cuda_runtime/lib/libcudart.so.12"},
    {.code = FindingCode::cudnn_mismatch,
     .name = "cudnn-mismatch",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "A wheel needs one major version of cuDNN, and the other wheels have another, or with "
                "`--host` the machine has. The loader doesn't find `libcudnn.so.8` if there is only "
                "`libcudnn.so.9`. An error if an import or the wheel's code needs such a library; a warning "
                "if nothing "
                "is known to load it, if only Requires-Dist says so, or if it is the machine that has "
                "another.",
     .remedy = "Take a build of the wheel for the cuDNN that is there, or give the cuDNN that it "
               "requires: `pip download WHEEL` fetches what a wheel requires.",
     .example = "torch/lib/libtorch_cuda.so: is for cuDNN 8, which no given wheel has, and this machine "
                "has cuDNN 9.1.0: torch/lib/libtorch_cuda.so needs libcudnn.so.8, and there is "
                "/usr/lib/libcudnn.so.9"},
    {.code = FindingCode::two_cuda_majors,
     .name = "two-cuda-majors",
     .severities = warning,
     .kind = breaks,
     .meaning = "Some wheels of the set are for one major version of CUDA and some for another. A process "
                "that imports both gets the libraries of both, which don't work together.",
     .remedy = "Take wheels for one CUDA. The message names a wheel of each; the hint says which CUDA "
               "most are for, and whether the others are needed at all.",
     .example = "two majors of CUDA in one set: for CUDA 11 is "
                "a-1.0+cu118-cp311-cp311-manylinux_2_17_x86_64.whl (its version says cu118); for CUDA 13 "
                "is b-1.0+cu130-cp311-cp311-manylinux_2_17_x86_64.whl (its version says cu130)"},
    {.code = FindingCode::cuda_label,
     .name = "cuda-label",
     .severities = warning,
     .kind = hygiene,
     .meaning = "The wheel's name or version says another major version of CUDA than its libraries need. "
                "Whoever chooses the wheel by its label gets one that needs another CUDA.",
     .remedy = "Trust the libraries, and give the wheel the CUDA that they need. The publisher must "
               "correct the label, or build all libraries with one CUDA.",
     .example = "torch/_C.cpython-311-x86_64-linux-gnu.so: its version says cu118, and its libraries are "
                "for CUDA 12: torch/_C.cpython-311-x86_64-linux-gnu.so needs libcudart.so.12"},
});

}  // namespace wheelfix::findings
