#include "fuzz/lock_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wheelfix::check_lock_file(as_text(data, size), "fuzz.toml", "packages", wheelfix::plan_pylock);
  return 0;
}
