#include <wheelfix/host_cuda.hpp>

#include <fmt/format.h>

#include <cstring>
#include <system_error>

#include "cuda/driver.hpp"
#include "cuda/files.hpp"

namespace wheelfix {
namespace {

// Nothing for a process that ended without an error. `who` is what it asked.
std::optional<std::string> trouble(const HelperEnd& end, std::string_view who,
                                   std::chrono::milliseconds time) {
  switch (end.kind) {
    case HelperEnd::Kind::exited:
      if (end.number == 0) return std::nullopt;
      return fmt::format("{} ended the process that asked it, with exit status {}", who, end.number);
    case HelperEnd::Kind::killed:
      return fmt::format("{} crashed while it was asked (signal {}, {})", who, end.number,
                         ::strsignal(end.number));
    case HelperEnd::Kind::took_too_long:
      return fmt::format("{} did not answer within {:.3g} seconds", who,
                         static_cast<double>(time.count()) / 1000);
    case HelperEnd::Kind::said_too_much:
      return fmt::format("the answer of {} has no end", who);
    case HelperEnd::Kind::not_started:
      return fmt::format("no process can be started to ask {}: {}", who, ::strerror(end.number));
  }
  return std::nullopt;
}

void add_driver(const HostCudaOptions& options, HostCuda& host) {
  try {
    const auto end = ask_driver(options);
    take_driver_answer(end.output, host);
    host.driver_is_hidden = !host.driver_name.empty() && host.driver_name != options.driver_libraries.front();
    const auto* who = driver_was_asked(end.output) ? "the CUDA runtime that this program was built with"
                                                   : "the CUDA driver";
    if (const auto what = trouble(end, who, options.time)) host.not_asked.push_back(*what);
  } catch (const std::system_error& error) {
    host.not_asked.push_back(
        fmt::format("no process can be started to ask the CUDA driver: {}", error.what()));
  }
}

}  // namespace

HostCuda ask_host_cuda(const HostCudaOptions& options) {
  HostCuda host;
  host.kernel_driver = kernel_driver_version(options.root);
  std::error_code error;
  host.is_wsl = std::filesystem::is_directory(options.root / "usr/lib/wsl/lib", error);
  add_driver(options, host);
  const auto folders = cuda_folders(options);
  host.runtimes = find_libraries(folders, "libcudart");
  host.cudnn = find_libraries(folders, "libcudnn");
  return host;
}

}  // namespace wheelfix
