#include "cuda/fatbin.hpp"

#include <doctest/doctest.h>

#include "binary/pe_builder.hpp"
#include "cuda/fatbin_builder.hpp"
#include "cuda/gpu_code.hpp"
#include "support/compiled_library.hpp"

using namespace wheelfix;
using Names = std::vector<std::string>;
using test::GpuImage;

namespace {

/// Gives a few bytes at a time, and reports how far back a read went.
class Trickle : public ByteSource {
 public:
  Trickle(std::string bytes, std::uint64_t step) : bytes_(std::move(bytes)), step_(step) {}
  std::uint64_t size() const override { return bytes_.size(); }
  bool is_stream() const override { return true; }
  bool went_back() const { return went_back_; }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    return bytes_.substr(offset, count);
  }
  std::string_view glance(std::uint64_t offset) override {
    went_back_ |= offset < last_;
    last_ = offset;
    return std::string_view(bytes_).substr(offset, step_);
  }

  std::string bytes_;
  std::uint64_t step_;
  std::uint64_t last_ = 0;
  bool went_back_ = false;
};

Names archs_in(const std::string& bytes) {
  std::set<FatbinArch> all;
  MemoryBytes source(bytes);
  for (const auto& run : find_fatbins(source, 0, bytes.size()))
    all.insert(run.archs.begin(), run.archs.end());
  // The same for pieces of any size, front to back.
  for (const std::uint64_t step : {1U, 7U, 8U, 64U, 100U}) {
    std::set<FatbinArch> again;
    Trickle trickle(bytes, step);
    for (const auto& run : find_fatbins(trickle, 0, bytes.size()))
      again.insert(run.archs.begin(), run.archs.end());
    CHECK(again == all);
    CHECK_FALSE(trickle.went_back());
  }
  return names_of(all);
}

}  // namespace

TEST_CASE("architectures are reported in order: machine code by number and variant, then PTX") {
  CHECK(archs_in(test::fatbin({{.kind = 1, .arch = 90},
                               {.arch = 100, .flags = 0x11 | test::variant_f},
                               {.arch = 90, .flags = 0x8011 | test::variant_a},
                               {.arch = 90},
                               {.arch = 80},
                               {.kind = 16, .arch = 120}})) ==
        Names{"sm_80", "sm_90", "sm_90a", "sm_100f", "sm_120", "compute_90"});
}

TEST_CASE("what is neither PTX nor a cubin isn't code for an architecture") {
  CHECK(archs_in(test::fatbin({{.kind = 8, .arch = 90}, {.arch = 0}, {.arch = 1 << 30}})).empty());
}

TEST_CASE("fat binaries with only padding between them are one run, others are two") {
  const auto one = test::fatbin({{.arch = 75}}), other = test::fatbin({{.arch = 86, .options = "-O3 -g"}});
  const auto near = one + std::string(56, '\0') + other;
  const auto bytes = std::string(40, 'x') + near + std::string(8192, 'x') + one + "tail";
  MemoryBytes source(bytes);
  const auto runs = find_fatbins(source, 0, bytes.size());
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].begin == 40);
  CHECK(runs[0].end == 40 + near.size());
  CHECK(names_of(runs[0].archs) == Names{"sm_75", "sm_86"});
  CHECK(runs[1].begin == 40 + near.size() + 8192);
  CHECK(runs[1].end == bytes.size() - 4);
  CHECK(archs_in(bytes) == Names{"sm_75", "sm_86"});
}

TEST_CASE("several images compressed together are recognized by their table") {
  const GpuImage ptx{.kind = 1, .arch = 75, .options = "-O3"};
  const auto both = test::gpu_entry_of_several({ptx, {.arch = 80}, {.arch = 90, .flags = test::variant_a}});
  CHECK(archs_in(test::fatbin_of(both + test::gpu_entry({.arch = 120}))) ==
        Names{"sm_80", "sm_90a", "sm_120", "compute_75"});
  auto lying = both;
  lying[64] = 100;  // the count
  CHECK(archs_in(test::fatbin_of(lying)) == Names{"sm_80", "sm_90a", "compute_75"});
}

TEST_CASE("damage ends a fat binary, and the next one is found after it") {
  const auto next = test::fatbin({{.arch = 50}});
  const auto entry = test::gpu_entry({.arch = 80});
  const auto damaged = [&](std::size_t at, char value) {
    auto second = test::gpu_entry({.arch = 90});
    second[at] = value;
    return archs_in(test::fatbin_of(entry + second + next));
  };
  CHECK(damaged(4, 63) == Names{"sm_50", "sm_80"});       // a header of 63 bytes
  CHECK(damaged(7, '\x7F') == Names{"sm_50", "sm_80"});   // or of 2 GB
  CHECK(damaged(15, '\x7F') == Names{"sm_50", "sm_80"});  // an image of exabytes
  auto too_long = test::fatbin({{.arch = 80}});
  too_long[8] = '\x7F';
  CHECK(archs_in(too_long).empty());
}

