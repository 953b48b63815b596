#include "doctor/site_packages.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "doctor/made_libraries.hpp"

using namespace wheelfix;
using test::codes, test::TempFolder;

namespace {

using Codes = std::vector<std::string>;

/// Installs a package of two files like pip; more rows may follow in RECORD.
void install(const TempFolder& folder, const std::string& name, const std::string& version,
             const std::string& more_rows = {}) {
  const auto info = name + "-" + version + ".dist-info/";
  std::string rows;
  const auto write = [&](const std::string& path, const std::string& content) {
    folder.write(path, content);
    rows += test::record_row(path, content);
  };
  write(name + "/__init__.py", "");
  write(name + "/core.py", "one = 1\n");
  write(info + "METADATA", "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
  write(info + "INSTALLER", "pip\n");
  folder.write(info + "RECORD",
               rows + name + "/__pycache__/core.cpython-311.pyc,,\n" + more_rows + info + "RECORD,,\n");
}

/// What is found, which is the same whether all is read or the folder's packages were read before.
std::vector<Finding> checked(const std::filesystem::path& folder) {
  auto findings = check_site_packages(folder);
  CHECK(check_site_packages(folder, {}, find_installed({{folder, true}}, "/", {})) == findings);
  return findings;
}

Codes codes_of(const TempFolder& folder) {
  return codes(checked(folder.path()));
}

}  // namespace

TEST_CASE("packages that pip installed have no findings") {
  const TempFolder folder;
  CHECK(codes_of(folder) == Codes{});
  install(folder, "demo", "1.0");
  install(folder, "other", "2.0", "../../bin/other,sha256=x,3\n");
  folder.write("bin/other", "run");
  CHECK(codes_of(folder) == Codes{});
}

TEST_CASE("files that RECORD lists must exist and have their size") {
  const TempFolder folder;
  install(folder, "demo", "1.0");
  folder.write("demo/core.py", "one = 2 # changed\n");
  const auto changed = checked(folder.path());
  REQUIRE(changed.size() == 1);
  CHECK(changed[0] == Finding{FindingCode::file_changed, Severity::warning, folder.path().string(),
                              "demo/core.py", "RECORD says 8 bytes, the file has 18",
                              "it was changed after it was installed"});
  std::filesystem::remove(folder / "demo/core.py");
  const auto missing = checked(folder.path());
  REQUIRE(missing.size() == 1);
  CHECK(missing[0] == Finding{FindingCode::file_missing, Severity::error, folder.path().string(),
                              "demo/core.py", "is in RECORD, but doesn't exist",
                              "install the package again"});
  folder.write("demo/core.py/x", "");
  CHECK(checked(folder.path()).at(0).message == "is a folder, but RECORD lists a file");
}

TEST_CASE(
    "a missing file that is no code, in a folder that isn't there, is a warning: Debian's RECORDs have "
    "some") {
  const TempFolder folder;
  install(folder, "demo", "1.0", "scripts-3.10/demo,,\ngone/data.json,,\n");
  for (const auto& finding : checked(folder.path())) CHECK(finding.severity == Severity::warning);
  install(folder, "demo", "1.0", "gone/core.py,,\n");
  CHECK(checked(folder.path()).at(0).severity == Severity::error);
  install(folder, "demo", "1.0", "demo/data.json,,\n");
  CHECK(checked(folder.path()).at(0).severity == Severity::error);
}

TEST_CASE("of many missing files some are reported, with the number of the others") {
  const TempFolder folder;
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += "demo/" + std::to_string(i) + ".py,,\n";
  install(folder, "demo", "1.0", rows);
  const auto findings = checked(folder.path());
  REQUIRE(findings.size() == 21);
  CHECK(findings.back() == Finding{FindingCode::file_missing, Severity::error, folder.path().string(),
                                   "demo-1.0.dist-info", "80 more files like it",
                                   "install the package again"});
}

TEST_CASE("many missing files that are only warnings aren't an error") {
  const TempFolder folder;
  std::string rows;
  for (int i = 0; i < 25; ++i) rows += "../../../bin/tool" + std::to_string(i) + ",,\n";
  install(folder, "demo", "1.0", rows);
  const auto findings = checked(folder.path());
  REQUIRE(findings.size() == 21);
  CHECK(!has_error(findings));
  install(folder, "demo", "1.0", rows + "demo/gone.py,,\n");
  CHECK(has_error(checked(folder.path())));
}

TEST_CASE("two versions of one distribution are found, in any spelling of its name") {
  const TempFolder folder;
  install(folder, "demo_kit", "1.0");
  install(folder, "demo_kit", "1.1");
  const auto findings = checked(folder.path());
  REQUIRE(codes(findings) == Codes{"two-versions"});
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[0].path == "demo_kit-1.1.dist-info");
  CHECK(findings[0].message == "is a second distribution of demo-kit: demo_kit-1.0.dist-info is there too");
  const TempFolder eggs;
  install(eggs, "demo_kit", "1.0");
  eggs.write("Demo.Kit-0.9-py3.11.egg-info", "Name: demo-kit\n");
  CHECK(codes_of(eggs) == Codes{"two-versions"});
  // Debian has such a folder next to the .dist-info folder.
  const TempFolder same;
  install(same, "demo", "1.0");
  same.write("demo.egg-info/PKG-INFO", "Name: demo\n");
  const auto warned = checked(same.path());
  REQUIRE(codes(warned) == Codes{"two-versions"});
  CHECK(warned[0].severity == Severity::warning);
}

