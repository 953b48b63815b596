#include <fmt/format.h>

#include "cuda/driver.hpp"
#include "cuda/driver_interview.hpp"

namespace wheelfix {

HelperEnd ask_driver(const HostCudaOptions& options) {
  const auto ask = [&](const PieceSink& say) {
    interview_driver(options.driver_libraries, say);
    if (!options.own_runtime) return;
    say("asked\n");
    const auto [version, failure] = options.own_runtime();
    say(fmt::format("runtime {} {} {}\n", version.major, version.minor, failure));
  };
  return run_in_child(ask, {.time = options.time});
}

}  // namespace wheelfix
