// Wheels like torch's, torchvision's and NVIDIA's, with stubs for libraries.
#include "doctor/cuda_checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "binary/pe_builder.hpp"
#include "doctor/wheel_set.hpp"

using namespace wheelfix;
using test::cuda_codes, test::library, test::MadeSet, test::only;

namespace {

using Codes = std::vector<std::string>;
using Made = MadeSet::Made;

const std::string module = "/_C.cpython-311-x86_64-linux-gnu.so";
const std::string any_linux = "py3-none-manylinux_2_17_x86_64";

/// A wheel with a module that needs these libraries, which NVIDIA's wheels have.
Made needing(const std::string& name, const std::vector<std::string>& needed,
             const std::string& version = "1.0") {
  std::vector<std::string> folders;
  for (const auto* part : {"cuda_runtime", "cudnn", "cublas"})
    folders.push_back(std::string("$ORIGIN/../nvidia/") + part + "/lib");
  return {.name = name, .version = version, .files = {{name + module, library("", needed, folders)}}};
}

/// One of NVIDIA's wheels.
Made giving(const std::string& name, const std::string& version, const std::string& part,
            const std::string& soname) {
  return {.name = name,
          .version = version,
          .files = {{"nvidia/" + part + "/lib/" + soname, library(soname)}},
          .tag = any_linux};
}

Made runtime(int major) {
  return giving("nvidia_cuda_runtime_cu" + std::to_string(major), std::to_string(major) + ".1.105",
                "cuda_runtime", major == 11 ? "libcudart.so.11.0" : "libcudart.so." + std::to_string(major));
}

Made cudnn(int major) {
  return giving("nvidia_cudnn_cu12", std::to_string(major) + ".1.0", "cudnn",
                "libcudnn.so." + std::to_string(major));
}

}  // namespace

TEST_CASE("wheels that are all for one CUDA and one cuDNN have no findings") {
  MadeSet set;
  auto torch = needing("torch", {"libcudart.so.12", "libcudnn.so.8", "libc.so.6"}, "2.1.0+cu121");
  torch.required = {"nvidia-cuda-nvrtc-cu12", "nvidia-cuda-runtime-cu12 (==12.1.105)",
                    "nvidia-cudnn-cu12 (==8.1.0)", "filelock"};
  set.add(torch).add(runtime(12)).add(cudnn(8)).add(needing("vision", {"libcudart.so.12"}));
  set.add({.name = "filelock", .files = {{"filelock.py", ""}}, .tag = "py3-none-any"});
  CHECK(set.examine() == std::vector<Finding>{});
}

TEST_CASE("a wheel for CUDA 11 among wheels for 12 can't be loaded, and both wheels are named") {
  MadeSet set;
  set.add(needing("torch", {"libcudart.so.12"})).add(runtime(12));
  set.add(needing("vision", {"libc10.so", "libcublas.so.11", "libcudart.so.11.0"}, "0.16+cu118"));
  const auto findings = set.examine();
  CHECK(cuda_codes(findings) == Codes{"cuda-mismatch"});
  const auto found = only(findings, "cuda-mismatch");
  CHECK(found.severity == Severity::error);
  CHECK(found.wheel == set.paths()[2].string());
  CHECK(found.path == "vision" + module);
  CHECK(found.message ==
        "is for CUDA 11, and the wheels given have CUDA 12: vision/_C.cpython-311-x86_64-linux-gnu.so needs "
        "libcublas.so.11, and nvidia_cuda_runtime_cu12-12.1.105-py3-none-manylinux_2_17_x86_64.whl has "
        "nvidia/cuda_runtime/lib/libcudart.so.12");
  CHECK(found.hint ==
        "take a build of vision for CUDA 12, or give CUDA 11 in place of nvidia_cuda_runtime_cu12");

  auto flow = needing("flow", {"libcudart.so.12"});
  flow.required = {"nvidia-cuda-nvrtc-cu12==12.1", "nvidia-cuda-runtime-cu12==12.1"};
  MadeSet requiring;
  requiring.add(flow).add(runtime(11));
  CHECK(only(requiring.examine(), "cuda-mismatch")
            .hint.ends_with(
                "in place of nvidia_cuda_runtime_cu11: it requires nvidia-cuda-runtime-cu12==12.1"));
  // What nothing is known to load.
  MadeSet plugin;
  plugin.add(runtime(12))
      .add({.name = "onnx",
            .files = {{"onnx/libonnx_cuda.so", library("", {"libcudart.so.11.0"})}},
            .tag = any_linux});
  CHECK(only(plugin.examine(), "cuda-mismatch").severity == Severity::warning);
}

