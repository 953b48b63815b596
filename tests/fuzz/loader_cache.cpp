// An ld.so.cache. What is read of it has names within the file's size, or the error is the one that is
// promised.
#include <wheelfix/error.hpp>
#include <wheelfix/loader_system.hpp>

#include "fuzz/check.hpp"

using namespace wheelfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    for (const auto& library : parse_loader_cache(as_text(data, size), "ld.so.cache")) {
      CHECK_PROPERTY(library.name.size() < size && library.path.size() < size);
      CHECK_PROPERTY(!library.is_legacy || library.hwcaps.empty());
    }
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "ld.so.cache");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
