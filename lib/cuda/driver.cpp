#include "cuda/driver.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace wheelfix {
namespace {

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
