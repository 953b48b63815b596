#include "binary/second_reader.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <random>
#include <thread>
#include <wheelfix/error.hpp>

#include "support/compiled_library.hpp"
#include "support/hostile_binaries.hpp"
#include "support/scripts.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using namespace std::chrono_literals;
using Failure = SecondReaderFailure;
using Outcome = SecondOpinion::Outcome;
using Readings = std::vector<BinaryInfo>;

namespace {

const std::filesystem::path helper = WHEELFIX_LIEF_PROGRAM;

const std::string linked_flags =
    "-Wl,-soname,libsample.so.1 -Wl,-rpath,'$ORIGIN/../lib:/opt/x' -Wl,--enable-new-dtags "
    "-nostdlib -Wl,--no-as-needed -lm -lz -lc";

// A sanitizer reserves so much address space that the helper can't limit it.
constexpr bool limits_memory = WHEELFIX_LIMITS_MEMORY;

/// A reader whose helper is a script.
SecondReader scripted(const test::TempFolder& folder, const std::string& command,
                      const SecondReaderLimits& limits = {}) {
  return SecondReader::find(test::script(folder, command), limits);
}

Failure failure_of(const SecondReader& reader, const std::string& bytes) {
  const auto answer = reader.read(piece(bytes));
  REQUIRE(std::holds_alternative<Failure>(answer));
  return std::get<Failure>(answer);
}

}  // namespace

TEST_CASE("the second reader reads a library as the first does") {
  const test::TempFolder folder;
  const auto library =
      test::compiled_library(folder, "#include <cstdio>\nint f() { return std::puts(\"x\"); }", linked_flags);
  const auto ours = read_binary(library, "library");
  CHECK(ours.soname == "libsample.so.1");
  CHECK(ours.needed == std::vector<std::string>{"libm.so.6", "libz.so.1", "libc.so.6"});
  CHECK(ours.runpath == std::vector<std::string>{"$ORIGIN/../lib", "/opt/x"});
  const auto reader = SecondReader::find(helper);
  REQUIRE_FALSE(reader.absence());
  const auto theirs = reader.read(piece(library));
  REQUIRE(std::holds_alternative<Readings>(theirs));
  CHECK(std::get<Readings>(theirs) == Readings{ours});
  CHECK(reader.opinion(ours, piece(library)) == SecondOpinion{Outcome::agrees, ""});
}

TEST_CASE("DT_RPATH, a program and a library that needs nothing are read too") {
  const test::TempFolder folder;
  const auto reader = SecondReader::find(helper);
  const auto check = [&](const std::string& bytes) {
    CHECK(reader.opinion(read_binary(bytes, "x"), piece(bytes)) == SecondOpinion{Outcome::agrees, ""});
  };
  check(test::compiled_library(folder, "int x;", "-Wl,-rpath,/a::/b -Wl,--disable-new-dtags"));
  check(test::compiled_library(folder, "int x;", "-nostdlib"));
  check(test::slurp("/proc/self/exe"));
}

TEST_CASE("each field that differs is reported") {
  const test::TempFolder folder;
  const auto library = test::compiled_library(folder, "int x;", linked_flags);
  auto ours = read_binary(library, "library");
  const auto reader = SecondReader::find(helper);
  ours.soname.reset();
  ours.needed.pop_back();
  ours.rpath = {"/a\n", "/b"};
  ours.runpath.clear();
  const auto opinion = reader.opinion(ours, piece(library));
  CHECK(opinion.outcome == Outcome::disagrees);
  CHECK(
      opinion.text ==
      "LIEF reads it differently: soname: none against libsample.so.1; needed: libm.so.6, libz.so.1 against "
      "libm.so.6, libz.so.1, "
      "libc.so.6; "
      "rpath: /a\\x0a, /b against none; runpath: none against $ORIGIN/../lib, /opt/x");
}

TEST_CASE("all that a reading holds is compared") {
  BinaryInfo one, other;
  other.format = BinaryFormat::pe;
  other.machine = "x86_64";
  other.bits = 32;
  other.big_endian = other.is_dynamic = other.is_program = true;
  other.versions_needed = {{"libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.17"}}};
  CHECK(differences(one, other) ==
        std::vector<std::string>{"format: elf against pe", "machine:  against x86_64", "bits: 64 against 32",
                                 "big-endian: no against yes", "dynamic section: no against yes",
                                 "program: no against yes",
                                 "versions needed: none against libc.so.6 (GLIBC_2.2.5 GLIBC_2.17)"});
  CHECK(differences(other, other).empty());
}

