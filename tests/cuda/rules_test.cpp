#include <wheelfix/cuda.hpp>

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

bool runs(const char* arch, CudaVersion gpu) {
  const auto parsed = parse_cuda_arch(arch);
  REQUIRE(parsed);
  return runs_on(*parsed, gpu);
}

DriverFit fit(const char* runtime, const char* driver, const char* kernel_driver = "") {
  return driver_fit(*parse_cuda_version(runtime), *parse_cuda_version(driver),
                    parse_driver_version(kernel_driver));
}

}  // namespace

TEST_CASE("versions of CUDA and of drivers are read and written") {
  CHECK(parse_cuda_version("12") == CudaVersion{12, 0});
  CHECK(parse_cuda_version("12.1") == CudaVersion{12, 1});
  CHECK(parse_cuda_version("11.8.89") == CudaVersion{11, 8});
  CHECK(CudaVersion{9, 2} < CudaVersion{10, 0});
  CHECK(to_string(CudaVersion{12, 10}) == "12.10");
  for (const auto* text : {"", "12.", ".1", "x", "12.1.0.0", "-1", "+1", "99999999999", "12 "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cuda_version(text));
    CHECK_FALSE(parse_driver_version(text));
  }
  for (const auto* text : {"450.80.02", "525.60.13", "580.65", "535.104.05", "390.157"})
    CHECK(to_string(*parse_driver_version(text)) == text);
  CHECK(*parse_driver_version("525.105.17") > *parse_driver_version("525.60.13"));
  CHECK(*parse_driver_version("580.65.06") > *oldest_driver(13));
}

TEST_CASE("architectures are read") {
  CHECK(parse_cuda_arch("sm_90a") == CudaArch{CudaArch::Kind::machine_code, {9, 0}, CudaArch::Reach::exact});
  CHECK(parse_cuda_arch("compute_103f") == CudaArch{CudaArch::Kind::ptx, {10, 3}, CudaArch::Reach::family});
  CHECK(parse_cuda_arch("sm_86") == CudaArch{CudaArch::Kind::machine_code, {8, 6}, CudaArch::Reach::forward});
  CHECK(parse_cuda_arch("sm_120") ==
        CudaArch{CudaArch::Kind::machine_code, {12, 0}, CudaArch::Reach::forward});
  for (const auto* text :
       {"", "sm_", "sm_9", "sm_a", "sm_90b", "sm_9.0", "gfx90a", "compute_", "sm_12345", "sm_+90"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cuda_arch(text));
  }
}

// NVIDIA, CUDA Programming Guide: "Binary Compatibility".
TEST_CASE("machine code runs on GPUs of its major number with the same minor number or a higher one") {
  CHECK(runs("sm_80", {8, 0}));
  CHECK(runs("sm_80", {8, 6}));
  CHECK(runs("sm_86", {8, 9}));
  CHECK_FALSE(runs("sm_86", {8, 0}));
  CHECK_FALSE(runs("sm_89", {8, 6}));
  CHECK_FALSE(runs("sm_80", {9, 0}));
  CHECK_FALSE(runs("sm_90", {8, 9}));
  CHECK_FALSE(runs("sm_90", {10, 0}));
  CHECK(runs("sm_70", {7, 5}));
  CHECK(runs("sm_120", {12, 1}));
  CHECK_FALSE(runs("sm_100", {12, 0}));
}

TEST_CASE("machine code for Jetson runs only on that GPU, which runs no other") {
  CHECK(runs("sm_87", {8, 7}));
  CHECK_FALSE(runs("sm_87", {8, 9}));
  CHECK_FALSE(runs("sm_86", {8, 7}));
  CHECK_FALSE(runs("sm_70", {7, 2}));
  CHECK(runs("compute_80", {8, 7}));
}

// The same guide: "PTX Compatibility", "Architecture-Specific Features", "Family-Specific Features".
TEST_CASE("PTX runs on its GPU and all newer ones, unless a letter limits that") {
  CHECK(runs("compute_90", {9, 0}));
  CHECK(runs("compute_50", {12, 0}));
  CHECK_FALSE(runs("compute_90", {8, 9}));
  CHECK_FALSE(runs("compute_89", {8, 6}));
  CHECK(runs("compute_90a", {9, 0}));
  CHECK_FALSE(runs("compute_90a", {10, 0}));
  CHECK(runs("compute_100f", {10, 3}));
  CHECK_FALSE(runs("compute_100f", {11, 0}));
  CHECK_FALSE(runs("compute_100f", {12, 0}));
}