TEST_CASE("a wheel with its own CUDA, under any names, needs no other wheel's") {
  MadeSet set;
  set.add(runtime(12));
  set.add({.name = "torch",
           .files = {{"torch" + module, library("", {"libcudart-9335f6a2.so.12"}, {"$ORIGIN/lib"})},
                     {"torch/lib/libcudart-9335f6a2.so.12", library("libcudart-9335f6a2.so.12")}}});
  CHECK(set.examine() == std::vector<Finding>{});
}

TEST_CASE("a wheel with libraries for several majors of CUDA uses the one in the set") {
  MadeSet set;
  set.add(runtime(12)).add(needing("torch", {"libcudart.so.12"}));
  set.add({.name = "bits",
           .files = {{"bits/libbits_cuda118.so", library("", {"libcudart.so.11.0"})},
                     {"bits/libbits_cuda121.so", library("", {"libcudart.so.12"})}},
           .tag = any_linux});
  CHECK(cuda_codes(set.examine()) == Codes{});

  MadeSet newer;
  newer.add({.name = "torch", .version = "2.9+cu130"});
  newer.add({.name = "bits",
             .files = {{"bits/libbits_cuda118.so", library("", {"libcudart.so.11.0"})},
                       {"bits/libbits_cuda121.so", library("", {"libcudart.so.12"})}},
             .tag = any_linux});
  CHECK(cuda_codes(newer.examine()) == Codes{});
}

TEST_CASE("cuDNN of another major than the needed one is reported, older or newer") {
  for (const auto& [wanted, given] : {std::pair(8, 9), std::pair(9, 8)}) {
    MadeSet set;
    const auto soname = "libcudnn.so." + std::to_string(wanted);
    auto torch = needing("torch", {"libcudart.so.12", soname});
    torch.required = {"nvidia-cudnn-cu12==" + std::to_string(wanted) + ".9.2.26"};
    set.add(torch).add(runtime(12)).add(cudnn(given));
    const auto findings = set.examine();
    CHECK(cuda_codes(findings) == Codes{"cudnn-mismatch"});
    const auto found = only(findings, "cudnn-mismatch");
    CHECK(found.severity == Severity::error);
    CHECK(found.message.starts_with("is for cuDNN " + std::to_string(wanted) +
                                    ", and the wheels given have cuDNN " + std::to_string(given) + ": "));
    CHECK(found.hint == "take a build of torch for cuDNN " + std::to_string(given) + ", or give cuDNN " +
                            std::to_string(wanted) + " in place of nvidia_cudnn_cu12: it requires " +
                            torch.required[0]);
  }
}

TEST_CASE("cuDNN that code loads by itself is known by what the wheel requires") {
  const auto found = [](const std::string& required, const std::vector<int>& given) {
    MadeSet set;
    set.add({.name = "flow", .files = {{"flow.py", ""}}, .required = {required}, .tag = "py3-none-any"});
    for (const int major : given) {
      auto made = cudnn(major);
      if (given.size() > 1) made.name += "x" + std::to_string(major);
      set.add(made);
    }
    return set.examine();
  };
  CHECK(only(found("nvidia-cudnn-cu12==8.9.2", {9}), "cudnn-mismatch").severity == Severity::warning);
  CHECK(cuda_codes(found("nvidia-cudnn-cu12==9.1", {9})) == Codes{});
  CHECK(cuda_codes(found("nvidia-cudnn-cu12>=8.9", {9})) == Codes{});
  CHECK(cuda_codes(found("nvidia-cudnn-cu12==8.9.2 ; extra == 'old'", {9})) == Codes{});
  CHECK(cuda_codes(found("nvidia-cudnn-cu12==8.9.2", {8, 9})) == Codes{});
  CHECK(cuda_codes(found("nvidia-cudnn-cu12==8.9.2", {})) == Codes{});
}

