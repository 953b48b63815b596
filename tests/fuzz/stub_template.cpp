// A stub template is read or refused at a line of it, and the stub that one makes is read back as what was
// asked for.
#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "fuzz/check.hpp"

namespace {

using namespace wheelfix;

StubLibraries libraries() {
  BinaryInfo info;
  info.machine = "aarch64";
  info.is_dynamic = true;
  info.needed = {"libcudart.so.12", "libcuda.so.1", "libc.so.6"};
  info.runpath = {"$ORIGIN", "$ORIGIN/../x"};
  return {{"a.so", info}};
}

std::optional<StubTemplate> parse(std::string_view text) {
  try {
    return parse_stub_template(text, "fuzz.toml");
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe);
    CHECK_PROPERTY(error.subject().starts_with("fuzz.toml"));
    return std::nullopt;
  }
}

std::optional<std::string> make(const StubTemplate& stub) {
  try {
    return make_stub(stub, libraries());
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe);
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto stub = parse(as_text(data, size));
  if (!stub) return 0;
  const auto file = make(*stub);
  if (!file) return 0;
  const auto info = read_binary(*file, "stub");
  CHECK_PROPERTY(info.soname == stub->soname);
  CHECK_PROPERTY(info.needed == stub_needed(*stub, libraries()));
  CHECK_PROPERTY(std::ranges::find(info.needed, stub->soname) == info.needed.end());
  CHECK_PROPERTY(info.rpath.empty() || info.runpath.empty());
  const auto& path = info.rpath.empty() ? info.runpath : info.rpath;
  if (!stub->rpath_from) CHECK_PROPERTY(path == stub->rpath);
  return 0;
}
