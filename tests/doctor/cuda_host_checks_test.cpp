// Possible answers of machines, and wheels with the architectures of published ones.
#include "doctor/cuda_host_checks.hpp"

#include <doctest/doctest.h>

#include "cuda/fake_driver.hpp"
#include "cuda/fatbin_builder.hpp"
#include "doctor/made_libraries.hpp"
#include "doctor/wheel_set.hpp"

using namespace wheelfix;
using test::cuda_codes, test::library, test::MadeSet, test::only;

namespace {

using Archs = std::vector<std::string>;
using Codes = std::vector<std::string>;

const std::string core = "torch/lib/libtorch_cuda.so", linalg = "torch/lib/libtorch_cuda_linalg.so";
const Archs of_torch = {"sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"};
const CudaVersion cuda_12_2{12, 2};

HostGpu gpu(int major, int minor) {
  return {"GPU" + std::to_string(major * 10 + minor), {major, minor}, 1};
}

HostCuda machine(std::vector<HostGpu> gpus, CudaVersion cuda = cuda_12_2) {
  HostCuda host;
  host.driver = DriverState::works;
  host.kernel_driver = DriverVersion{{535, 104, 5}};
  host.driver_name = "libcuda.so.1";
  host.driver_library = "/usr/lib/libcuda.so.1";
  host.driver_cuda = cuda;
  host.gpus = std::move(gpus);
  host.own_runtime = CudaRuntimeWord{{12, 0}, ""};
  return host;
}

/// torch for CUDA 12.1 and the runtime that it needs.
MadeSet torch_set(const std::string& label = "") {
  MadeSet set;
  set.add({.name = "torch",
           .version = "2.1.0" + label,
           .files = {{core, library("libtorch_cuda.so", {"libcudart.so.12", "libcudnn.so.8"})},
                     {linalg, library("libtorch_cuda_linalg.so", {"libcudart.so.12"})}}});
  return set;
}

const MadeSet::Made runtime = {
    .name = "nvidia_cuda_runtime_cu12",
    .version = "12.1.105",
    .files = {{"nvidia/cuda_runtime/lib/libcudart.so.12", library("libcudart.so.12")}},
    .tag = "py3-none-manylinux_2_17_x86_64"};

std::vector<Finding> check(const MadeSet& made, const HostCuda& host,
                           const std::map<std::string, Archs>& archs = {{core, of_torch}, {linalg, of_torch}},
                           bool needs_gpu = true) {
  std::vector<WheelEdit> edits;
  for (const auto& path : made.paths()) edits.emplace_back(Wheel::open(path));
  const auto set = read_wheel_set(edits, Layout::parse("shared"));
  for (auto& wheel : set->libraries) {
    for (auto& library : wheel.libraries)
      if (const auto found = archs.find(library.path); found != archs.end())
        library.cuda_archs = found->second;
  }
  return check_host_cuda(*set, read_cuda_wheels(*set), host, needs_gpu);
}

Finding only_of(const MadeSet& made, const HostCuda& host, const std::map<std::string, Archs>& archs,
                const std::string& code) {
  return only(check(made, host, archs), code);
}

}  // namespace