TEST_CASE("a file of which LIEF makes nothing without an error is one that it can't read") {
  const auto reader = SecondReader::find(helper);
  const Failure no_machine{Failure::Kind::unreadable, "gives up: LIEF finds no machine in it"};
  CHECK(failure_of(reader,
                   "\x7f"
                   "ELF") == no_machine);
  CHECK(failure_of(reader,
                   "\x7f"
                   "ELF" +
                       std::string(60, '\0')) == no_machine);
  CHECK(failure_of(reader, "MZ" + std::string(200, '\0')).kind == Failure::Kind::unreadable);
  CHECK(failure_of(reader, "\xCA\xFE\xBA\xBE" + std::string(100, '\0')) ==  // a Java class
        Failure{Failure::Kind::unreadable, "gives up: LIEF finds no Mach-O in it"});
  for (const auto* bytes : {"", "P", "plain text"})
    CHECK(failure_of(reader, bytes) ==
          Failure{Failure::Kind::unreadable, "gives up: it is neither ELF nor PE nor Mach-O"});
  CHECK(reader.opinion({}, piece("text")) ==
        SecondOpinion{Outcome::disagrees, "LIEF gives up: it is neither ELF nor PE nor Mach-O"});
}

TEST_CASE("damaged libraries end in an opinion, whatever they do to LIEF") {
  const test::TempFolder folder;
  const auto library = test::compiled_library(folder, "int x;", linked_flags);
  const auto ours = read_binary(library, "library");
  const auto reader = SecondReader::find(helper);
  std::mt19937 random(20261121);
  std::vector<int> seen(4, 0);
  for (int round = 0; round < 150; ++round) {
    auto damaged = library;
    for (auto count = 1 + random() % 8; count > 0; --count)  // headers, and what stands after them
      damaged[random() % (random() % 2 == 0 ? 0x400 : damaged.size())] = static_cast<char>(random());
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    ++seen[static_cast<std::size_t>(reader.opinion(ours, piece(damaged)).outcome)];
  }
  CHECK(seen[static_cast<int>(Outcome::absent)] == 0);
  CHECK(seen[static_cast<int>(Outcome::agrees)] > 0);
  CHECK(seen[static_cast<int>(Outcome::disagrees)] > 0);
}

