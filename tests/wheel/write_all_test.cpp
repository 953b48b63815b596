#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/verify.hpp>

#include "base/hash.hpp"
#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

std::vector<WheelEdit> two_edits(const TempFolder& folder) {
  std::vector<WheelEdit> edits;
  for (const auto* name : {"one", "two"}) {
    edits.emplace_back(Wheel::open(WheelText{.name = name}.write(folder)));
    edits.back().set_local_label("fix.1", LocalLabel::extend);
  }
  return edits;
}

}  // namespace

TEST_CASE("several wheels are written, or none if the last one can't be") {
  const TempFolder folder;
  const WriteOptions options{.dest_dir = folder / "out", .overwrite = true};
  const auto edits = two_edits(folder);
  const auto two = options.dest_dir / "two-1.0+fix.1-py3-none-any.whl";
  const auto one = options.dest_dir / "one-1.0+fix.1-py3-none-any.whl";
  std::filesystem::create_directories(two / "in the way");
  CHECK_THROWS_AS(write_all({&edits[0], &edits[1]}, options), Error);
  CHECK_FALSE(std::filesystem::exists(one));

  std::filesystem::remove_all(two);
  const auto results = write_all({&edits[0], &edits[1]}, options);
  REQUIRE(results.size() == 2);
  CHECK(results[0].output == one);
  CHECK(results[1].output == two);
  CHECK(verify(one).empty());
  CHECK(verify(two).empty());
}

TEST_CASE("a wheel that is to be written twice is refused") {
  const TempFolder folder;
  const WheelEdit edit(Wheel::open(WheelText{}.write(folder)));
  const WriteOptions options{.dest_dir = folder / "out"};
  CHECK_THROWS_WITH_AS(write_all({&edit, &edit}, options), doctest::Contains("would be written twice"),
                       Error);
  CHECK(write_all({}, options).empty());
}

TEST_CASE("an output that is there is refused before any wheel is read") {
  const TempFolder folder;
  const auto edits = two_edits(folder);
  WriteOptions options{.dest_dir = folder / "out"};
  options.progress = [](const Progress&) {
    FAIL_CHECK("something is read");
    return true;
  };
  const auto two = options.dest_dir / edits[1].output_name().to_string();
  std::filesystem::create_directory(options.dest_dir);
  std::filesystem::create_symlink("nowhere", two);
  CHECK_THROWS_WITH_AS(write_all({&edits[0], &edits[1]}, options), doctest::Contains("two-1.0+fix.1"), Error);
  CHECK_THROWS_WITH_AS(require_free_outputs({&edits[1]}, options), doctest::Contains("exists already"),
                       Error);
  CHECK_NOTHROW(require_free_outputs({&edits[0]}, options));
  options.overwrite = true;
  CHECK_NOTHROW(require_free_outputs({&edits[1]}, options));
}

TEST_CASE("wheels that were replaced are restored if they can't be announced") {
  const TempFolder folder;
  const auto edits = two_edits(folder);
  const WriteOptions options{.dest_dir = folder / "out", .overwrite = true};
  const auto one = options.dest_dir / edits[0].output_name().to_string();
  const auto two = options.dest_dir / edits[1].output_name().to_string();
  std::filesystem::create_directory(options.dest_dir);
  std::ofstream(two) << "old";
  const auto told = [&](const std::vector<WriteResult>& results) {
    CHECK(results.size() == 2);
    CHECK(verify(one).empty());
    CHECK(verify(two).empty());
    throw Error(ErrorCode::io, "standard output", "is closed");
  };
  CHECK_THROWS_WITH_AS(write_all({&edits[0], &edits[1]}, options, told), "standard output: is closed", Error);
  CHECK(test::slurp(two) == "old");
  CHECK(std::distance(std::filesystem::directory_iterator(options.dest_dir), {}) == 1);
  write_all({&edits[0], &edits[1]}, options);
  CHECK(verify(two).empty());
  CHECK(std::distance(std::filesystem::directory_iterator(options.dest_dir), {}) == 2);
}

