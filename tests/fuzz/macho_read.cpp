// The input is a Mach-O file, thin or fat. Reading it gives what a loader would learn, or the error that is
// promised.
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "binary/module_export.hpp"
#include "binary/read_macho.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

void check(const BinaryInfo& info) {
  CHECK_PROPERTY(info.bits == 32 || info.bits == 64);
  CHECK_PROPERTY(!info.machine.empty());
  CHECK_PROPERTY(info.needed.size() == info.needed_kinds.size());
  CHECK_PROPERTY(info.is_dynamic || !info.slices.empty() || (info.needed.empty() && !info.soname));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    MemoryBytes source(as_text(data, size));
    exports_init(source, "a/_m.so");
    const auto info = macho::read_macho(source, "fuzz.dylib");
    CHECK_PROPERTY(info.format == BinaryFormat::macho);
    check(info);
    std::size_t names = 0;
    for (const auto& slice : info.slices) {
      check(slice);
      CHECK_PROPERTY(slice.slices.empty());
      names += slice.needed.size() + slice.rpath.size();
    }
    CHECK_PROPERTY(info.slices.empty() || info.needed.size() + info.rpath.size() <= names);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.dylib");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
