// The input is a Mach-O file, thin or fat. Each slice gets other search paths, needs one library more and has
// another install name, if it has one; or that is refused as promised. An edit that can be made can be made
// again, and then changes nothing.
#include "binary/macho_edit.hpp"

#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "binary/read_macho.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

LibraryEdit edit_of(const BinaryInfo& slice) {
  auto needed = slice.needed;
  needed.push_back("@rpath/libfuzz.dylib");
  return {.search_path = std::vector<std::string>{"@loader_path/fuzz"},
          .needed = std::move(needed),
          .soname = slice.soname ? std::optional<std::string>("@rpath/x.dylib") : std::nullopt};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string file(as_text(data, size));
    MemoryBytes source(file);
    const auto info = macho::read_macho(source, "fuzz.dylib");
    std::vector<LibraryEdit> edits;
    for (const auto& slice : info.slices) edits.push_back(edit_of(slice));
    if (edits.empty()) edits.push_back(edit_of(info));
    const auto edited = apply_edits(file, macho::plan_edit(source, edits, "fuzz.dylib"));
    CHECK_PROPERTY(edited.size() == file.size());
    MemoryBytes again(edited);
    CHECK_PROPERTY(macho::plan_edit(again, edits, "fuzz.dylib").empty());
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_binary || error.code() == ErrorCode::cannot_edit);
    CHECK_PROPERTY(error.subject() == "fuzz.dylib");
    CHECK_PROPERTY(!error.message().empty());
  }
  return 0;
}
