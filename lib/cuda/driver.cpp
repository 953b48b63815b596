#include "cuda/driver.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "cuda/api.hpp"

namespace wheelfix {
namespace {

using Say = std::function<void(std::string_view)>;

class DriverInterview {
 public:
  explicit DriverInterview(const Say& say) : say_(say) {}

  void run(const std::vector<std::string>& libraries) {
    if (!load(libraries)) return;
    int version = 0;
    if (succeeds("cuDriverGetVersion", driver_.get_version(&version))) line(fmt::format("cuda {}", version));
    int count = 0;
    if (!succeeds("cuInit", driver_.init(0), "refuses")) return;
    if (!succeeds("cuDeviceGetCount", driver_.get_count(&count), "refuses")) return;
    line("works");
    for (int i = 0; i < std::min(count, 1024); ++i) take_gpu(i);
  }

 private:
  void line(std::string_view text) const {
    std::string safe(text);
    std::ranges::replace(safe, '\n', ' ');
    say_(safe + "\n");
  }
  void failed(std::string_view text) const { line(fmt::format("failed {}", text)); }

  bool load(const std::vector<std::string>& libraries) {
    std::string reasons;
    for (const auto& library : libraries) {
      handle_ = ::dlopen(library.c_str(), RTLD_NOW);
      if (handle_ != nullptr) {
        line("name " + library);
        break;
      }
      const char* reason = ::dlerror();
      // A file that is missing at one of several possible places says nothing.
      if (!reasons.empty() && ::access(library.c_str(), F_OK) != 0) continue;
      reasons += (reasons.empty() ? "" : "; ") + std::string(reason == nullptr ? library : reason);
    }
    if (handle_ == nullptr) {
      line("absent " + reasons);
      return false;
    }
    const link_map* map = nullptr;
    if (::dlinfo(handle_, RTLD_DI_LINKMAP, &map) == 0) line(fmt::format("library {}", map->l_name));
    return find(driver_.get_version, "cuDriverGetVersion") && find(driver_.init, "cuInit") &&
           find(driver_.get_count, "cuDeviceGetCount") && find(driver_.get_device, "cuDeviceGet") &&
           find(driver_.get_name, "cuDeviceGetName") && find(driver_.get_attribute, "cuDeviceGetAttribute") &&
           find(driver_.get_memory, "cuDeviceTotalMem_v2") &&
           find(driver_.get_error_text, "cuGetErrorString");
  }

  template <typename Function>
  bool find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(::dlsym(handle_, name));
    if (function == nullptr) failed(fmt::format("the CUDA driver has no {}", name));
    return function != nullptr;
  }

  bool succeeds(std::string_view function, CUresult result, std::string_view word = "failed") const {
    if (result == CUDA_SUCCESS) return true;
    const char* text = nullptr;
    driver_.get_error_text(result, &text);
    line(fmt::format("{} {} of the CUDA driver failed with error {}: {}", word, function,
                     static_cast<int>(result), text == nullptr ? "unknown error" : text));
    return false;
  }

  void take_gpu(int number) {
    CUdevice device = 0;
    int major = 0, minor = 0;
    std::size_t memory = 0;
    std::array<char, 256> name{};
    const bool known =
        succeeds("cuDeviceGet", driver_.get_device(&device, number)) &&
        succeeds("cuDeviceGetAttribute",
                 driver_.get_attribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device)) &&
        succeeds("cuDeviceGetAttribute",
                 driver_.get_attribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device)) &&
        succeeds("cuDeviceTotalMem", driver_.get_memory(&memory, device)) &&
        succeeds("cuDeviceGetName", driver_.get_name(name.data(), static_cast<int>(name.size()) - 1, device));
    if (known) line(fmt::format("gpu {} {} {} {}", major, minor, memory, name.data()));
  }

  const Say& say_;
  void* handle_ = nullptr;  // never closed: the driver doesn't support that, and the child ends
  CudaDriver driver_;
};

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

// 12010 is CUDA 12.1.
std::optional<CudaVersion> from_number(std::string_view text) {
  int number = 0;
  if (!take_number(text, number) || number <= 0 || !text.empty()) return std::nullopt;
  return CudaVersion{number / 1000, number % 1000 / 10};
}

void take_line(std::string_view line, HostCuda& host) {
  const auto space = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, space);
  auto rest = line.substr(std::min(space + 1, line.size()));
  if (word == "works") host.driver = DriverState::works;
  if (word == "absent" || word == "refuses") {
    host.driver = word == "absent" ? DriverState::absent : DriverState::refuses;
    host.driver_trouble = printable(rest);
  }
  if (word == "name") host.driver_name = rest;
  if (word == "library") host.driver_library = rest;
  if (word == "cuda") host.driver_cuda = from_number(rest);
  CudaVersion version;
  if (word == "runtime" && take_number(rest, version.major) && take_number(rest, version.minor))
    host.own_runtime = CudaRuntimeWord{version, printable(rest)};
  if (word == "failed") host.not_asked.push_back(printable(rest));
  HostGpu gpu;
  if (word == "gpu" && take_number(rest, gpu.capability.major) && take_number(rest, gpu.capability.minor) &&
      take_number(rest, gpu.memory)) {
    gpu.name = printable(rest);
    host.gpus.push_back(std::move(gpu));
  }
}

}  // namespace

void ask_driver(const HostCudaOptions& options, const Say& say) {
  DriverInterview(say).run(options.driver_libraries);
  if (!options.own_runtime) return;
  say("asked\n");
  const auto [version, failure] = options.own_runtime();
  say(fmt::format("runtime {} {} {}\n", version.major, version.minor, failure));
}

void take_driver_answer(std::string_view answer, HostCuda& host) {
  for (auto end = answer.find('\n'); end != std::string_view::npos; end = answer.find('\n')) {
    take_line(answer.substr(0, end), host);
    answer.remove_prefix(end + 1);
  }
}

bool driver_was_asked(std::string_view answer) {
  return std::ranges::count(split(answer, '\n'), "asked") > 0;
}

}  // namespace wheelfix
