#include <wheelfix/host_cuda.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "cuda/driver.hpp"
#include "cuda/fake_driver.hpp"
#include "cuda/files.hpp"

using namespace wheelfix;
using namespace std::chrono_literals;
using test::FakeDriver;

namespace {

using Texts = std::vector<std::string>;

void write_all(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST_CASE("a driver is asked for its version and its GPUs") {
  FakeDriver fake;
  const auto host =
      fake.with("FAKE_CUDA", "12020").with("FAKE_GPUS", "9.0 NVIDIA H100 80GB HBM3;12.1 GB10").ask();
  CHECK(host.driver == DriverState::works);
  CHECK(host.driver_name == fake.library());
  CHECK(host.driver_library == fake.library());
  CHECK_FALSE(host.driver_is_hidden);
  CHECK(host.driver_cuda == CudaVersion{12, 2});
  CHECK(host.gpus ==
        std::vector<HostGpu>{{"NVIDIA H100 80GB HBM3", {9, 0}, 85899345920}, {"GB10", {12, 1}, 85899345920}});
  CHECK(host.not_asked == Texts{});
  CHECK_FALSE(host.kernel_driver);
  CHECK_FALSE(host.is_wsl);
  CHECK_FALSE(host.own_runtime);
}

TEST_CASE("a driver that refuses is reported with its own message, and its version is known anyway") {
  FakeDriver fake;
  fake.with("FAKE_CUDA", "13000").with("FAKE_GPUS", "9.0 H100");
  const auto said = [&](const std::string& error) {
    const auto host = fake.with("FAKE_INIT", error).ask();
    CHECK(host.driver_cuda == CudaVersion{13, 0});
    CHECK(host.gpus.empty());
    CHECK(host.driver == DriverState::refuses);
    CHECK(host.not_asked == Texts{});
    return host.driver_trouble;
  };
  CHECK(said("100") == "cuInit of the CUDA driver failed with error 100: no CUDA-capable device is detected");
  CHECK(said("803") ==
        "cuInit of the CUDA driver failed with error 803: system has unsupported display driver / cuda "
        "driver combination");
  CHECK(said("999") == "cuInit of the CUDA driver failed with error 999: unknown error");
  CHECK(said("12345") == "cuInit of the CUDA driver failed with error 12345: unknown error");
}

TEST_CASE("a driver that crashes, hangs or ends the process does no other harm") {
  FakeDriver fake;
  fake.with("FAKE_CUDA", "12040").with("FAKE_GPUS", "8.6 A;8.6 B");
  const auto crashed = fake.with("FAKE_INIT", "crash").ask();
  CHECK(crashed.driver == DriverState::unknown);
  CHECK(crashed.driver_cuda == CudaVersion{12, 4});
  CHECK(crashed.not_asked ==
        Texts{"the CUDA driver crashed while it was asked (signal 11, Segmentation fault)"});
  const auto hung = fake.with("FAKE_INIT", "hang").ask(250ms);
  CHECK(hung.driver_cuda == CudaVersion{12, 4});
  CHECK(hung.not_asked == Texts{"the CUDA driver did not answer within 0.25 seconds"});
  auto with_runtime = fake.with("FAKE_INIT", "crash").options();
  with_runtime.own_runtime = [] { return CudaRuntimeWord{}; };
  CHECK(ask_host_cuda(with_runtime).not_asked == crashed.not_asked);  // the runtime wasn't reached
  const auto left = fake.with("FAKE_INIT", "exit").ask();
  CHECK(left.not_asked == Texts{"the CUDA driver ended the process that asked it, with exit status 3"});
  const auto later = fake.with("FAKE_INIT", "0").with("FAKE_NAME", "crash").ask();
  CHECK(later.driver == DriverState::works);
  CHECK(later.gpus.empty());
  CHECK(later.not_asked == crashed.not_asked);
  const auto noisy = fake.with("FAKE_NAME", "0").with("FAKE_VERSION", "noise").ask(250ms);
  CHECK(noisy.not_asked == hung.not_asked);  // what it prints is discarded
}

TEST_CASE("a driver that is missing, or lacks a function, is reported") {
  const test::TempFolder folder;
  const auto missing =
      ask_host_cuda({.driver_libraries = {"libno_cuda.so.1", "/none/libcuda.so.1"}, .root = folder / "root"});
  CHECK(missing.driver_library.empty());
  CHECK_FALSE(missing.driver_cuda);
  CHECK(missing.driver == DriverState::absent);
  CHECK(missing.driver_trouble ==
        "libno_cuda.so.1: cannot open shared object file: No such file or directory");
  const auto broken = folder.write("libcuda.so.1", "no library");
  const auto damaged =
      ask_host_cuda({.driver_libraries = {"libno_cuda.so.1", broken.string()}, .root = folder / "root"});
  CHECK(damaged.driver == DriverState::absent);
  CHECK(damaged.driver_trouble == missing.driver_trouble + "; " + broken.string() + ": file too short");
  CHECK(missing.not_asked == Texts{});
  const FakeDriver old("-DFAKE_OLD");
  CHECK(old.ask().driver == DriverState::unknown);
  CHECK(old.ask().driver_library == old.library());
  CHECK(old.ask().not_asked == Texts{"the CUDA driver has no cuDeviceTotalMem_v2"});
}

TEST_CASE("the runtime that the program was built with is asked in the child too") {
  const test::TempFolder folder;
  HostCudaOptions options{.driver_libraries = {"libno_cuda.so.1"}, .root = folder / "root"};
  const CudaRuntimeWord word{{13, 0}, "CUDA driver version is insufficient for CUDA runtime version"};
  options.own_runtime = [word] { return word; };
  CHECK(ask_host_cuda(options).own_runtime == word);
  options.own_runtime = []() -> CudaRuntimeWord { std::abort(); };
  const auto host = ask_host_cuda(options);
  CHECK_FALSE(host.own_runtime);
  CHECK(host.driver == DriverState::absent);
  const std::string runtime = "the CUDA runtime that this program was built with";
  CHECK(host.not_asked == Texts{runtime + " crashed while it was asked (signal 6, Aborted)"});
  options.own_runtime = []() -> CudaRuntimeWord { std::_Exit(4); };
  CHECK(ask_host_cuda(options).not_asked ==
        Texts{runtime + " ended the process that asked it, with exit status 4"});
}

TEST_CASE("an answer that makes no sense is skipped") {
  HostCuda host;
  take_driver_answer(
      "cuda x\ncuda 12010 1\ngpu 9\ngpu 9 0 x\ngpu -\n\nword\nlibrary\nfailed a\x1b"
      "b\ngpu 9 0 1 \ncuda 120",
      host);
  CHECK_FALSE(host.driver_cuda);
  CHECK(host.driver == DriverState::unknown);
  CHECK(host.driver_library.empty());
  CHECK(host.not_asked == Texts{"a\\x1bb"});
  CHECK(host.gpus == std::vector<HostGpu>{{"", {9, 0}, 1}});
}

TEST_CASE("the kernel's driver is read from /proc") {
  const test::TempFolder folder;
  const auto file = folder / "proc/driver/nvidia/version";
  CHECK_FALSE(kernel_driver_version(folder.path()));
  write_all(file,
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC "
            "version: 12.3.0\n");
  CHECK(kernel_driver_version(folder.path()) == DriverVersion{{535, 104, 5}});
  write_all(file,
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (root@host)  "
            "Sun Jul 27\n");
  CHECK(kernel_driver_version(folder.path()) == DriverVersion{{580, 65, 6}});
  write_all(file, "NVRM version: unknown\n");
  CHECK_FALSE(kernel_driver_version(folder.path()));
}

TEST_CASE("runtimes and cuDNN are found in the loader's folders and CUDA's own, each file once") {
  const test::TempFolder folder;
  const auto lib = folder / "cuda/lib64", wsl = folder / "root/usr/lib/wsl/lib";
  write_all(lib / "libcudart.so.12.1.105", "");
  std::filesystem::create_symlink("libcudart.so.12.1.105", lib / "libcudart.so.12");
  std::filesystem::create_symlink("libcudart.so.12", lib / "libcudart.so");
  write_all(lib / "libcudart_static.a", "");
  write_all(lib / "libcudart.so.12.1.105.py", "");
  std::filesystem::create_symlink("missing", lib / "libcudart.so.11");
  write_all(folder / "more/libcudnn.so.9", "");
  write_all(wsl / "libcudnn.so.8.9.2", "");
  ::setenv("CUDA_HOME", (folder / "cuda").c_str(), 1);
  ::setenv("LD_LIBRARY_PATH", (folder / "more").c_str(), 1);
  const auto host =
      ask_host_cuda({.driver_libraries = {"libno_cuda.so.1"}, .root = folder / "root", .folders = {lib}});
  ::unsetenv("CUDA_HOME");
  ::unsetenv("LD_LIBRARY_PATH");
  CHECK(host.runtimes == std::vector<HostLibrary>{{lib / "libcudart.so.12", "12.1.105"}});
  CHECK(host.cudnn ==
        std::vector<HostLibrary>{{folder / "more/libcudnn.so.9", "9"}, {wsl / "libcudnn.so.8.9.2", "8.9.2"}});
  CHECK(host.is_wsl);
}
