#include <fmt/format.h>
#include <unistd.h>

#include "binary/helper_place.hpp"
#include "cuda/driver.hpp"

namespace wheelfix {
namespace {

std::vector<std::string> environment() {
  std::vector<std::string> variables;
  for (char** variable = ::environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  return variables;
}

HelperEnd not_asked(std::string_view reason) {
  return {HelperEnd::Kind::exited, 0,
          fmt::format(
              "failed the NVIDIA driver was not asked: a static wheelfix can't load its library, and {}\n",
              reason)};
}

}  // namespace

HelperEnd ask_driver(const HostCudaOptions& options) {
  const auto helper = find_helper("wheelfix-host");
  if (helper.absence) return not_asked(*helper.absence);
  auto end = run_helper(helper.program, options.driver_libraries, MemoryFile([](const PieceSink&) {}),
                        {.time = options.time, .environment = environment()});
  // It writes before it loads the driver, unless the C library of the system isn't one that it can use.
  if (end.output.empty() && (end.kind == HelperEnd::Kind::not_started || end.kind == HelperEnd::Kind::exited))
    return not_asked(fmt::format("{} can't be started on this system", helper.program.string()));
  return end;
}

}  // namespace wheelfix
