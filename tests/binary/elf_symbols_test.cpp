#include "binary/elf_symbols.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/compiled_library.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

constexpr auto code = R"(
extern "C" {
int there();
int perhaps() __attribute__((weak));
int data;
int call() { return there() + (perhaps ? perhaps() : 0) + data; }
})";

std::string compiled(const std::string& flags) {
  const test::TempFolder folder;
  return test::compiled_library(folder, code, "-nostdlib -Wl,-z,lazy " + flags);
}

std::optional<elf::DynamicSymbols> read(ByteSource& source) {
  return elf::read_symbols(elf::read_image(source, "x"), source);
}

/// A library to damage.
class Library {
 public:
  explicit Library(const std::string& flags) : bytes_(compiled(flags)) {}

  std::uint64_t place(std::uint64_t tag) const {
    MemoryBytes source(bytes_);
    const auto image = elf::read_image(source, "x");
    return image.offset_of(image.find(tag)->value, "it");
  }

  Library& poke(std::uint64_t at, std::uint64_t value, std::size_t width = 4) {
    for (std::size_t i = 0; i < width; ++i) bytes_[at + i] = static_cast<char>(value >> 8 * i & 0xFF);
    return *this;
  }

  /// The entry of the dynamic section.
  Library& set(std::uint64_t tag, std::uint64_t value) {
    MemoryBytes source(bytes_);
    const auto image = elf::read_image(source, "x");
    const auto index = static_cast<std::size_t>(image.find(tag) - image.dynamic.data());
    return poke(image.dynamic_offset + 16 * index + 8, value, 8);
  }

  std::string refusal() const {
    MemoryBytes source(bytes_);
    const auto message = thrown([&] { read(source); });
    const std::string hint = "\nhint: the library is damaged: download the wheel again, or ask its publisher";
    if (!message.starts_with("3 x: ") || !message.ends_with(hint)) return "not refused: " + message;
    return message.substr(5, message.size() - 5 - hint.size());
  }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// A file with zeros after its bytes, as many as an archive of a few kilobytes can have.
class ZeroPadded : public ByteSource {
 public:
  ZeroPadded(std::string_view bytes, std::uint64_t size) : bytes_(bytes), size_(size) {}
  std::uint64_t size() const override { return size_; }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override {
    std::string piece(offset < bytes_.size() ? bytes_.substr(offset, count) : std::string_view());
    piece.resize(count);
    return piece;
  }

  std::string_view bytes_;
  std::uint64_t size_;
};

}  // namespace

TEST_CASE("what relocations bind is told apart from what is only named") {
  const Library library("");
  MemoryBytes source(library.bytes());
  const auto symbols = read(source);
  REQUIRE(symbols);
  std::vector<std::string_view> calls, data;
  for (const auto number : symbols->bound_calls) calls.push_back(symbols->name_of(symbols->symbols[number]));
  for (const auto number : symbols->bound) data.push_back(symbols->name_of(symbols->symbols[number]));
  std::ranges::sort(calls);
  std::ranges::sort(data);
  CHECK(calls == std::vector<std::string_view>{"there"});  // the other call goes through a pointer
  CHECK(data == std::vector<std::string_view>{"data", "perhaps"});
  for (const auto& symbol : symbols->symbols) {
    const auto name = symbols->name_of(symbol);
    CHECK(symbol.is_undefined == (name.empty() || name == "there" || name == "perhaps"));
    CHECK((symbol.binding == STB_WEAK) == (name == "perhaps"));
  }
}

TEST_CASE("a hash table that lies is refused") {
  Library gnu("-Wl,--hash-style=gnu");
  const auto table = gnu.place(DT_GNU_HASH);
  const auto size = std::to_string(gnu.bytes().size());
  CHECK(
      Library(gnu)
          .poke(table, 0xFFFFFFFF)
          .refusal()
          .ends_with("has 4294967295 entries of 4 bytes, which reach beyond the end of the file, which has " +
                     size + " bytes"));
  CHECK(Library(gnu).poke(table + 8, 0xFFFFFFFF).refusal().find("beyond the end of the file") !=
        std::string::npos);
  CHECK(Library(gnu)
            .poke(table + 4, 0x00FFFFFF)
            .refusal()
            .starts_with("DT_GNU_HASH begins at symbol 16777215, and names symbol "));
  Library sysv("-Wl,--hash-style=sysv");
  CHECK(
      Library(sysv).poke(sysv.place(DT_HASH) + 4, 0xFFFFFFFF).refusal().starts_with("DT_HASH at offset 0x"));
  CHECK(Library(sysv).poke(sysv.place(DT_HASH) + 4, 500).refusal().starts_with("DT_HASH at offset 0x") ==
        false);
}

TEST_CASE("relocations and names that lead nowhere are refused") {
  const Library whole("");
  CHECK(Library(whole)
            .poke(whole.place(DT_JMPREL) + 12, 0xFFFFFFFF)
            .refusal()
            .starts_with(
                "a relocation of DT_JMPREL names symbol 4294967295, but there is room for no more than "));
  CHECK(
      Library(whole)
          .poke(whole.place(DT_SYMTAB) + 24, 0xFFFFFFFF)
          .refusal()
          .starts_with("the name of a dynamic symbol is at 0xffffffff of the dynamic strings, which are 0x"));
  CHECK(Library(whole).set(DT_PLTRELSZ, ~std::uint64_t{0}).refusal().starts_with("DT_JMPREL at offset 0x"));
  CHECK(Library(whole).set(DT_RELASZ, std::uint64_t{1} << 40).refusal().starts_with("DT_RELA at offset 0x"));
}

TEST_CASE("sizes are bounded, whatever a file claims") {
  const auto wide = Library("").set(DT_STRSZ, std::uint64_t{1} << 30);
  ZeroPadded strings(wide.bytes(), std::uint64_t{1} << 31);
  CHECK(thrown([&] { read(strings); }).find("its dynamic strings are 1073741824 bytes, more than any real") !=
        std::string::npos);
  Library sysv("-Wl,--hash-style=sysv");
  const auto many = Library(sysv).poke(sysv.place(DT_HASH) + 4, 100'000'000);
  ZeroPadded symbols(many.bytes(), std::uint64_t{1} << 33);
  CHECK(thrown([&] { read(symbols); }).find("it has 100000000 dynamic symbols, more than any real library") !=
        std::string::npos);
}

#if defined(__x86_64__)
TEST_CASE("a library that the linker has marked says which level of x86-64 it needs") {
  const auto level = [](const std::string& flags) {
    const auto bytes = compiled(flags);
    MemoryBytes library(bytes);
    return read(library)->isa_level;
  };
  CHECK(level("") == 0);
  CHECK(level("-Wl,-z,x86-64-baseline") == 0);
  CHECK(level("-Wl,-z,x86-64-v2") == 2);
  CHECK(level("-Wl,-z,x86-64-v4") == 4);
}
#endif
