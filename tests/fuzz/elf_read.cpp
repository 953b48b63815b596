// The input is a file. Reading it gives what a loader would learn, with or without a look for GPU code, or
// the error that is promised.
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "binary/module_export.hpp"
#include "cuda/gpu_code.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

class Stream : public MemoryBytes {
 public:
  using MemoryBytes::MemoryBytes;
  bool is_stream() const override { return true; }
};

/// GPU code is looked for on two ways, neither of which changes what a loader learns.
void check_with_cuda(std::string_view bytes, const BinaryInfo& info) {
  MemoryBytes file(bytes);
  Stream stream(bytes);
  CHECK_PROPERTY(read_binary_with_cuda(file, "fuzz.so").info == info);
  for (const auto& name : read_binary_with_cuda(stream, "fuzz.so").cuda_archs)
    CHECK_PROPERTY(name.starts_with("sm_") || name.starts_with("compute_"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto info = read_binary(as_text(data, size), "fuzz.so");
    CHECK_PROPERTY(info.bits == 32 || info.bits == 64);
    CHECK_PROPERTY(!info.machine.empty());
    CHECK_PROPERTY(info.is_dynamic || (info.needed.empty() && !info.soname));
    check_with_cuda(as_text(data, size), info);
    MemoryBytes source(as_text(data, size));
    exports_init(source, "a/_m.so");
    minimum_glibc(info);
    c_library(info);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary);
    CHECK_PROPERTY(error.subject() == "fuzz.so");
    CHECK_PROPERTY(!error.message().empty() && !error.hint().empty());
  }
  return 0;
}