TEST_CASE("a machine that fits the wheels is described with their CUDA, and nothing else is reported") {
  auto set = torch_set();
  set.add(runtime);
  const auto findings = check(set, machine({gpu(8, 0), gpu(9, 0), gpu(9, 0)}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == FindingCode::host_cuda);
  CHECK(findings[0].severity == Severity::note);
  CHECK_FALSE(findings[0].wheel);
  CHECK(findings[0].message ==
        "this machine has NVIDIA's driver 535.104.05 for CUDA 12.2, and GPU80 (compute capability 8.0), 2 x "
        "GPU90 (compute capability 9.0); the wheels are for CUDA 12.1");
}

TEST_CASE("wheels without CUDA have no findings on any machine") {
  MadeSet set;
  set.add({.name = "demo", .files = {{"demo/libdemo.so", library("libdemo.so", {"libc.so.6"})}}});
  HostCuda host;
  host.driver = DriverState::absent;
  CHECK(check(set, host).empty());
  CHECK(check(set, machine({gpu(9, 0)})).empty());
}

TEST_CASE("a machine without a driver is one finding, which says how to get it") {
  HostCuda host;
  host.driver = DriverState::absent;
  host.driver_trouble = "libcuda.so.1: cannot open shared object file: No such file or directory";
  host.not_asked = {"something"};
  const auto found = [&] {
    const auto findings = check(torch_set(), host);
    CHECK(findings.size() == 1);
    return only(findings, "host-no-driver");
  };
  CHECK(found().severity == Severity::error);
  CHECK_FALSE(found().wheel);
  CHECK(found().message ==
        "no NVIDIA driver on this machine, so CUDA doesn't work for torch, built for CUDA 12: "
        "libcuda.so.1: cannot open shared object file: No such file or directory");
  CHECK(found().hint ==
        "install NVIDIA's driver; on a machine without an NVIDIA GPU, use wheels for the CPU");
  const auto unneeded = check(torch_set(), host, {}, false);
  REQUIRE(unneeded.size() == 1);
  CHECK(unneeded[0].severity == Severity::note);
  host.kernel_driver = DriverVersion{{535, 104, 5}};
  CHECK(found().hint.find("`--gpus all`") != std::string::npos);
  host.is_wsl = true;
  CHECK(found().hint.starts_with("in WSL2 the driver is that of Windows"));
}

TEST_CASE("a driver that has no GPU, or that refuses, is reported with its own message") {
  auto host = machine({});
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"host-no-gpu"});
  CHECK(only_of(torch_set(), host, {}, "host-no-gpu").message ==
        "the NVIDIA driver finds no GPU that it can use, so CUDA doesn't work: no CUDA-capable "
        "device is detected");
  host.driver = DriverState::refuses;
  host.driver_trouble =
      "cuInit of the CUDA driver failed with error 803: system has unsupported display driver";
  const auto refused = only_of(torch_set(), host, {}, "host-no-gpu");
  CHECK(refused.severity == Severity::error);
  CHECK(refused.message.ends_with(host.driver_trouble));
  // A driver that crashed before it listed GPUs isn't reported as having no GPU.
  host.driver = DriverState::works;
  host.not_asked = {"the CUDA driver crashed"};
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"host-not-asked"});
  host.driver = DriverState::unknown;
  const auto unknown = only_of(torch_set(), host, {}, "host-not-asked");
  CHECK(unknown.severity == Severity::note);
  CHECK(unknown.message == "the CUDA driver crashed");
}

TEST_CASE("a driver that is too old for the wheels' runtime is reported with CUDA's message") {
  auto set = torch_set();
  set.add(runtime);
  auto host = machine({gpu(9, 0)}, {11, 4});
  host.kernel_driver = DriverVersion{{470, 57, 2}};
  const auto found = only_of(set, host, {}, "host-driver-too-old");
  CHECK(found.severity == Severity::error);
  CHECK(found.wheel == set.paths()[1].string());
  CHECK(found.path == "nvidia/cuda_runtime/lib/libcudart.so.12");
  CHECK(
      found.message ==
      "CUDA driver version is insufficient for CUDA runtime version: the wheels are for CUDA 12.1, and this "
      "machine's NVIDIA driver 470.57.02 is for CUDA 11.4");
  CHECK(found.hint == "update the NVIDIA driver to 525.60.13 or later, or use wheels for CUDA 11");
  host.is_wsl = true;
  CHECK(
      only_of(set, host, {}, "host-driver-too-old").hint.starts_with("update the NVIDIA driver of Windows"));
  // From torch's name or its libraries, if the runtime isn't given.
  CHECK(only_of(torch_set("+cu126"), host, {}, "host-driver-too-old").message.find("CUDA 12.6") !=
        std::string::npos);
  CHECK(only_of(torch_set(), host, {}, "host-driver-too-old").message.find("for CUDA 12,") !=
        std::string::npos);
  // Newer, or of the same major with the driver that CUDA 12 requires.
  CHECK(cuda_codes(check(set, machine({gpu(9, 0)}, {13, 0}))) == Codes{"host-cuda"});
  CHECK(cuda_codes(check(set, machine({gpu(9, 0)}, {12, 0}))) == Codes{"host-cuda"});
}

