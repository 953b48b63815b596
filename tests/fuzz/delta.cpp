// A delta of any content is refused, or is written as it was read; its steps make as many bytes as they say, or are refused.
#include "delta/delta_steps.hpp"

#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "deflate/compress.hpp"
#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

/// A central header of 47 bytes, and "text" as a stored DEFLATE stream of 9.
std::string source_bytes() {
  std::string bytes("PK\1\2", 4);
  bytes.append(24, '\0');
  bytes += std::string("\1\0\0\0\0\0", 6);
  bytes.append(12, '\0');
  return bytes + "n" + std::string("\1\4\0\xFB\xFFtext", 9);
}

void check_steps(const Delta& delta) {
  const auto source = source_bytes();
  if (delta.source_size != source.size()) return;
  MemoryBytes bytes(source);
  for (const auto& step : delta.steps) {
    if (step.kind != DeltaStep::Kind::headers && step.kind != DeltaStep::Kind::deflated) continue;
    try {
      CHECK_PROPERTY(bytes_of_step(step, bytes, "x.delta").size() == step.size);
    } catch (const Error& e) {
      CHECK_PROPERTY(e.code() == ErrorCode::bad_archive);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  std::string bytes = "wheelfix delta 2\n";
  put<std::uint64_t>(bytes, text.size());
  try {
    const auto delta = Delta::parse(sealed(bytes + deflate(text, 1)), "x.delta");
    CHECK_PROPERTY(Delta::parse(delta.to_bytes(), "x.delta") == delta);
    check_steps(delta);
  } catch (const Error& e) {
    CHECK_PROPERTY(e.subject() == "x.delta");
  }
  try {
    (void)Delta::parse(text, "x.delta");
  } catch (const Error&) {
  }
  return 0;
}
