#pragma once

#include <string>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "lock/named_wheels.hpp"
#include "lock/toml_lock.hpp"

namespace wheelfix {

/// A lock file in TOML is read or refused. What gets the wheels is TOML, has them, and then there is nothing
/// more to do; the other packages, which are in the array `packages`, stay. `plan` is the file's own.
template <class Plan>
void check_lock_file(std::string_view text, const std::string& name, const char* packages, Plan plan) {
  static const auto wheels =
      named_wheels({"demo-1.0+x.1-cp311-cp311-win32.whl", "demo-1.0+x.1-cp311-cp311-linux_x86_64.whl"});
  const auto count = [&](std::string_view lock) { return TomlLock(lock, name, packages).packages().size(); };
  for (const auto& places : {LockPlaces{}, LockPlaces{"https://example.com/simple", ""}}) {
    try {
      const auto planned = plan(text, wheels, places, name);
      const auto edited = apply_edits(text, planned.edits);
      CHECK_PROPERTY(planned.edits.empty() == planned.changes.empty());
      CHECK_PROPERTY(plan(edited, wheels, places, name).edits.empty());
      CHECK_PROPERTY(count(edited) == count(text));
    } catch (const Error& error) {
      CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe || error.code() == ErrorCode::does_not_apply);
      CHECK_PROPERTY(error.subject().starts_with(name));
    }
  }
}

}  // namespace wheelfix
