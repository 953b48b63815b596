#include "binary/macho_edit.hpp"

#include <doctest/doctest.h>
#include <openssl/sha.h>

#include <string>
#include <vector>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "binary/macho_builder.hpp"

// Expected bytes are those of <mach-o/loader.h> and of xnu's cs_blobs.h.

using namespace wheelfix;
using test::MachoBuilder;
using Names = std::vector<std::string>;

namespace {

constexpr std::uint32_t load_dylib = 0xC, id_dylib = 0xD, rpath = 0x8000001C, segment_64 = 0x19,
                        signature = 0x1D;
constexpr std::uint32_t content_at = 0x400, signature_at = 0x1000, file_size = 0x1200, page_bits = 9;

std::string big(std::uint32_t value) {
  return MachoBuilder(true, true).number(value);
}

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

/// A CodeDirectory of version 0x20001 with SHA-256.
std::string directory_of(std::string_view code, std::uint32_t flags) {
  const std::size_t page = 1U << page_bits, count = (code.size() + page - 1) / page;
  std::string hashes;
  for (std::size_t i = 0; i < count; ++i) hashes += sha256(code.substr(i * page, page));
  const auto size = static_cast<std::uint32_t>(44 + 2 + hashes.size());
  return big(0xFADE0C02) + big(size) + big(0x20001) + big(flags) + big(46) + big(44) + big(0) +
         big(static_cast<std::uint32_t>(count)) + big(static_cast<std::uint32_t>(code.size())) +
         std::string{32, 2, 0, static_cast<char>(page_bits)} + big(0) + std::string("a\0", 2) + hashes;
}

/// A SuperBlob with a CodeDirectory and, if given, a CMS signature.
std::string signature_of(std::string_view code, std::uint32_t flags, const std::string& certificates) {
  const auto directory = directory_of(code, flags);
  const std::uint32_t count = certificates.empty() ? 1 : 2, first = 12 + 8 * count;
  const auto second = static_cast<std::uint32_t>(first + directory.size());
  auto blob = big(count) + big(0) + big(first);
  if (count == 2) blob += big(0x10000) + big(second);
  blob += directory + certificates;
  return big(0xFADE0CC0) + big(static_cast<std::uint32_t>(8 + blob.size())) + blob;
}

struct Signed {
  std::uint32_t flags = 2;
  std::string certificates = {};
};

MachoBuilder builder_of(const Names& rpaths, bool is_signed) {
  MachoBuilder builder;
  builder.text_command(id_dylib, "@rpath/liba.dylib").text_command(load_dylib, "@rpath/libb.dylib");
  builder.text_command(load_dylib, "/usr/lib/libSystem.B.dylib");
  for (const auto& path : rpaths) builder.text_command(rpath, path, 1);
  const auto n = [&](std::uint32_t value) { return builder.number(value); };
  const auto wide = [&](std::uint32_t value) { return n(value) + n(0); };
  const std::string name = std::string("__TEXT").append(10, '\0'),
                    part = std::string("__text").append(10, '\0');
  builder.command(segment_64, name + wide(0) + wide(file_size) + wide(0) + wide(file_size) + n(5) + n(5) +
                                  n(1) + n(0) + part + name + wide(content_at) + wide(8) + n(content_at) +
                                  n(0) + n(0) + n(0) + n(0) + n(0) + n(0) + n(0));
  if (is_signed) builder.command(signature, n(signature_at) + n(file_size - signature_at));
  return builder;
}

std::string library(const Names& rpaths, const std::optional<Signed>& how = Signed{}) {
  auto file = builder_of(rpaths, how.has_value()).build();
  file.resize(content_at, '\0');
  file.resize(signature_at, 'c');
  if (how) file += signature_of(file, how->flags, how->certificates);
  file.resize(file_size, '\0');
  return file;
}

std::string edited(const std::string& file, const std::vector<LibraryEdit>& edits) {
  MemoryBytes source(file);
  return apply_edits(file, macho::plan_edit(source, edits, "a.dylib"));
}

std::string refusal(const std::string& file, const LibraryEdit& edit) {
  try {
    edited(file, {edit});
  } catch (const Error& error) {
    CHECK((error.code() == ErrorCode::cannot_edit || error.code() == ErrorCode::bad_binary));
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("an edited dylib is what a linker would have made, and signed again") {
  const auto before = library({"@loader_path/old"});
  CHECK(edited(before, {{.search_path = Names{"@loader_path/new/and/longer", "@loader_path/old"}}}) ==
        library({"@loader_path/new/and/longer", "@loader_path/old"}));
  CHECK(edited(before, {{.search_path = Names{}}}) == library({}));
  CHECK(edited(library({}, std::nullopt), {{.search_path = Names{"/a"}}}).size() == file_size);
  CHECK(edited(before, {{.search_path = Names{"@loader_path/old"}}}) == before);
}

TEST_CASE("a certificate's signature becomes an ad hoc one; the empty part of an ad hoc one stays") {
  const auto certificates = big(0xFADE0B01) + big(40) + std::string(32, 'k');
  CHECK(edited(library({"/b"}, Signed{0, certificates}), {{.search_path = Names{"/a"}}}) ==
        library({"/a"}, Signed{2, {}}));
  const auto empty = big(0xFADE0B01) + big(8);
  CHECK(edited(library({"/b"}, Signed{2, empty}), {{.search_path = Names{"/a"}}}) ==
        library({"/a"}, Signed{2, empty}));
}

TEST_CASE("install names are replaced and added, in order") {
  const auto file = edited(
      library({}), {{.needed = Names{"@rpath/libx.dylib", "/usr/lib/libSystem.B.dylib", "@rpath/liby.dylib"},
                     .soname = "@rpath/libz.dylib"}});
  const auto info = read_binary(file, "a.dylib");
  CHECK(info.needed == Names{"@rpath/libx.dylib", "/usr/lib/libSystem.B.dylib", "@rpath/liby.dylib"});
  CHECK(info.soname == "@rpath/libz.dylib");
}

TEST_CASE("each slice of a fat file is edited by itself") {
  const auto one = library({"/a"}), other = library({"/b"}, std::nullopt);
  auto slices = [](const std::string& first, const std::string& second) {
    return test::fat_macho({{0x0100000C, first}, {0x0100000C, second}});
  };
  CHECK(edited(slices(one, other), {{.search_path = Names{"/c"}}, {}}) == slices(library({"/c"}), other));
}

TEST_CASE("what can't be edited is refused") {
  const auto file = library({});
  const auto used = builder_of({}, true).build().size();
  const std::string longest(content_at - used - 12 - 1, 'x');
  CHECK(edited(file, {{.search_path = Names{longest.substr(0, longest.size() / 8 * 8)}}}).size() ==
        file_size);
  CHECK(refusal(file, {.search_path = Names{longest + "12345678"}}).find("8 bytes are missing") !=
        std::string::npos);
  CHECK(refusal(file, {.needed = Names{"@rpath/libb.dylib"}}).find("can't be removed") != std::string::npos);
  auto dirty = file;
  dirty[content_at - 1] = 'x';
  CHECK(refusal(dirty, {.search_path = Names{"/a"}}).empty());
  dirty[used + 1] = 'x';
  CHECK(refusal(dirty, {.search_path = Names{"/a"}}).find("something else") != std::string::npos);
  for (const auto at : {signature_at, signature_at + 8, signature_at + 16, signature_at + 24}) {
    CAPTURE(at);
    auto lying = file;
    lying.replace(at, 4, "\xff\xff\xff\xff");
    CHECK(!refusal(lying, {.search_path = Names{"/a"}}).empty());
  }
}
