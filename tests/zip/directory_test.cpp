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

TEST_CASE("what is no archive is told apart from what was cut short") {
  CHECK(message_for("") == "is empty, not a wheel");
  CHECK(message_for("<html>404</html>") == "is not a ZIP archive, so not a wheel");
  CHECK(message_for(sample().substr(0, 60)) == "is cut short: the ZIP archive has no central directory");
}

TEST_CASE("an archive that is cut short anywhere is refused") {
  const auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(message_for(bytes.substr(0, size)) != "accepted");
}

TEST_CASE("bytes behind the end are refused, as the package index and uv do") {
  CHECK(message_for(sample() + "trailing") ==
        "has bytes behind the end of the archive, or is cut short there");
}

TEST_CASE("a comment that holds an end record's signature is refused, for Python and uv take it for the record") {
  ZipBuilder builder;
  builder.add({.name = "a"});
  builder.comment = "PK\5\6";
  CHECK(message_for(builder.finish()) == "has bytes behind the end of the archive, or is cut short there");
}

TEST_CASE("bytes between ZIP64's end record and its locator are refused") {
  ZipBuilder builder;
  builder.zip64_end = true;
  builder.add({.name = "a"});
  auto bytes = builder.finish();
  CHECK(message_for(bytes) == "accepted");
  bytes.insert(bytes.rfind("PK\6\7"), "gap");
  CHECK(message_for(bytes) == "has bytes between the ZIP64 end record and its locator");
}

TEST_CASE("counts and offsets that contradict each other are refused") {
  auto bytes = sample();
  const auto end = bytes.rfind("PK\5\6");
  auto wrong = bytes;
  wrong[end + 16] ^= 1;
  CHECK(message_for(wrong).starts_with("is damaged: the central directory should lie at "));
  wrong = bytes;
  wrong[end + 10] = 3;
  CHECK(message_for(wrong).starts_with("is damaged: "));
  wrong = bytes;
  wrong[end + 10] = 1;
  CHECK(message_for(wrong).find("bytes behind the last central header") != std::string::npos);
  wrong = bytes;
  wrong[bytes.find("PK\1\2") + 2] = 'x';
  CHECK(message_for(wrong).starts_with("is damaged: no central header for entry 1 at offset "));
  wrong = bytes;
  wrong[end + 4] = 1;
  CHECK(message_for(wrong) == "is one part of an archive of several disks");
}

TEST_CASE("a ZIP64 locator that points astray is refused") {
  ZipBuilder builder;
  builder.zip64_end = true;
  builder.add({.name = "a"});
  const auto bytes = builder.finish();
  const auto locator = bytes.rfind("PK\6\7");
  auto wrong = bytes;
  wrong[locator + 8] = 0;
  CHECK(message_for(wrong) == "the ZIP64 locator points to something else than the ZIP64 end record");
  wrong = bytes;
  wrong[locator + 14] = 1;
  CHECK(message_for(wrong) == "the ZIP64 locator points past the end of the archive");
}
