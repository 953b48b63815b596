// A uv.lock is read or refused. What gets the wheels is TOML, has them, and then there is nothing more to do;
// the other packages stay.
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "lock/named_wheels.hpp"
#include "lock/toml_lock.hpp"

namespace {

using namespace wheelfix;

std::size_t count_uv_packages(std::string_view text) {
  return TomlLock(text, "fuzz.lock", "package").packages().size();
}

void check_uv_edit(std::string_view text, const PatchedWheels& wheels, const LockPlaces& places) {
  const auto plan = plan_uv_lock(text, wheels, places, "fuzz.lock");
  const auto edited = apply_edits(text, plan.edits);
  CHECK_PROPERTY(plan.edits.empty() == plan.changes.empty());
  CHECK_PROPERTY(plan_uv_lock(edited, wheels, places, "fuzz.lock").edits.empty());
  CHECK_PROPERTY(count_uv_packages(edited) == count_uv_packages(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto wheels =
      named_wheels({"demo-1.0+x.1-cp311-cp311-win32.whl", "demo-1.0+x.1-cp311-cp311-linux_x86_64.whl"});
  const auto text = as_text(data, size);
  for (const auto& places : {LockPlaces{}, LockPlaces{"https://example.com/simple", ""}}) {
    try {
      check_uv_edit(text, wheels, places);
    } catch (const Error& error) {
      CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe || error.code() == ErrorCode::does_not_apply);
      CHECK_PROPERTY(error.subject().starts_with("fuzz.lock"));
    }
  }
  return 0;
}
