#include "zip/directory.hpp"

#include <doctest/doctest.h>

#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::ZipBuilder;

namespace {

std::string message_for(const std::string& bytes) {
  const TempFolder folder;
  const auto path = folder.write("x.whl", bytes);
  try {
    zip::read_directory(File::open(path), {});
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_archive);
    CHECK(error.subject() == path.string());
    return error.message();
  }
  return "accepted";
}

std::string sample() {
  ZipBuilder builder;
  builder.add({.name = "a", .content = "the content of a"});
  builder.add({.name = "b", .content = "the content of b"});
  return builder.finish();
}

}  // namespace

TEST_CASE("what isn't an archive is told apart from what was cut short") {
  CHECK(message_for("") == "is empty, not a wheel");
  CHECK(message_for("<html>404</html>") == "is not a ZIP archive, so not a wheel");
  CHECK(message_for(sample().substr(0, 60)) == "is cut short: the ZIP archive has no central directory");
}

TEST_CASE("an archive that is cut short anywhere is refused") {
  const auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(message_for(bytes.substr(0, size)) != "accepted");
}

TEST_CASE("bytes after the end are refused, as the package index and uv do") {
  CHECK(message_for(sample() + "trailing") ==
        "has bytes after the end of the archive, or is cut short there");
}

TEST_CASE(
    "a comment that holds an end record's signature is refused, for Python and uv take it for the record") {
  ZipBuilder builder;
  builder.add({.name = "a"});
  builder.comment = "PK\5\6";
  CHECK(message_for(builder.finish()) == "has bytes after the end of the archive, or is cut short there");
}

TEST_CASE("counts and offsets that contradict each other are refused") {
  auto bytes = sample();
  const auto end = bytes.rfind("PK\5\6");
  auto wrong = bytes;
  wrong[end + 16] ^= 1;
  CHECK(message_for(wrong).starts_with("is damaged: the central directory should be at "));
  wrong = bytes;
  wrong[end + 8] = wrong[end + 10] = 3;
  CHECK(message_for(wrong).starts_with("is damaged: "));
  wrong = bytes;
  wrong[end + 8] = wrong[end + 10] = 1;
  CHECK(message_for(wrong).find("bytes after the last central header") != std::string::npos);
  wrong = bytes;
  wrong[bytes.find("PK\1\2") + 2] = 'x';
  CHECK(message_for(wrong).starts_with("is damaged: no central header for entry 1 at offset "));
  wrong = bytes;
  wrong[end + 4] = 1;
  CHECK(message_for(wrong) == "is one part of an archive of several disks");
}

namespace {

std::string zip64_sample() {
  ZipBuilder builder;
  builder.zip64_end = true;
  builder.add({.name = "a"});
  return builder.finish();
}

/// The same with `bytes` at `at` within the part that begins with the signature.
std::string with(std::string archive, const char* signature, std::size_t at, const std::string& bytes) {
  return archive.replace(archive.rfind(signature) + at, bytes.size(), bytes);
}

}  // namespace

TEST_CASE(
    "a ZIP64 record has 56 bytes and is right before its locator, because some readers look there and some "
    "where it points") {
  const auto bytes = zip64_sample();
  CHECK(message_for(bytes) == "accepted");
  auto wrong = bytes;
  wrong.insert(wrong.rfind("PK\6\7"), "gap");
  CHECK(message_for(wrong).starts_with("is ambiguous: the ZIP64 locator points to offset "));
  CHECK(message_for(with(bytes, "PK\6\7", 8, std::string(1, '\0'))) ==
        "is ambiguous: the ZIP64 locator points to offset 0, not to a record of 56 bytes right before it at "
        "136");
  CHECK(message_for(with(bytes, "PK\6\7", 14, "\1"))
            .starts_with("is ambiguous: the ZIP64 locator points to offset "));
  CHECK(message_for(with(bytes, "PK\6\7", 16, "\2")) == "is one part of an archive of several disks");
  CHECK(message_for(with(bytes, "PK\6\6", 0, "xx")) ==
        "has a ZIP64 locator, but no ZIP64 end record at offset 80");
  CHECK(message_for(with(bytes, "PK\6\6", 4, "\x2d")) ==
        "is ambiguous: its ZIP64 end record says 45 bytes, not 44");
}

TEST_CASE("an end record beside ZIP64's defers a field by its marker or says the same, disks too") {
  const auto bytes = zip64_sample();
  CHECK(message_for(with(bytes, "PK\5\6", 4, "\xff\xff")) == "accepted");
  CHECK(message_for(with(bytes, "PK\5\6", 6, "\xff\xff")) == "accepted");
  CHECK(message_for(with(bytes, "PK\5\6", 4, "\xff\xff\xff\xff")) == "accepted");
  CHECK(message_for(with(bytes, "PK\5\6", 10, std::string("\1\0", 2))) == "accepted");
  CHECK(message_for(with(bytes, "PK\5\6", 10, std::string("\2\0", 2))) ==
        "is ambiguous: the end record says entries 2, the ZIP64 end record 1");
  CHECK(message_for(with(bytes, "PK\5\6", 16, std::string("\0\0\0\0", 4))) ==
        "is ambiguous: the end record says directory offset 0, the ZIP64 end record 33");
}

TEST_CASE("a second directory in a comment, with ZIP64 records that nothing defers to, is refused") {
  const auto honest = sample();
  auto hidden = zip64_sample();
  hidden.resize(hidden.rfind("PK\5\6"));
  const auto end = honest.rfind("PK\5\6");
  CHECK(message_for(honest.substr(0, end) + hidden + honest.substr(end)).starts_with("is ambiguous: "));
}

TEST_CASE("markers of disks without ZIP64 are those of an archive of several") {
  CHECK(message_for(with(sample(), "PK\5\6", 4, "\xff\xff\xff\xff")) ==
        "is one part of an archive of several disks");
  CHECK(message_for(with(sample(), "PK\5\6", 8, "\1")) == "is one part of an archive of several disks");
}