TEST_CASE("two majors of CUDA in one set are reported once") {
  MadeSet set;
  set.add(needing("torch", {"libcudart.so.12"})).add(runtime(11)).add(runtime(12));
  set.add(needing("vision", {"libcudart.so.11.0"})).add(cudnn(9));
  const auto findings = set.examine();
  CHECK(cuda_codes(findings) == Codes{"two-cuda-majors"});
  const auto found = only(findings, "two-cuda-majors");
  CHECK(found.severity == Severity::warning);
  CHECK(found.wheel == set.paths()[3].string());
  CHECK(found.path == "vision" + module);
  CHECK(found.message ==
        "two majors of CUDA in one set: for CUDA 11 are vision-1.0-cp311-cp311-manylinux_2_17_x86_64.whl "
        "(vision/_C.cpython-311-x86_64-linux-gnu.so needs libcudart.so.11.0) and another; for CUDA 12 are "
        "torch-1.0-cp311-cp311-manylinux_2_17_x86_64.whl (torch/_C.cpython-311-x86_64-linux-gnu.so needs "
        "libcudart.so.12) and 2 others");
  CHECK(found.hint ==
        "one process may get the libraries of both, which don't work together: use wheels for CUDA 12 "
        "instead of those for 11, or import them in separate processes");

  MadeSet stray;
  stray.add(runtime(11)).add(needing("torch", {"libcudart.so.12"})).add(runtime(12));
  CHECK(only(stray.examine(), "two-cuda-majors").hint.ends_with("or leave out what nothing needs"));
}

TEST_CASE("the majors of a mismatch are not reported again") {
  MadeSet set;
  set.add(needing("torch", {"libcudart.so.12"})).add(cudnn(9)).add(runtime(13));
  CHECK(cuda_codes(set.examine()) == Codes{"cuda-mismatch"});
}

TEST_CASE("a wheel whose name or version says another CUDA counts, whether or not its libraries say it too") {
  MadeSet set;
  set.add(needing("torch", {"libcudart.so.12"})).add(runtime(12));
  set.add({.name = "nvidia_nccl_cu11",
           .files = {{"nvidia/nccl/lib/libnccl.so.2", library("libnccl.so.2")}},
           .tag = any_linux});
  CHECK(only(set.examine(), "two-cuda-majors").message.find("(its name says cu11)") != std::string::npos);

  MadeSet tie;
  tie.add({.name = "a", .version = "1.0+cu118"}).add({.name = "b", .version = "1.0+cu130"});
  CHECK(only(tie.examine(), "two-cuda-majors").message ==
        "two majors of CUDA in one set: for CUDA 11 is a-1.0+cu118-cp311-cp311-manylinux_2_17_x86_64.whl "
        "(its version says cu118); for CUDA 13 is b-1.0+cu130-cp311-cp311-manylinux_2_17_x86_64.whl (its "
        "version says cu130)");

  MadeSet cpu;
  cpu.add({.name = "a", .version = "1.0+cpu"}).add({.name = "b", .version = "1.0+cu130"});
  CHECK(cuda_codes(cpu.examine()) == Codes{});
}

