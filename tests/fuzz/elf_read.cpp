// The input is a file. Reading it gives what a loader would learn, or the error that is promised.
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"

using namespace wheelfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto info = read_binary(as_text(data, size), "fuzz.so");
    CHECK_PROPERTY(info.bits == 32 || info.bits == 64);
    CHECK_PROPERTY(!info.machine.empty());
    CHECK_PROPERTY(info.is_dynamic || (info.needed.empty() && !info.soname));
    minimum_glibc(info);
    c_library(info);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.so");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