TEST_CASE("fat binaries cut short anywhere have no more architectures than whole ones") {
  const auto whole = test::fatbin({{.arch = 80}, {.kind = 1, .arch = 90, .options = "-g"}}) +
                     test::fatbin_of(test::gpu_entry_of_several({{.arch = 86}, {.arch = 89}}));
  const Names all = archs_in(whole);
  CHECK(all.size() == 4);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    for (const auto& name : archs_in(whole.substr(0, size)))
      CHECK(std::find(all.begin(), all.end(), name) != all.end());
  }
}

TEST_CASE("more runs than a linker makes are counted as one") {
  std::string bytes;
  for (unsigned i = 0; i < 4100; ++i) bytes += test::fatbin({{.arch = 10 + i}}) + std::string(4104, '\0');
  MemoryBytes source(bytes);
  const auto runs = find_fatbins(source, 0, bytes.size());
  CHECK(runs.size() == 4096);
  CHECK(runs.back().archs.size() == 5);
}

TEST_CASE("an ELF library's GPU code is found in its sections for that, and not elsewhere") {
  const test::TempFolder folder;
  folder.write("one.fatbin", test::fatbin({{.arch = 80}, {.kind = 1, .arch = 80}}));
  folder.write("relocatable.fatbin", test::fatbin({{.arch = 90}}));
  folder.write("other.fatbin", test::fatbin({{.arch = 70}}));
  const auto section = [&](const std::string& name, const std::string& file) {
    return "asm(\".section " + name + ",\\\"a\\\"\\n.balign 8\\n.incbin \\\"" + (folder / file).string() +
           "\\\"\\n.text\");";
  };
  const auto apart = section(".rodata", "other.fatbin") + "extern const char gap[8192] = {1};";
  const auto read = [&](const std::string& code, const std::string& flags) {
    const auto library = test::compiled_library(folder, code, flags);
    MemoryBytes source(library);
    Trickle stream(library, 4096);
    const auto result = read_binary_with_cuda(source, "x");
    CHECK(result.info == read_binary(library, "x"));
    CHECK(read_binary_with_cuda(stream, "x").cuda_archs == result.cuda_archs);
    return result.cuda_archs;
  };
  for (const std::string flags : {"-nostdlib", "-nostdlib -Wl,-z,noseparate-code", "-nostdlib -s"}) {
    CHECK(read(section(".nv_fatbin", "one.fatbin"), flags) == Names{"sm_80", "compute_80"});
    CHECK(read(section(".nv_fatbin", "one.fatbin") + section("__nv_relfatbin", "relocatable.fatbin"),
               flags) == Names{"sm_80", "sm_90", "compute_80"});
    CHECK(read(apart, flags).empty());
  }
}

TEST_CASE("without intact section headers the GPU code isn't found, and all else is") {
  const test::TempFolder folder;
  folder.write("one.fatbin", test::fatbin({{.arch = 80}}));
  const auto library =
      test::compiled_library(folder,
                             "asm(\".section .nv_fatbin,\\\"a\\\"\\n.balign 8\\n.incbin \\\"" +
                                 (folder / "one.fatbin").string() + "\\\"\\n.text\");",
                             "-nostdlib");
  const auto whole = read_binary(library, "x");
  const auto check = [&](const char* what, std::size_t at, const std::string& bytes, const Names& archs) {
    CAPTURE(what);
    auto changed = library;
    changed.replace(at, bytes.size(), bytes);
    MemoryBytes source(changed);
    Trickle stream(changed, 4096);
    for (ByteSource* one : {static_cast<ByteSource*>(&source), static_cast<ByteSource*>(&stream)}) {
      const auto result = read_binary_with_cuda(*one, "x");
      CHECK(result.info == whole);
      CHECK(result.cuda_archs == archs);
    }
  };
  check("as it is", 0, "\x7F", {"sm_80"});
  check("no table", 40, std::string(8, '\0'), {});
  check("a table after the end", 40, std::string(7, '\x7F'), {});
  check("headers of another size", 58, "\x41", {});
  check("no sections", 60, std::string(2, '\0'), {});
  check("names in no section", 62, "\xFF\x7F", {});
}

TEST_CASE("a PE library's GPU code is found in its section for that, and not elsewhere") {
  const auto archs = [](const std::string& section) {
    auto image = test::pe_image({.needed = {"cudart64_12.dll"}, .section = section});
    image.resize(1024, '\0');
    const auto library = test::with_whole_section(image + test::fatbin({{.arch = 61}}));
    MemoryBytes source(library);
    const auto result = read_binary_with_cuda(source, "x");
    CHECK(result.info == read_binary(library, "x"));
    return result.cuda_archs;
  };
  CHECK(archs(".nv_fatb") == Names{"sm_61"});
  CHECK(archs(".rdata").empty());
}