TEST_CASE("a PE file whose resources are nested 100,000 times over kills the helper alone") {
  const auto reader = SecondReader::find(helper);
  CHECK(failure_of(reader, test::pe_with_nested_resources(100'000)) ==
        Failure{Failure::Kind::died, "died of SIGSEGV"});
  const auto shallow = reader.read(piece(test::pe_with_nested_resources(3)));
  REQUIRE(std::holds_alternative<Readings>(shallow));
  CHECK(std::get<Readings>(shallow).at(0).machine == "amd64");
}

TEST_CASE("a small Mach-O file whose names would fill the memory is stopped by the limit" *
          doctest::skip(!limits_memory)) {
  SecondReaderLimits limits;
  limits.memory = 100 << 20;
  const auto reader = SecondReader::find(helper, limits);
  const auto bytes = test::macho_with_shared_names(20'000, 300'000);  // 6 GB of names
  CHECK(bytes.size() < 1'000'000);
  CHECK(failure_of(reader, bytes) == Failure{Failure::Kind::died, "requested more than 102 MB of memory"});
  CHECK(std::holds_alternative<Readings>(reader.read(piece(test::macho_with_shared_names(10, 100)))));
}

TEST_CASE("the memory that is allowed grows with the library" * doctest::skip(!limits_memory)) {
  const auto library = test::slurp("/proc/self/exe") + std::string(100 << 20, '\0');
  SecondReaderLimits limits;
  limits.memory = 128 << 20;
  CHECK(std::holds_alternative<Readings>(SecondReader::find(helper, limits).read(piece(library))));
  limits.memory_per_byte = 0;
  CHECK(failure_of(SecondReader::find(helper, limits), library) ==
        Failure{Failure::Kind::died, "requested more than 128 MB of memory"});
}

TEST_CASE("the writer of last resort gives a library what is wanted") {
  const test::TempFolder folder;
  const auto library = test::compiled_library(folder, "int f() { return 42; }", linked_flags);
  auto wanted = read_binary(library, "library");
  const auto reader = SecondReader::find(helper);
  const auto check = [&] {
    const auto written = reader.write(library, wanted);
    REQUIRE(std::holds_alternative<std::string>(written));
    const auto& bytes = std::get<std::string>(written);
    CHECK(read_binary(bytes, "written") == wanted);
    CHECK(test::answer_of(test::executable(folder, "written.so", bytes), "_Z1fv") == 42);
  };
  SUBCASE("as it is") {
    check();
  }
  SUBCASE("another soname and a longer path") {
    wanted.soname = "libanother.so.100";
    wanted.runpath = {"$ORIGIN/../" + std::string(300, 'x'), "$ORIGIN"};
    check();
  }
  SUBCASE("DT_RPATH for DT_RUNPATH") {
    std::swap(wanted.rpath, wanted.runpath);
    check();
  }
  SUBCASE("both") {
    wanted.rpath = {"/old"};
    check();
  }
  SUBCASE("neither, no soname and nothing needed") {
    wanted.rpath.clear();
    wanted.runpath.clear();
    wanted.soname.reset();
    wanted.needed.clear();
    check();
  }
  SUBCASE("needed in another order") {
    std::swap(wanted.needed.front(), wanted.needed.back());
    check();
  }
  SUBCASE("more needed, in order") {
    wanted.needed.insert(wanted.needed.begin() + 1, {"libdl.so.2", "libpthread.so.0"});
    check();
  }
}

TEST_CASE("a rewrite that takes too long is stopped by the limit on CPU time") {
  const test::TempFolder folder;
  std::string code = "extern \"C\" {\n", names;
  for (int i = 0; i < 16'000; ++i) {
    code += "int f" + std::to_string(i) + "() { return 1; }\n";
    names += "f" + std::to_string(i) + ",";
  }
  const auto library =
      test::compiled_library(folder, code + "int (*const table[])() = {" + names + "};\n}", "-O0");
  SecondReaderLimits limits;
  limits.cpu_time = 1s;
  limits.cpu_time_to_write = 1;
  limits.time_per_cpu_time = 100;  // on a busy machine the other limit would come first
  const auto written = SecondReader::find(helper, limits).write(library, read_binary(library, "library"));
  REQUIRE(std::holds_alternative<Failure>(written));
  CHECK(std::get<Failure>(written) == Failure{Failure::Kind::died, "took more than 1 s of CPU time"});
}

TEST_CASE("a library of more than 4 MB isn't given to the writer, nor what is no library") {
  const auto reader = SecondReader::find(helper);
  CHECK(std::get<Failure>(reader.write(std::string((4 << 20) + 1, '\0'), {})) ==
        Failure{Failure::Kind::unreadable, "is not asked to write more than 4 MB"});
  CHECK(std::get<Failure>(reader.write("text", {})).kind == Failure::Kind::unreadable);
}

TEST_CASE("a helper that fails is a finding, however it fails") {
  const test::TempFolder folder;
  SecondReaderLimits limits;
  limits.cpu_time = 1s;
  limits.time_per_cpu_time = 1;
  const std::string nonsense = "gave an invalid answer";
  struct Case {
    std::string command, text;
  };
  const Case cases[] = {
      {"kill -SEGV $$", "died of SIGSEGV"},
      {"kill -ABRT $$", "died of SIGABRT"},
      {"kill -64 $$", "died of signal 64"},
      {"kill -XCPU $$", "took more than 1 s of CPU time"},
      {"exit 12", "requested more than 256 MB of memory"},
      {"exit 1", "ended with status 1"},
      {"printf 'format 3\\nelf\\nend 0\\n\\n'; exit 2", "ended with status 2"},
      {"exec /bin/sleep 1000", "took longer than 1 s"},
      {"exec /usr/bin/yes", "said more than 1048576 bytes"},
      {"exec /bin/cat /dev/zero", "said more than 1048576 bytes"},
      {"exit 0", nonsense},
      {"echo garbage", nonsense},
      {"printf 'format 3\\nelf\\n'", nonsense},
      {"printf 'library 1\\nx\\nend 0\\n\\n'", nonsense},
  };
  for (const auto& one : cases) {
    CAPTURE(one.command);
    const auto reader = scripted(folder, one.command, limits);
    CHECK(failure_of(reader, "library") == Failure{Failure::Kind::died, one.text});
    CHECK(reader.opinion({}, piece("library")) == SecondOpinion{Outcome::died, "LIEF " + one.text});
  }
  const auto written = scripted(folder, "printf 'format 3\\nelf\\nend 0\\n\\n'").write("library", {});
  CHECK(std::get<Failure>(written) == Failure{Failure::Kind::died, nonsense});
}

TEST_CASE("what a helper says is made safe to print") {
  const test::TempFolder folder;
  const auto reader = scripted(folder, R"(printf 'failure 5\nbad\033!\nend 0\n\n')");
  CHECK(failure_of(reader, "library").text == "gives up: bad\\x1b!");
}

TEST_CASE("several slices are no agreement with one library") {
  const test::TempFolder folder;
  const auto reader = scripted(folder, R"(printf 'format 5\nmacho\nformat 5\nmacho\nend 0\n\n')");
  CHECK(reader.opinion({}, piece("x")) == SecondOpinion{Outcome::disagrees, "LIEF finds 2 libraries in it"});
}

TEST_CASE("the slices of a file are compared one by one") {
  const test::TempFolder folder;
  const auto reader = scripted(folder, R"(printf 'format 5\nmacho\nmachine 8\n16777223\nbits 2\n64\n'
printf 'format 5\nmacho\nmachine 8\n16777228\nbits 2\n64\nsignature 3\nyes\nneeded 1\na\nkind 4\nweak\nend 0\n\n')");
  BinaryInfo fat;
  fat.format = BinaryFormat::macho;
  fat.slices.resize(2, fat);
  fat.slices[0].machine = "x86_64";
  fat.slices[1].machine = "arm64";
  CHECK(reader.opinion(fat, piece("x")) ==
        SecondOpinion{Outcome::disagrees,
                      "LIEF reads it differently: arm64 needed: none against a; arm64 kinds of needed: none "
                      "against weak; arm64 signature: no against yes"});
  fat.slices[1].needed = {"a"};
  fat.slices[1].needed_kinds = {NeededKind::weak};
  fat.slices[1].has_signature = true;
  CHECK(reader.opinion(fat, piece("x")).outcome == Outcome::agrees);
}

TEST_CASE("a helper that is named is that or none") {
  const test::TempFolder folder;
  const auto missing = folder / "wheelfix-lief";
  const auto reader = SecondReader::find(missing);
  CHECK(reader.absence() == missing.string() + " is not a program");
  CHECK(reader.opinion({}, piece("x")) ==
        SecondOpinion{Outcome::absent, "no second reading: " + missing.string() + " is not a program"});
  CHECK(std::get<Failure>(reader.write("x", {})).kind == Failure::Kind::absent);
  CHECK(SecondReader::find(folder.path()).absence());
  CHECK(SecondReader::find(folder.write("text", "no program")).absence());
}

TEST_CASE("a helper that can't be started is absent") {
  const test::TempFolder folder;
  const auto program = test::executable(folder, "program",
                                        "\x7f"
                                        "ELF");
  CHECK(failure_of(SecondReader::find(program), "x") ==
        Failure{Failure::Kind::absent, "can't be started: " + program.string() + ": Exec format error"});
}

TEST_CASE("WHEELFIX_LIBEXEC names the helper's folder, and an option goes before it") {
  const test::TempFolder folder;
  const auto said = [&](const char* word) {
    return std::string("printf 'failure 1\\n") + word + "\\nend 0\\n\\n'";
  };
  ::setenv("WHEELFIX_LIBEXEC", folder.path().c_str(), 1);
  CHECK(SecondReader::find().absence() ==
        (folder / "wheelfix-lief").string() + ", which WHEELFIX_LIBEXEC leads to, is not a program");
  test::executable(folder, "wheelfix-lief", "#!/bin/sh\n" + said("a"));
  CHECK(failure_of(SecondReader::find(), "x").text == "gives up: a");
  CHECK(failure_of(SecondReader::find(test::script(folder, said("b"))), "x").text == "gives up: b");
  ::unsetenv("WHEELFIX_LIBEXEC");
}

TEST_CASE("what the source of a library throws is passed on") {
  const auto source = [](const PieceSink& sink) {
    sink("half of it");
    throw Error(ErrorCode::bad_archive, "x.whl: lib.so", "is damaged");
  };
  CHECK_THROWS_WITH_AS(SecondReader::find(helper).read(source), "x.whl: lib.so: is damaged", Error);
}

TEST_CASE("a source gives a library in pieces") {
  std::string bytes;
  for (int i = 0; bytes.size() < 3'000'000; ++i) bytes += std::to_string(i);
  MemoryBytes source(bytes);
  std::string taken;
  std::size_t longest = 0;
  pieces(source)([&](std::string_view part) {
    taken += part;
    longest = std::max(longest, part.size());
  });
  CHECK(taken == bytes);
  CHECK(longest <= 1 << 20);
}

TEST_CASE("libraries are read on many threads at once") {
  const test::TempFolder folder;
  const auto reader = SecondReader::find(helper);
  std::vector<std::string> libraries;
  for (int i = 0; i < 4; ++i)
    libraries.push_back(
        test::compiled_library(folder, "int x;", "-Wl,-soname,lib" + std::to_string(i) + ".so"));
  std::vector<int> wrong(8, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < wrong.size(); ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t i = 0; i < 12; ++i) {
          const auto& library = libraries[(thread + i) % libraries.size()];
          const auto opinion = reader.opinion(read_binary(library, "library"), piece(library));
          wrong[thread] += opinion.outcome != Outcome::agrees;
        }
      });
    }
  }
  CHECK(wrong == std::vector<int>(8, 0));
}