TEST_CASE("a source that is rewritten while it is read is reported, and nothing is written") {
  const TempFolder folder;
  const auto source = WheelText{}.write(folder);
  WheelEdit edit(Wheel::open(source));
  edit.set_local_label("fix.1", LocalLabel::extend);
  const auto rewrite = [&](const Progress&) {
    std::ofstream(source, std::ios::app) << "x";
    return true;
  };
  const WriteOptions options{.dest_dir = folder / "out", .progress = rewrite};
  CHECK_THROWS_WITH_AS(write(edit, options), (source.string() + ": changed while it was read").c_str(),
                       Error);
  CHECK_FALSE(std::filesystem::exists(options.dest_dir));
}

namespace {

std::optional<std::string> hashes_of(const std::vector<WriteResult>& wheels) {
  std::string hashes;
  for (const auto& wheel : wheels) hashes += wheel.sha256 + "\n";
  return hashes;
}

}  // namespace

TEST_CASE("a new wheel's hash is that of its file, on any number of threads, and is computed on request") {
  const TempFolder folder;
  WheelEdit edit(Wheel::open(
      WheelText{.files = {{.name = "demo/big.bin", .content = std::string(3'000'000, 'x')}}}.write(folder)));
  edit.set_local_label("fix.1", LocalLabel::extend);
  for (const unsigned jobs : {1U, 3U}) {
    const auto result =
        write(edit, {.dest_dir = folder / "out", .jobs = jobs, .overwrite = true, .hash = true});
    CHECK(result.sha256 == sha256_hex(test::slurp(result.output)));
  }
  CHECK(write(edit, {.dest_dir = folder / "plain"}).sha256.empty());
  CHECK(write(edit, {.dest_dir = folder / "dry", .dry_run = true, .hash = true}).sha256.empty());
}

TEST_CASE("companions are written with the wheels, and removed or restored with them") {
  const TempFolder folder;
  WheelEdit edit(Wheel::open(WheelText{}.write(folder)));
  edit.set_local_label("fix.1", LocalLabel::extend);
  const auto none = [](const auto&) { return std::optional<std::string>(); };
  WriteOptions options{.dest_dir = folder / "out",
                       .hash = true,
                       .companions = {{folder / "texts/hashes", hashes_of}, {folder / "none", none}}};
  const auto fail = [](const auto&) { throw Error(ErrorCode::io, "standard output", "is closed"); };
  CHECK_THROWS_AS(write_all({&edit}, options, fail), Error);
  CHECK_FALSE(std::filesystem::exists(folder / "texts"));
  CHECK_FALSE(std::filesystem::exists(options.dest_dir));

  const auto results = write_all({&edit}, options);
  CHECK(test::slurp(folder / "texts/hashes") == results.front().sha256 + "\n");
  CHECK_FALSE(std::filesystem::exists(folder / "none"));

  options.overwrite = true;
  std::ofstream(folder / "texts/hashes") << "old";
  CHECK_THROWS_AS(write_all({&edit}, options, fail), Error);
  CHECK(test::slurp(folder / "texts/hashes") == "old");
  CHECK(verify(results.front().output).empty());
}

TEST_CASE("a companion replaces neither a file that exists, unless it may, nor a wheel") {
  const TempFolder folder;
  WheelEdit edit(Wheel::open(WheelText{}.write(folder)));
  edit.set_local_label("fix.1", LocalLabel::extend);
  std::ofstream(folder / "old") << "old";
  WriteOptions options{.dest_dir = folder / "out", .companions = {{folder / "old", hashes_of}}};
  CHECK_THROWS_WITH_AS(write(edit, options), doctest::Contains("old: exists already"), Error);
  options.overwrite = true;
  options.companions.front().path = edit.wheel().path();
  CHECK_THROWS_WITH_AS(write(edit, options), doctest::Contains("has the name of a wheel"), Error);
  options.companions = {{folder / "new", hashes_of}, {folder / "out/../new", hashes_of}};
  CHECK_THROWS_WITH_AS(write(edit, options), doctest::Contains("new: would be written twice"), Error);
  CHECK_FALSE(std::filesystem::exists(options.dest_dir));
}
