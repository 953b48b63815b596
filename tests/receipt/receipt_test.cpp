#include <doctest/doctest.h>

#include <fstream>
#include <wheelfix/error.hpp>
#include <wheelfix/receipt.hpp>

#include "base/hash.hpp"
#include "support/wheel_builder.hpp"

using namespace wheelfix;
using test::TempFolder;
using test::WheelText;

namespace {

/// A patched wheel and its receipt.
struct Patched {
  TempFolder folder;
  WheelEdit edit;
  WriteResult result;
  std::string receipt;

  Patched()
      : edit(Wheel::open(
            WheelText{.files = {{.name = "demo/a.py", .content = "a"}, {.name = "demo/b.py", .content = "b"}}}
                .write(folder))) {
    edit.set_local_label("fix.1");
    edit.set_content("demo/a.py", "changed");
    result = write(edit, {.dest_dir = folder / "out", .hash = true});
    receipt = make_receipt({.command = "patch",
                            .options = {},
                            .source_date_epoch = {},
                            .files = {},
                            .others = {},
                            .versions = {{"wheelfix", "1"}}},
                           {&edit}, {result});
  }

  std::vector<std::string> check(const Receipt& from, const std::filesystem::path& path) const {
    const auto wheel = Wheel::open(path);
    std::vector<std::string> found;
    for (const auto& finding : check_receipt(from, edit.wheel(), wheel, compare(edit.wheel(), wheel)))
      found.push_back(std::string(to_string(finding.code)) + " " + finding.path.value_or("-"));
    return found;
  }
};

std::string refusal(const std::string& text) {
  try {
    parse_receipt(text, "r.json");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_receipt);
    return error.what();
  }
  return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("what is written is read again") {
  const Patched patched;
  const auto receipt = parse_receipt(patched.receipt, "r.json");
  REQUIRE(receipt.subjects.size() == 1);
  const auto& subject = receipt.subjects.front();
  CHECK(subject.name == "demo-1.0+fix.1-py3-none-any.whl");
  CHECK(subject.sha256 == sha256_hex(test::slurp(patched.result.output)));
  CHECK(subject.source_sha256 == sha256_hex(test::slurp(patched.edit.wheel().path())));
  CHECK(subject.changed == patched.result.changed);
  CHECK(patched.check(receipt, patched.result.output).empty());
}

TEST_CASE("a difference that isn't declared is found, and one that is declared and isn't there") {
  const Patched patched;
  auto receipt = parse_receipt(patched.receipt, "r.json");
  auto& changed = receipt.subjects.front().changed;
  changed.front() = {"demo/b.py", How::patched};
  CHECK(patched.check(receipt, patched.result.output) ==
        std::vector<std::string>{"undeclared-change demo/a.py", "missing-change demo/b.py"});
  changed.front() = {"demo/a.py", How::renamed};
  CHECK(patched.check(receipt, patched.result.output) ==
        std::vector<std::string>{"undeclared-change demo/a.py"});
  changed.front() = {"demo/a.py", How::removed};
  CHECK(patched.check(receipt, patched.result.output) ==
        std::vector<std::string>{"undeclared-change demo/a.py"});
}

TEST_CASE("a wheel or a source with another hash isn't the receipt's") {
  const Patched patched;
  auto receipt = parse_receipt(patched.receipt, "r.json");
  auto& subject = receipt.subjects.front();
  const auto zeros = std::string(64, '0');
  std::swap(subject.sha256, subject.source_sha256);
  CHECK(patched.check(receipt, patched.result.output) ==
        std::vector<std::string>{"receipt-mismatch -", "receipt-mismatch -"});
  subject.name = "other";
  CHECK(patched.check(receipt, patched.result.output) == std::vector<std::string>{"receipt-mismatch -"});
}

TEST_CASE("a file that changed after it was read is an error") {
  const Patched patched;
  std::ofstream(patched.folder / "fix.patch") << "one";
  const auto file = receipt_file(patched.folder / "fix.patch");
  std::ofstream(patched.folder / "fix.patch") << "two";
  CHECK_THROWS_WITH_AS(make_receipt({.command = "patch",
                                     .options = {},
                                     .source_date_epoch = {},
                                     .files = {file},
                                     .others = {},
                                     .versions = {}},
                                    {&patched.edit}, {patched.result}),
                       doctest::Contains("fix.patch: changed while it was read"), Error);
}

TEST_CASE("what isn't a receipt is refused with the reason") {
  const Patched patched;
  const auto& text = patched.receipt;
  CHECK(refusal("") == "r.json: is not JSON, at byte 1");
  CHECK(refusal(text.substr(0, 20)).starts_with("r.json: is not JSON, at byte "));
  CHECK(refusal(std::string(1'000'000, '[')) ==
        "r.json: is not a receipt: it has values in values, too deep to be one");
  CHECK(refusal("[]") == "r.json: is not an in-toto Statement v1");
  CHECK(refusal("{}") == "r.json: is not an in-toto Statement v1");
  CHECK(refusal(replaced(text, "Statement/v1", "Statement/v2")) == "r.json: is not an in-toto Statement v1");
  CHECK(refusal(replaced(text, "slsa.dev/provenance/v1", "slsa.dev/provenance/v2")) ==
        "r.json: is an in-toto statement of another program");
  CHECK(refusal(replaced(text, "#receipt/v1", "#receipt/v9")) ==
        "r.json: is an in-toto statement of another program");
  CHECK(refusal(replaced(text, "\"annotations\"", "\"notes\"")) ==
        "r.json: is not a receipt: a field is missing, or has another type");
  CHECK(refusal(replaced(text, "\"patched\"", "\"mended\"")) ==
        "r.json: is not a receipt: it has an unknown change, mended");
  CHECK(refusal(replaced(text, patched.result.sha256, "abc")) ==
        "r.json: is not a receipt: it has a SHA-256 that is not 64 digits in lower case");
}