TEST_CASE("machine code with a letter runs on one GPU, or on its family") {
  CHECK(runs("sm_90a", {9, 0}));
  CHECK_FALSE(runs("sm_100a", {10, 3}));
  CHECK(runs("sm_100f", {10, 0}));
  CHECK(runs("sm_100f", {10, 3}));
  CHECK_FALSE(runs("sm_103f", {10, 0}));
  CHECK(runs("sm_100f", {10, 7}));
  CHECK_FALSE(runs("sm_100f", {10, 1}));
  CHECK(runs("sm_110f", {11, 0}));
  CHECK(runs("sm_120f", {12, 1}));
  CHECK_FALSE(runs("sm_121f", {12, 0}));
  CHECK_FALSE(runs("sm_120f", {10, 0}));
}

// NVIDIA, the release notes of CUDA 13.0: SM101 has been renumbered as SM110.
TEST_CASE("10.1 is what CUDA 12 called 11.0, from the driver and in code") {
  CHECK(runs("sm_101", {11, 0}));
  CHECK(runs("sm_110", {10, 1}));
  CHECK(runs("sm_101a", {11, 0}));
  CHECK(runs("sm_101f", {10, 1}));
  CHECK(runs("compute_101", {11, 0}));
  CHECK_FALSE(runs("sm_101", {10, 3}));
  CHECK_FALSE(runs("sm_101f", {10, 3}));
  CHECK_FALSE(runs("sm_100", {10, 1}));
  CHECK_FALSE(runs("sm_100f", {11, 0}));
}

TEST_CASE("a GPU prefers machine code to PTX, and there may be neither") {
  const std::vector<std::string> archs = {"sm_50", "sm_60", "sm_70", "sm_75",
                                          "sm_80", "sm_86", "sm_90", "compute_90"};
  CHECK(kernel_image(archs, {8, 9}) == KernelImage::machine_code);
  CHECK(kernel_image(archs, {9, 0}) == KernelImage::machine_code);
  CHECK(kernel_image(archs, {12, 0}) == KernelImage::ptx);
  CHECK(kernel_image(archs, {3, 7}) == KernelImage::none);
  CHECK(kernel_image({"sm_80", "sm_90a"}, {12, 0}) == KernelImage::none);
  CHECK(kernel_image({"compute_90", "sm_90"}, {9, 0}) == KernelImage::machine_code);
  CHECK(kernel_image({}, {9, 0}) == KernelImage::none);
  CHECK(kernel_image({"sm_?", "gfx90a"}, {9, 0}) == KernelImage::none);
}

// NVIDIA, CUDA Compatibility: "Minor Version Compatibility", table 1.
TEST_CASE("a driver that knows a newer CUDA takes every runtime") {
  CHECK(fit("11.8", "12.2", "535.104.05") == DriverFit::newer);
  CHECK(fit("12.2", "12.2") == DriverFit::newer);
  CHECK(fit("10.2", "13.0") == DriverFit::newer);
}

TEST_CASE("from CUDA 11 on a driver of the same major takes newer runtimes, if it isn't too old") {
  CHECK(fit("11.8", "11.0", "450.80.02") == DriverFit::same_major);
  CHECK(fit("11.1", "11.0", "450.36.06") == DriverFit::insufficient);
  CHECK(fit("12.9", "12.0", "525.60.13") == DriverFit::same_major);
  CHECK(fit("12.1", "12.0", "525.60.04") == DriverFit::insufficient);
  CHECK(fit("13.1", "13.0", "580.65.06") == DriverFit::same_major);
  CHECK(fit("13.1", "13.0") == DriverFit::same_major);
  CHECK(fit("12.0", "11.8", "520.61.05") == DriverFit::insufficient);
  CHECK(fit("13.0", "12.9", "575.51.03") == DriverFit::insufficient);
}

TEST_CASE("before CUDA 11 a driver must know the runtime's version") {
  CHECK(fit("10.2", "10.1", "418.39") == DriverFit::insufficient);
  CHECK(fit("10.1", "10.1", "418.39") == DriverFit::newer);
}
