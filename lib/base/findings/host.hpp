#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto host = std::to_array<FindingInfo>({
    {.code = FindingCode::host_no_driver,
     .name = "host-no-driver",
     .severities = error | note,
     .kind = breaks,
     .meaning = "No library of NVIDIA's driver can be loaded on this machine, so no CUDA call of the "
                "wheels works. An import that needs the driver's library is an `import-fails` as well.",
     .remedy = "Install NVIDIA's driver, in WSL2 that of Windows; run a container with NVIDIA's Container "
               "Toolkit and `--gpus all`. On a machine without an NVIDIA GPU, use wheels for the CPU.",
     .example = "no NVIDIA driver on this machine, so CUDA doesn't work: libcuda.so.1: cannot "
                "open shared object file: No such file or directory"},
    {.code = FindingCode::host_no_gpu,
     .name = "host-no-gpu",
     .severities = error | note,
     .kind = breaks,
     .meaning = "The driver is there, but finds no GPU, or refuses to start. The message ends with its own "
                "error, which programs that use CUDA get too.",
     .remedy = "See what `nvidia-smi` says. CUDA_VISIBLE_DEVICES in the environment may hide the GPUs, "
               "and after an update of the driver the machine must be restarted. In WSL2, update the "
               "driver of Windows, then run `wsl --shutdown`.",
     .example = "the NVIDIA driver finds no GPU that it can use, so CUDA doesn't work: no "
                "CUDA-capable device is detected"},
    {.code = FindingCode::host_driver_too_old,
     .name = "host-driver-too-old",
     .severities = error,
     .kind = breaks,
     .meaning = "The driver is for an older CUDA than the wheels. CUDA's runtime refuses to start, with "
                "the error that begins the message.",
     .remedy = "Update NVIDIA's driver, in WSL2 that of Windows: CUDA 11 needs 450.80.02 or later, CUDA "
               "12 needs 525.60.13, CUDA 13 needs 580. Or use wheels for the CUDA that the driver is for.",
     .example = "nvidia/cuda_runtime/lib/libcudart.so.12: CUDA driver version is insufficient for CUDA "
                "runtime version: the wheels are for CUDA 12.1, and this machine's NVIDIA driver "
                "470.57.02 is for CUDA 11.4"},
    {.code = FindingCode::host_no_kernel_image,
     .name = "host-no-kernel-image",
     .severities = error | warning | note,
     .kind = breaks,
     .hygiene_as = note,
     .meaning = "Libraries of the wheel have neither machine code nor PTX for a GPU of this machine, so "
                "their kernels fail on it with CUDA's error, which begins the message. An error if no "
                "library of the wheel has code for any GPU of the machine, a warning if none has code for "
                "one of several, and a note if only some libraries lack it.",
     .remedy = "Take a build of the wheel with the `sm_` that the hint names, or use another GPU. For a "
               "note, nothing to do unless the program uses that library; `wheelfix inspect WHEEL` shows "
               "which GPUs each library has code for.",
     .example = "torch/lib/libtorch_cuda.so: no kernel image is available for execution on the device: no "
                "library of the wheel has code for NVIDIA GeForce RTX 5090 (compute capability 12.0)"},
    {.code = FindingCode::host_ptx_too_new,
     .name = "host-ptx-too-new",
     .severities = warning,
     .kind = breaks,
     .meaning = "A library has no machine code for the GPU, only PTX that a newer CUDA made than the "
                "driver's. The driver can't compile it, and the library's kernels fail with CUDA's error, "
                "which ends the message.",
     .remedy = "Update NVIDIA's driver, or take a build of the wheel with machine code for the GPU, the "
               "`sm_` that the hint names.",
     .example = "torch/lib/libtorch_cuda.so: has only PTX for NVIDIA H100 (compute capability 9.0), by "
                "CUDA 12.8, and this machine's driver compiles that of CUDA 12.2 and older: the provided "
                "PTX was compiled with an unsupported toolchain"},
    {.code = FindingCode::host_cuda_fails,
     .name = "host-cuda-fails",
     .severities = warning,
     .kind = breaks,
     .meaning = "The driver finds GPUs, but the CUDA runtime that wheelfix was built with can't use them. "
                "Programs that use CUDA will likely fail with the same error.",
     .remedy = "See what `nvidia-smi` says, and look whether another program has the GPU in exclusive "
               "mode.",
     .example = "CUDA's runtime 12.2 finds no GPU here, although the driver has some: unknown error"},
    {.code = FindingCode::host_driver_path,
     .name = "host-driver-path",
     .severities = warning,
     .kind = breaks,
     .meaning = "The driver's `libcuda.so.1` is in a folder where the loader doesn't look, like "
                "`/usr/lib/wsl/lib` in WSL2. An import that needs it by its name is an `import-fails`.",
     .remedy = "Put the folder into LD_LIBRARY_PATH, or run `echo /usr/lib/wsl/lib | sudo tee "
               "/etc/ld.so.conf.d/wsl.conf && sudo ldconfig`.",
     .example = "the loader doesn't find libcuda.so.1 by its name, only /usr/lib/wsl/lib/libcuda.so.1 by "
                "its path"},
    {.code = FindingCode::host_library,
     .name = "host-library",
     .severities = note,
     .kind = hygiene,
     .meaning = "A wheel needs CUDA's runtime or cuDNN, which no given wheel has, and the machine has it. "
                "Whether the loader finds it there isn't checked.",
     .remedy = "Nothing to do if that library should be used; `wheelfix doctor --sysroot / WHEEL...` says "
               "whether the loader finds it. Otherwise give the wheel that has it.",
     .example = "torch/lib/libtorch_cuda.so: needs libcudart.so.12, which no given wheel has; this "
                "machine has it: /usr/local/cuda/lib64/libcudart.so.12 (CUDA 12.4.127)"},
    {.code = FindingCode::host_cuda,
     .name = "host-cuda",
     .severities = note,
     .kind = hygiene,
     .meaning = "What the machine has: the driver, the CUDA that it is for, and the GPUs; and which CUDA "
                "the wheels are for.",
     .remedy = "Nothing to do.",
     .example = "this machine has NVIDIA's driver 535.104.05 for CUDA 12.2, and NVIDIA H100 (compute "
                "capability 9.0); the wheels are for CUDA 12.1"},
    {.code = FindingCode::host_not_asked,
     .name = "host-not-asked",
     .severities = note,
     .kind = hygiene,
     .meaning = "Something about the machine could not be found out, and what depends on it wasn't "
                "checked: the driver crashed or didn't answer, wheelfix was built without the CUDA "
                "Toolkit, a static wheelfix has no `wheelfix-host` to load the driver, or the wheels are for "
                "another system.",
     .remedy = "Nothing to do for a wheelfix without the CUDA Toolkit, because the driver was asked. For a "
               "static wheelfix, use the programs of the release's archive, which has `wheelfix-host`. For "
               "wheels of another system, run `wheelfix doctor --host WHEEL...` there. If the driver "
               "crashed, see what `nvidia-smi` says.",
     .example = "CUDA's own runtime was not asked: this program was built without the CUDA Toolkit"},
});

}  // namespace wheelfix::findings
