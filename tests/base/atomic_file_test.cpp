#include "base/atomic_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <wheelfix/error.hpp>

#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::TempFolder;

namespace {

constexpr std::initializer_list<AtomicFile::Temporary> both_kinds = {
    AtomicFile::Temporary::unnamed_if_possible, AtomicFile::Temporary::named};

ErrorCode code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::usage;
}

}  // namespace

TEST_CASE("a committed file is there with all that was appended, and nothing else is") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    AtomicFile file(folder / "out", Existing::refuse, kind);
    file.append("one ");
    file.append("two");
    CHECK(file.size() == 7);
    CHECK_FALSE(folder.names().contains("out"));
    file.commit(Durability::sync);
    CHECK(test::slurp(folder / "out") == "one two");
    CHECK(folder.names() == std::set<std::string>{"out"});
  }
}

TEST_CASE("a file that isn't committed leaves nothing behind") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    { AtomicFile(folder / "out", Existing::refuse, kind).append("half"); }
    CHECK(folder.names().empty());
  }
}

TEST_CASE("an unnamed temporary can't be seen while it is written") {
  const TempFolder folder;
  AtomicFile file(folder / "out", Existing::refuse);
  file.append("half");
  CHECK(folder.names().empty());
}

TEST_CASE("an output that is there is refused before anything is written") {
  const TempFolder folder;
  folder.write("out", "old");
  CHECK(code_of([&] { AtomicFile(folder / "out", Existing::refuse); }) == ErrorCode::output_exists);
}

TEST_CASE("an output that appears meanwhile is not overwritten") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    {
      AtomicFile file(folder / "out", Existing::refuse, kind);
      file.append("ours");
      folder.write("out", "theirs");
      CHECK(code_of([&] { file.commit(Durability::none); }) == ErrorCode::output_exists);
    }
    CHECK(test::slurp(folder / "out") == "theirs");
    CHECK(folder.names() == std::set<std::string>{"out"});
  }
}

TEST_CASE("an output is replaced in one step if that was asked for") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    folder.write("out", "old");
    AtomicFile file(folder / "out", Existing::replace, kind);
    file.append("new");
    CHECK(test::slurp(folder / "out") == "old");
    file.commit(Durability::none);
    CHECK(test::slurp(folder / "out") == "new");
    CHECK(folder.names() == std::set<std::string>{"out"});
  }
}

TEST_CASE("a published file that isn't kept goes, and what was there is there again") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    folder.write("old", "old");
    {
      AtomicFile fresh(folder / "fresh", Existing::refuse, kind);
      AtomicFile replacing(folder / "old", Existing::replace, kind);
      replacing.append("new");
      fresh.publish(Durability::none);
      replacing.publish(Durability::sync);
      CHECK(std::filesystem::exists(folder / "fresh"));
      CHECK(test::slurp(folder / "old") == "new");
    }
    CHECK(test::slurp(folder / "old") == "old");
    CHECK(folder.names() == std::set<std::string>{"old"});
  }
}

TEST_CASE("a published file that another run has replaced isn't taken back") {
  const TempFolder folder;
  folder.write("out", "old");
  {
    AtomicFile file(folder / "out", Existing::replace);
    file.publish(Durability::none);
    std::filesystem::rename(folder.write("theirs", "theirs"), folder / "out");
  }
  CHECK(test::slurp(folder / "out") == "theirs");
  CHECK(folder.names() == std::set<std::string>{"out"});
}

TEST_CASE("a folder or a pipe in the way is refused, and stays; a symlink is replaced itself") {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0666) == 0);
  for (const auto* name : {"folder", "pipe"})
    CHECK(code_of([&] { AtomicFile(folder / name, Existing::replace); }) == ErrorCode::output_exists);
  folder.write("target", "target");
  std::filesystem::create_symlink("target", folder / "link");
  AtomicFile file(folder / "link", Existing::replace);
  file.append("new");
  file.commit(Durability::none);
  CHECK(test::slurp(folder / "target") == "target");
  CHECK(std::filesystem::symlink_status(folder / "link").type() == std::filesystem::file_type::regular);
  CHECK(folder.names() == std::set<std::string>{"folder", "link", "pipe", "target"});
}

TEST_CASE("a file that was written to, replaced or removed since it was opened is reported") {
  const TempFolder folder;
  const auto path = folder.write("in", "four");
  const auto refusal = [&](const std::function<void()>& change) {
    const File file = File::open(path);
    CHECK_NOTHROW(file.require_unchanged());
    change();
    try {
      file.require_unchanged();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::io);
      return error.message();
    }
    return std::string("nothing");
  };
  const auto touch = [&](std::chrono::nanoseconds later) {
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + later);
  };
  CHECK(refusal([&] { folder.write("in", "more than four"); }) == "changed while it was read");
  CHECK(refusal([&] { touch(std::chrono::nanoseconds(1)); }) == "changed while it was read");
  CHECK(refusal([&] { std::filesystem::rename(folder.write("other", "four"), path); }) ==
        "was replaced or removed while it was read");
  CHECK(refusal([&] { std::filesystem::remove(path); }) == "was replaced or removed while it was read");
}

