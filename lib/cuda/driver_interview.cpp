#include "cuda/driver_interview.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>

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

}  // namespace

void interview_driver(const std::vector<std::string>& libraries, const Say& say) {
  DriverInterview(say).run(libraries);
}

}  // namespace wheelfix