TEST_CASE("what a wheel requires shows its CUDA, also under the names since CUDA 13") {
  const auto found = [](const std::string& required) {
    MadeSet set;
    set.add({.name = "flow", .files = {{"flow.py", ""}}, .required = {required}, .tag = "py3-none-any"});
    return cuda_codes(set.add(runtime(12)).examine());
  };
  CHECK(found("nvidia-cuda-runtime==13.0.48") == Codes{"two-cuda-majors"});
  CHECK(found("cuda-toolkit[cudart,nvrtc]==13.*") == Codes{"two-cuda-majors"});
  CHECK(found("nvidia-nccl-cu13") == Codes{"two-cuda-majors"});
  const std::string runtime_13 = "nvidia-cuda-runtime (==13.0.48) ; ";
  CHECK(found(runtime_13 + "platform_system == 'Linux' and platform_machine == \"x86_64\"") ==
        Codes{"two-cuda-majors"});
  CHECK(found(runtime_13 + "(sys_platform == 'linux')") == Codes{"two-cuda-majors"});
  CHECK(found(runtime_13 + "platform_system == 'Linux' or extra == 'x'") == Codes{"two-cuda-majors"});
  for (const auto* marker :
       {"extra == 'cuda13'", "python_version < '3.8'", "platform_machine == 'aarch64'",
        "platform_system == 'Windows'", "platform_system == 'Linux' and python_version < '3.8'",
        "platform_system != 'Linux'"})
    CHECK(found(runtime_13 + marker) == Codes{});
  CHECK(found("nvidia-cuda-runtime") == Codes{});
  CHECK(found("nvidia-cuda-runtime-cu12==12.9") == Codes{});
  CHECK(found("nvidia-cublas==0.0.1") == Codes{});
  CHECK(found("nvidia-nvtx==13.0") == Codes{});
}

TEST_CASE("a label that the libraries contradict is reported") {
  MadeSet set;
  set.add(needing("torch", {"libcudart.so.12"}, "2.1.0+cu118")).add(runtime(12));
  const auto findings = set.examine();
  CHECK(cuda_codes(findings) == Codes{"cuda-label"});
  const auto found = only(findings, "cuda-label");
  CHECK(found.severity == Severity::warning);
  CHECK(found.message ==
        "its version says cu118, and its libraries are for CUDA 12: "
        "torch/_C.cpython-311-x86_64-linux-gnu.so needs libcudart.so.12");
}

TEST_CASE("wheels for Windows are recognized by the names of their own DLLs") {
  const auto dll = [](const std::vector<std::string>& needed, const std::vector<std::string>& delayed = {}) {
    return test::pe_image({.needed = needed, .delay_needed = delayed});
  };
  const auto torch = [&](const std::map<std::string, std::string>& more) {
    Made made{.name = "torch",
              .files = {{"torch/__init__.py",
                         "import os\nos.add_dll_directory(os.path.join(os.path.dirname(__file__), 'lib'))\n"},
                        {"torch/_C.cp311-win_amd64.pyd", dll({"torch_cuda.dll"})},
                        {"torch/lib/torch_cuda.dll", dll({"cudart64_12.dll", "cudnn64_8.dll"})}},
              .required = {"nvidia-cudnn-cu11==7.0 ; platform_system == 'Linux'"},
              .tag = "cp311-cp311-win_amd64"};
    made.files.insert(more.begin(), more.end());
    return made;
  };
  MadeSet whole;
  whole.add(torch({{"torch/lib/cudart64_12.dll", dll({})}, {"torch/lib/CUDNN64_8.dll", dll({})}}));
  CHECK(cuda_codes(whole.examine()) == Codes{});

  MadeSet set;
  set.add(torch({{"torch/lib/cudart64_12.dll", dll({})}}));
  set.add({.name = "nvidia_cudnn_cu12",
           .version = "9.1",
           .files = {{"nvidia/cudnn/bin/cudnn64_9.dll", dll({})}},
           .tag = "py3-none-win_amd64"});
  auto findings = set.examine();
  CHECK(cuda_codes(findings) == Codes{"cudnn-mismatch"});
  CHECK(only(findings, "cudnn-mismatch").severity == Severity::error);
  CHECK(only(findings, "cudnn-mismatch").path == "torch/lib/torch_cuda.dll");

  MadeSet delayed;
  delayed.add({.name = "vision",
               .files = {{"vision/_C.cp311-win_amd64.pyd", dll({}, {"cudart64_110.dll"})}},
               .tag = "cp311-cp311-win_amd64"});
  delayed.add({.name = "nvidia_cuda_runtime_cu12",
               .version = "12.1",
               .files = {{"nvidia/cuda_runtime/bin/cudart64_12.dll", dll({})}},
               .tag = "py3-none-win_amd64"});
  findings = delayed.examine();
  CHECK(cuda_codes(findings) == Codes{"cuda-mismatch"});
  CHECK(only(findings, "cuda-mismatch").severity == Severity::warning);
}
