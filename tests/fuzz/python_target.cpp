// What an interpreter answers is either refused or becomes a Python that takes a wheel for itself and one for
// any; so does the tag of a Python.
#include "doctor/python_target.hpp"

#include <string_view>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

namespace {

using wheelfix::PythonTarget;

void check_target(const PythonTarget& target) {
  CHECK_PROPERTY(target.version.major == 3);
  CHECK_PROPERTY(wheelfix::takes(target, "py3", "none", "any"));
  CHECK_PROPERTY(target.tags.size() < 10'000);
  const auto& [python, abi] = target.tags.front();
  const auto platform = target.platforms ? target.platforms->front() : "linux_x86_64";
  CHECK_PROPERTY(platform == "any" || wheelfix::takes(target, python, abi, platform));
  CHECK_PROPERTY(!target.platforms || target.platforms->size() < 100'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto target = wheelfix::parse_python_target(text)) check_target(*target);
  if (const auto target = wheelfix::parse_python_version(text)) check_target(*target);
  try {
    check_target(wheelfix::parse_interpreter_answer(text, "python"));
  } catch (const wheelfix::Error& error) {
    CHECK_PROPERTY(error.code() == wheelfix::ErrorCode::usage);
  }
  return 0;
}
