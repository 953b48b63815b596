// A requirement is read or refused, and what is known of an environment never contradicts what less told.
#include "wheel/requirement.hpp"

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "wheel/marker.hpp"
#include "wheel/requirement_syntax.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const auto text = as_text(data, size);
  const MarkerEnvironment system = {{"os_name", "posix"},
                                    {"sys_platform", "linux"},
                                    {"platform_system", "Linux"},
                                    {"platform_machine", "x86_64"},
                                    {"platform_release", "6.1.0-13-amd64"}};
  auto all = system;
  all.insert({{"python_version", "3.11"}, {"python_full_version", "3.11.2+"}, {"extra", "opt"}});
  const auto marker = parse_requirement(text).marker;
  const auto of_none = evaluate_marker(marker, {});
  const auto of_system = evaluate_marker(marker, system);
  CHECK_PROPERTY(of_none == Truth::unknown || of_none == of_system);
  CHECK_PROPERTY(of_system == Truth::unknown || of_system == evaluate_marker(marker, all));
  if (const auto fault = requirement_fault(text)) CHECK_PROPERTY(!fault->empty());
  return 0;
}
