// Wheels that need ZIP64: more than 4 GiB, of sparse stored data, and more than 65,535 entries. Both of our
// readers are asked.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "deflate/inflate.hpp"
#include "support/wheel_builder.hpp"
#include "wheel/archive_of.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

constexpr std::uint64_t big_size = (std::uint64_t{4} << 30) + 12'345;

struct Digest {
  std::uint32_t crc = 0;
  std::string hash;
};

Digest digest_of_zeros(std::uint64_t size) {
  const std::string zeros(1 << 20, '\0');
  Digest digest;
  Hasher hasher;
  for (std::uint64_t left = size; left > 0;) {
    const auto piece = std::string_view(zeros).substr(
        0, static_cast<std::size_t>(std::min<std::uint64_t>(left, zeros.size())));
    digest.crc = wheelfix::crc32(digest.crc, piece);
    hasher.update(piece);
    left -= piece.size();
  }
  digest.hash = hasher.finish_for_record();
  return digest;
}

void append(int fd, const std::string& bytes) {
  REQUIRE(::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

std::string header_fields(std::uint32_t crc, std::size_t name_size, std::size_t extra_size) {
  std::string out;
  test::put16(out, 0);
  test::put16(out, 0);
  test::put16(out, 0x6000);
  test::put16(out, 0x5721);
  test::put32(out, crc);
  test::put32(out, 0xFFFFFFFF);
  test::put32(out, 0xFFFFFFFF);
  test::put16(out, static_cast<unsigned>(name_size));
  test::put16(out, static_cast<unsigned>(extra_size));
  return out;
}

/// A wheel whose first entry is 4 GiB of stored zeros, a hole on disk, so that what follows lies beyond 4 GiB
/// too. The rest is a small archive, its offsets moved into ZIP64 fields.
std::filesystem::path write_big_wheel(const TempFolder& folder) {
  const std::string name = "demo/zeros";
  const auto zeros = digest_of_zeros(big_size);
  WheelText text;
  const auto record = text.items().back().content;
  text.record = name + "," + zeros.hash + "," + std::to_string(big_size) + "\n" + record;
  const auto path = folder / text.file_name();
  const Descriptor file(::open(path.c_str(), O_CREAT | O_WRONLY, 0644));

  std::string sizes;
  test::put16(sizes, 1);
  test::put16(sizes, 16);
  test::put64(sizes, big_size);
  test::put64(sizes, big_size);
  append(file.get(),
         std::string("PK\3\4\x2d\0", 6) + header_fields(zeros.crc, name.size(), sizes.size()) + name + sizes);
  const auto shift = static_cast<std::uint64_t>(::lseek(file.get(), 0, SEEK_CUR)) + big_size;
  REQUIRE(::lseek(file.get(), static_cast<off_t>(shift), SEEK_SET) == static_cast<off_t>(shift));

  const auto rest = test::make_zip(text.items());
  const auto central_begin = rest.find("PK\1\2");
  const auto end_record = rest.rfind("PK\5\6");
  append(file.get(), rest.substr(0, central_begin));
  std::string central =
      std::string("PK\1\2\x2d\3\x2d\0", 8) + header_fields(zeros.crc, name.size(), sizes.size());
  central += std::string(6, '\0');  // comment size, disk, internal attributes
  test::put32(central, 0100644U << 16);
  test::put32(central, 0);  // the offset
  central += name + sizes;
  std::uint64_t count = 1;
  for (auto at = central_begin; at < end_record; ++count) {
    const auto u16 = [&](std::size_t i) {
      return static_cast<unsigned char>(rest[at + i]) | static_cast<unsigned char>(rest[at + i + 1]) << 8;
    };
    const auto u32 = [&](std::size_t i) {
      return static_cast<std::uint64_t>(u16(i)) | static_cast<std::uint64_t>(u16(i + 2)) << 16;
    };
    const auto name_size = static_cast<std::size_t>(u16(28));
    std::string header = rest.substr(at, 46 + name_size);
    std::string offset;
    test::put16(offset, 1);
    test::put16(offset, 8);
    test::put64(offset, shift + u32(42));
    std::string marker;
    test::put32(marker, 0xFFFFFFFF);
    header.replace(42, 4, marker);
    header[30] = static_cast<char>(offset.size());
    central += header + offset;
    at += 46 + name_size;
  }
  std::string end("PK\6\6");
  test::put64(end, 44);
  test::put16(end, 45);
  test::put16(end, 45);
  test::put64(end, 0);
  for (const std::uint64_t value :
       {count, count, static_cast<std::uint64_t>(central.size()), shift + central_begin})
    test::put64(end, value);
  end += "PK\6\7";
  test::put32(end, 0);
  test::put64(end, shift + central_begin + central.size());
  test::put32(end, 1);
  append(
      file.get(),
      central + end + std::string("PK\5\6\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0", 22));
  return path;
}

}  // namespace

TEST_CASE("a wheel over 4 GiB is patched and checked") {
  const TempFolder folder;
  const auto path = write_big_wheel(folder);
  WheelEdit edit(Wheel::open(path));
  CHECK(edit.wheel().entries()[0].size == big_size);
  edit.set_content("demo/__init__.py", "two = 2\n");
  edit.set_local_label("fix.1", LocalLabel::extend);
  const auto result = write(edit, {.dest_dir = folder / "out"});
  std::filesystem::remove(path);
  const auto wheel = Wheel::open(result.output);
  CHECK(wheel.entries()[0].size == big_size);
  CHECK(archive_of(wheel).entries()[1].header_offset > big_size);
  CHECK(wheel.read("demo/__init__.py") == "two = 2\n");
  CHECK(verify(result.output).empty());
}

TEST_CASE("a wheel with over 65,535 entries is patched and checked") {
  const TempFolder folder;
  WheelText text;
  for (int i = 0; i < 70'000; ++i)
    text.files.push_back({.name = "demo/m" + std::to_string(i) + ".py", .content = "x", .method = 0});
  test::ZipBuilder builder;
  builder.zip64_end = true;
  for (const auto& item : text.items()) builder.add(item);
  WheelEdit edit(Wheel::open(folder.write(text.file_name(), builder.finish())));
  edit.set_content("demo/m69999.py", "y");
  edit.set_local_label("fix.1", LocalLabel::extend);
  const auto result = write(edit, {.dest_dir = folder / "out"});
  const auto wheel = Wheel::open(result.output);
  CHECK(wheel.entries().size() == 70'004);
  CHECK(wheel.read("demo/m69999.py") == "y");
  CHECK(verify(result.output).empty());
}