TEST_CASE("a new file has the mode that the umask leaves") {
  for (const auto kind : both_kinds) {
    const TempFolder folder;
    const auto old_mask = ::umask(027);
    AtomicFile file(folder / "out", Existing::refuse, kind);
    file.commit(Durability::none);
    ::umask(old_mask);
    CHECK(std::filesystem::status(folder / "out").permissions() == std::filesystem::perms{0640});
  }
}

TEST_CASE(
    "parts of another file are appended, on any number of threads and in the kernel, and all of it is "
    "reported "
    "of") {
  const TempFolder folder;
  std::string content;
  for (int i = 0; i < 1'500'000; ++i) content += std::to_string(i);
  const File source = File::open(folder.write("in", content));
  for (const unsigned jobs : {1U, 3U}) {
    for (const std::size_t offset :
         {1000UL, 4101UL}) {  // after the head of 5 bytes, 4101 lies in its block as the output does
      AtomicFile file(folder / "out", Existing::replace);
      file.append("head ");
      std::atomic<std::uint64_t> told = 0;
      const auto length = content.size() - offset - 1000;
      file.append_from(source, offset, length, jobs, [&](std::uint64_t bytes) { told += bytes; });
      file.append(" tail");
      CHECK(told == length);
      CHECK(file.reopen().size() == file.size());
      file.commit(Durability::none);
      CHECK(test::slurp(folder / "out") == "head " + content.substr(offset, length) + " tail");
    }
  }
}

TEST_CASE("the copy falls back to reading if the kernel can't copy between the file systems") {
  const TempFolder folder;
  const auto elsewhere = std::filesystem::path("/dev/shm") / ("wheelfix-test-" + std::to_string(::getpid()));
  std::ofstream(elsewhere) << std::string(3'000'000, 'x');
  const File source = File::open(elsewhere);
  AtomicFile file(folder / "out", Existing::refuse);
  file.append_from(source, 0, source.size(), 1, [](std::uint64_t) {});
  file.commit(Durability::none);
  std::filesystem::remove(elsewhere);
  CHECK(test::slurp(folder / "out") == std::string(3'000'000, 'x'));
}

TEST_CASE("a folder that isn't there is an error that names the file") {
  const TempFolder folder;
  CHECK_THROWS_WITH_AS(AtomicFile(folder / "no" / "out", Existing::refuse),
                       ((folder / "no/out").string() + ": cannot write: No such file or directory").c_str(),
                       Error);
}

TEST_CASE("reading past the end of a file, a folder or no file at all is an I/O error") {
  const TempFolder folder;
  const File file = File::open(folder.write("in", "four"));
  CHECK(file.read(1, 2) == "ou");
  CHECK(code_of([&] { file.read(2, 3); }) == ErrorCode::io);
  CHECK_THROWS_WITH_AS(File::open(folder.path()),
                       (folder.path().string() + ": cannot read: Is a directory").c_str(), Error);
  CHECK_THROWS_WITH_AS(File::open(folder / "none"),
                       ((folder / "none").string() + ": cannot open: No such file or directory").c_str(),
                       Error);
  CHECK_THROWS_WITH_AS(File::open("/dev/null"), "/dev/null: is not a regular file", Error);
}

TEST_CASE(
    "blocks shared with another file are read there, if all of a range is shared, and all else where it is") {
  const TempFolder folder;
  const File own = File::open(folder.write("own", "abcdefghij"));
  const File other = File::open(folder.write("other", "0123456789"));
  const auto shared = std::make_shared<const SharedBlocks>(
      SharedBlocks{.other = std::make_shared<const Descriptor>(::dup(other.fd())),
                   .ranges = {{.begin = 2, .size = 3, .offset = 4}, {.begin = 7, .size = 1, .offset = 0}}});
  const File file = File::from_descriptor(own.fd(), own.path(), shared);
  CHECK(file.read(0, 10) == "abcdefghij");
  CHECK(file.read(2, 3) == "456");
  CHECK(file.read(4, 1) == "6");
  CHECK(file.read(4, 2) == "ef");
  CHECK(file.read(1, 2) == "bc");
  CHECK(file.read(7, 1) == "0");
  CHECK(file.read(8, 2) == "ij");
  CHECK(file.place(3, 1).fd == shared->other->get());
  CHECK(file.place(3, 1).offset == 5);
  CHECK(file.place(6, 1).fd == file.fd());
}