TEST_CASE("a GPU that no library has code for is reported with CUDA's message") {
  const auto set = torch_set();
  const auto found = only_of(set, machine({gpu(12, 0)}), {{core, of_torch}, {linalg, {"sm_80", "sm_90"}}},
                             "host-no-kernel-image");
  CHECK(found.severity == Severity::error);
  CHECK(found.wheel == set.paths()[0].string());
  CHECK(found.path == core);
  CHECK(found.message ==
        "no kernel image is available for execution on the device: no library of the wheel has code for "
        "GPU120 (compute capability 12.0)");
  CHECK(found.hint ==
        "it has sm_50, sm_60, sm_70, sm_75, sm_80, sm_86, sm_90: take a build of torch with sm_120, which is "
        "made since CUDA 12.8");
  CHECK(only_of(set, machine({gpu(11, 0)}), {{core, of_torch}}, "host-no-kernel-image")
            .hint.ends_with(": take a build of torch with sm_110, which is made since CUDA 13.0"));
  const auto old =
      only_of(set, machine({gpu(6, 1)}), {{core, {"sm_75", "sm_80", "compute_90"}}}, "host-no-kernel-image");
  CHECK(old.hint ==
        "it has sm_75, sm_80, compute_90: take a build of torch with sm_61, an older one or one for an older "
        "CUDA");
  // Next to a GPU that runs it.
  CHECK(only_of(set, machine({gpu(9, 0), gpu(12, 0)}), {{core, of_torch}}, "host-no-kernel-image").severity ==
        Severity::warning);
  // PTX works for newer ones; code for 8.0 runs on 8.9.
  CHECK(cuda_codes(check(set, machine({gpu(12, 0)}), {{core, {"sm_90", "compute_90"}}})) ==
        Codes{"host-cuda"});
  CHECK(cuda_codes(check(set, machine({gpu(8, 9)}), {{core, {"sm_80"}}})) == Codes{"host-cuda"});
}

TEST_CASE("a single library without code for the GPU is a note, because it may be for other GPUs") {
  const auto found = only_of(torch_set(), machine({gpu(8, 0)}), {{core, of_torch}, {linalg, {"sm_90a"}}},
                             "host-no-kernel-image");
  CHECK(found.severity == Severity::note);
  CHECK(found.path == linalg);
  CHECK(found.hint == "it has sm_90a: only its own functions fail");
  // Like libcufftw.so.11 next to libcufft.so.11.
  CHECK(cuda_codes(check(torch_set(), machine({gpu(9, 0)}), {{core, of_torch}, {linalg, {"sm_52"}}})) ==
        Codes{"host-cuda"});
  CHECK(only_of(torch_set(), machine({gpu(9, 0)}), {{core, {"sm_52"}}, {linalg, {"sm_52"}}},
                "host-no-kernel-image")
            .severity == Severity::error);
}

TEST_CASE("PTX of a newer CUDA than the driver's is reported if there is nothing else for the GPU") {
  const std::map<std::string, Archs> ptx = {{core, {"sm_80", "compute_80"}}};
  const auto found = only_of(torch_set("+cu128"), machine({gpu(9, 0)}), ptx, "host-ptx-too-new");
  CHECK(found.severity == Severity::warning);
  CHECK(found.path == core);
  CHECK(found.message ==
        "has only PTX for GPU90 (compute capability 9.0), by CUDA 12.8, and this machine's driver compiles "
        "that of CUDA 12.2 and older: the provided PTX was compiled with an unsupported toolchain.");
  CHECK(cuda_codes(check(torch_set("+cu121"), machine({gpu(9, 0)}), ptx)) == Codes{"host-cuda"});
  CHECK(cuda_codes(check(torch_set("+cu128"), machine({gpu(8, 6)}), ptx)) == Codes{"host-cuda"});
  CHECK(cuda_codes(check(torch_set(), machine({gpu(9, 0)}), ptx)) == Codes{"host-cuda"});
}

TEST_CASE("what no wheel has is looked for among the machine's libraries") {
  auto host = machine({gpu(9, 0)});
  host.runtimes = {{"/usr/local/cuda/lib64/libcudart.so.12", "12.4.127"}};
  const auto findings = check(torch_set(), host);
  CHECK(cuda_codes(findings) == Codes{"host-cuda", "host-library"});
  CHECK(only(findings, "host-library").message ==
        "needs libcudart.so.12, which no given wheel has; this machine has it: "
        "/usr/local/cuda/lib64/libcudart.so.12 (CUDA 12.4.127)");
  host.runtimes = {};
  host.cudnn = {{"/usr/lib/libcudnn.so.9", "9.1.0"}};
  const auto other = only_of(torch_set(), host, {}, "cudnn-mismatch");
  CHECK(other.severity == Severity::warning);
  CHECK(other.path == core);
  CHECK(other.message ==
        "is for cuDNN 8, which no given wheel has, and this machine has cuDNN 9.1.0: "
        "torch/lib/libtorch_cuda.so needs libcudnn.so.8, and there is /usr/lib/libcudnn.so.9");
  // A wheel that has it comes first.
  host.runtimes = {{"/usr/local/cuda/lib64/libcudart.so.11.0", "11.8"}};
  host.cudnn = {};
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"cuda-mismatch", "host-cuda"});
  auto whole = torch_set();
  whole.add(runtime);
  CHECK(cuda_codes(check(whole, host)) == Codes{"host-cuda"});
}

