// The input is a DLL. Reading it gives what a loader would learn, or the error that is promised.
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "binary/module_export.hpp"
#include "binary/read_pe.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    MemoryBytes source(as_text(data, size));
    exports_init(source, "a/_m.pyd");
    const auto info = pe::read_pe(source, "fuzz.dll");
    CHECK_PROPERTY(info.format == BinaryFormat::pe);
    CHECK_PROPERTY(info.is_dynamic && !info.soname && info.slices.empty() && info.needed_kinds.empty());
    for (const auto* names : {&info.needed, &info.delay_needed}) {
      CHECK_PROPERTY(names->size() <= 4096);
      for (const auto& name : *names) CHECK_PROPERTY(!name.empty() && name.size() < 1024);
    }
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.dll");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