TEST_CASE("what an interrupted pip leaves is found") {
  const TempFolder folder;
  install(folder, "demo", "1.0");
  folder.write("~emo/core.py", "");
  folder.write("~emo-0.9.dist-info/METADATA", "");
  const auto findings = checked(folder.path());
  REQUIRE(codes(findings) == Codes{"half-deleted", "half-deleted"});
  CHECK(findings[0].severity == Severity::warning);
  CHECK(findings[0].path == "~emo");
}

TEST_CASE("a dist-info folder must have METADATA, and without RECORD little can be checked") {
  const TempFolder folder;
  install(folder, "demo", "1.0");
  std::filesystem::remove(folder / "demo-1.0.dist-info/METADATA");
  CHECK(codes_of(folder) == Codes{"no-metadata", "file-missing"});
  folder.write("demo-1.0.dist-info/METADATA", "no header\n");
  CHECK(codes_of(folder) == Codes{"metadata-unreadable", "file-changed"});
  folder.write("demo-1.0.dist-info/METADATA", "Name: demo\nVersion: 1.0\n");
  folder.write("demo-1.0.dist-info/INSTALLER", "conda");
  std::filesystem::remove(folder / "demo-1.0.dist-info/RECORD");
  const auto findings = checked(folder.path());
  REQUIRE(codes(findings) == Codes{"no-record"});
  CHECK(findings[0].severity == Severity::note);
  CHECK(findings[0].message == "has no RECORD, so missing files can't be found (its INSTALLER is conda)");
}

TEST_CASE("packages without metadata are found") {
  const TempFolder folder;
  folder.write("lost/__init__.py", "");
  const auto alone = checked(folder.path());
  REQUIRE(codes(alone) == Codes{"no-distributions"});
  CHECK(alone[0].severity == Severity::warning);
  CHECK_FALSE(alone[0].path);
  install(folder, "demo", "1.0");
  const auto beside = checked(folder.path());
  REQUIRE(codes(beside) == Codes{"unowned-package"});
  CHECK(beside[0].severity == Severity::note);
  CHECK(beside[0].path == "lost");
  // If a distribution has no RECORD, the package may belong to it.
  std::filesystem::remove(folder / "demo-1.0.dist-info/RECORD");
  CHECK(codes_of(folder) == Codes{"no-record"});
}

TEST_CASE("bad input is a finding") {
  const TempFolder folder;
  CHECK(codes(checked(folder / "none")) == Codes{"unreadable"});
  CHECK(codes(checked(folder.write("file", ""))) == Codes{"unreadable"});
  std::filesystem::remove(folder / "file");

  // Links that lead to themselves, and rows with any kind of path.
  std::filesystem::create_symlink("loop", folder / "loop");
  std::filesystem::create_symlink("x-1.0.dist-info", folder / "x-1.0.dist-info");
  install(folder, "demo", "1.0",
          "loop,,\n/nowhere/x,,\n../../../../../../../../nowhere,,\n" + std::string(5000, 'a') + ",,\na" +
              std::string(1, '\0') +
              "b,,\n,,\n"
              "\xff,,\n");
  auto findings = checked(folder.path());
  CHECK(codes(findings) == Codes{"file-unreadable", "file-missing", "file-missing", "file-unreadable",
                                 "file-missing", "file-missing", "file-missing", "unreadable"});
  CHECK(findings.at(0).message == "can't be read: Too many levels of symbolic links");
  CHECK(findings.at(1).severity == Severity::warning);
  CHECK(findings.at(2).severity == Severity::warning);

  const TempFolder other;
  other.write("a-1.dist-info/RECORD", "only one field\n");
  other.write("a-1.dist-info/METADATA", "Name: a\n");
  other.write("b-1.dist-info", "");
  other.write("c-1.dist-info/RECORD/x", "");
  other.write("c-1.dist-info/METADATA", "Name: c\n");
  other.write("d-1.dist-info/METADATA", "Name: d\n");
  REQUIRE(::mkfifo((other / "d-1.dist-info/RECORD").c_str(), 0600) == 0);
  CHECK(codes_of(other) == Codes{"record-unreadable", "unreadable", "record-unreadable", "no-record"});
}