TEST_CASE("CUDA's own runtime is believed if the driver fits it, and its absence from the build is noted") {
  auto host = machine({gpu(9, 0)});
  host.own_runtime = CudaRuntimeWord{{12, 2}, "unknown error"};
  CHECK(only_of(torch_set(), host, {}, "host-cuda-fails").message ==
        "CUDA's runtime 12.2 finds no GPU here, although the driver has some: unknown error");
  host.own_runtime = CudaRuntimeWord{{13, 0}, std::string(insufficient_driver)};
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"host-cuda"});
  host.own_runtime.reset();
  CHECK(only_of(torch_set(), host, {}, "host-not-asked").message ==
        "CUDA's own runtime was not asked: this program was built without the CUDA Toolkit");
}

TEST_CASE("a driver that is found only by its path is reported in WSL2") {
  auto host = machine({gpu(8, 9)});
  host.is_wsl = true;
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"host-cuda"});
  host.driver_name = "/usr/lib/wsl/lib/libcuda.so.1";
  host.driver_is_hidden = true;
  CHECK(cuda_codes(check(torch_set(), host)) == Codes{"host-cuda", "host-driver-path"});
}

TEST_CASE("wheels for Windows aren't compared with a machine that runs Linux") {
  MadeSet set;
  set.add({.name = "torch", .version = "2.1.0+cu121", .tag = "cp311-cp311-win_amd64"});
  CHECK(cuda_codes(check(set, machine({}))) == Codes{"host-not-asked"});
}

TEST_CASE("a module that needs the driver fails without one, and with one the note is gone") {
  MadeSet set;
  const std::string entry = "demo/_C.cpython-311-x86_64-linux-gnu.so";
  set.add({.name = "demo", .files = {{entry, library("", {"libcuda.so.1", "libc.so.6"})}}});
  CHECK(test::codes(set.examine()) == Codes{"needs-driver"});

  const auto without = set.examine({.host = HostCudaOptions{.driver_libraries = {"libno_cuda.so.1"}}});
  REQUIRE(test::codes(without) == Codes{"import-fails", "host-no-driver"});
  CHECK(without[0].severity == Severity::error);
  CHECK(without[0].path == entry);
  CHECK(without[0].message == "libcuda.so.1: cannot open shared object file: No such file or directory");
  CHECK(without[0].hint ==
        "needed by " + entry + "; it comes with the NVIDIA driver, which this machine doesn't have");

  test::FakeDriver fake;
  fake.with("FAKE_CUDA", "12040").with("FAKE_GPUS", "9.0 H100");
  const auto with = set.examine({.host = fake.options()});
  REQUIRE(test::codes(with) == Codes{"host-not-asked", "host-cuda"});
  CHECK(with[1].message ==
        "this machine has NVIDIA's driver for CUDA 12.4, and H100 (compute capability 9.0)");
  // Only a path leads to it, like in WSL2.
  auto hidden = fake.options();
  hidden.driver_libraries.insert(hidden.driver_libraries.begin(), "libno_cuda.so.1");
  const auto out_of_reach = set.examine({.host = hidden});
  REQUIRE(test::codes(out_of_reach) ==
          Codes{"import-fails", "host-driver-path", "host-not-asked", "host-cuda"});
  CHECK(out_of_reach[0].message == without[0].message);
  CHECK(out_of_reach[0].hint == "needed by " + entry +
                                    "; it comes with the NVIDIA driver, and the loader doesn't look where "
                                    "that is: " +
                                    fake.library().string());
  // If the driver is unknown, it stays a note.
  fake.with("FAKE_INIT", "crash");
  CHECK(test::codes(set.examine({.host = fake.options()})) == Codes{"needs-driver", "host-not-asked"});
}

TEST_CASE("GPU code is read from the libraries only if the machine is asked") {
  const test::TempFolder folder;
  const auto code = folder.write("code.fatbin", test::fatbin({{.arch = 50}}));
  const auto source =
      R"(__asm__(".section .nv_fatbin,\"a\"\n.incbin \")" + code.string() + R"(\"\n.previous\n");)";
  MadeSet set;
  set.add({.name = "demo", .files = {{"demo/libdemo.so", test::compiled_library(folder, source, "")}}});
  CHECK(set.examine().empty());
  test::FakeDriver fake;
  fake.with("FAKE_CUDA", "12040").with("FAKE_GPUS", "9.0 H100");
  const auto findings = set.examine({.host = fake.options()});
  CHECK(only(findings, "host-no-kernel-image").hint.starts_with("it has sm_50: "));
}
