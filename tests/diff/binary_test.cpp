#include <doctest/doctest.h>

#include "diff/diff_testing.hpp"
#include "diff/git_binary_decode.hpp"
#include "diff/git_binary_encode.hpp"

using namespace wheelfix;
using namespace wheelfix::testing;
using namespace std::string_literals;

namespace {

const std::string header = "diff --git a/m.py b/m.py\nindex 1234567..89abcde 100644\nGIT binary patch\n";

// As git 2.39 wrote it: three times the bytes 0 to 255, of which byte 300 becomes 0xEE, and `tail` after
// them.
const std::string git_delta = header +
                              "delta 18\nZcmZo*Yhl}<!^rq<qwZx!mXgHG8~`~220Z`(\n\n"
                              "delta 13\nUcmZo+Yhc@;!?;j~aiY!@02|>1O#lD@\n\n";
const std::string git_literal = header + "literal 4\nLcmZQbOiBg-0!{%Z\n\n";

std::string bytes_three_times() {
  std::string content;
  for (int i = 0; i < 768; ++i) content += static_cast<char>(i);
  return content;
}

std::string changed_bytes() {
  auto content = bytes_three_times();
  content[300] = '\xEE';
  return content + "tail";
}

std::string binary_hunk(BinaryHunk::Method method, std::string data) {
  std::string text;
  append_binary_hunk(text, {method, std::move(data)});
  return text;
}

std::string literal(std::string data) {
  return binary_hunk(BinaryHunk::Method::literal, std::move(data));
}
std::string delta(std::string data) {
  return binary_hunk(BinaryHunk::Method::delta, std::move(data));
}

std::string delta_error(std::string content, std::string data) {
  return apply_error(content, header + delta(std::move(data)));
}

const std::string hint =
    "\nhint: the patch file is damaged: download it again, or make it again with `git diff --binary`";

std::string damage(std::string_view what) {
  return "bad_diff p.diff:1: the binary patch is damaged: its delta " + std::string(what) + hint;
}

const std::string other_file =
    "does_not_apply p.diff:1: m.py is not the file that the binary patch was made for\n"
    "hint: the patch is for another version of the file";

}  // namespace

TEST_CASE("git's delta is applied, and its way back too") {
  CHECK(apply_to(bytes_three_times(), git_delta).content == changed_bytes());
  const auto back = reversed(parse_diff(git_delta, "p.diff"));
  CHECK(apply_diff(changed_bytes(), back.files[0], {}, "p.diff", "m.py").content == bytes_three_times());
}

TEST_CASE("git's literal is applied") {
  CHECK(apply_to("anything\0"s, git_literal).content == "\0abc"s);
}

TEST_CASE("a binary patch in a file with CRLF throughout is read") {
  auto text = git_delta;
  for (auto at = text.find('\n'); at != text.npos; at = text.find('\n', at + 2)) text.replace(at, 1, "\r\n");
  CHECK(apply_to(bytes_three_times(), text).content == changed_bytes());
}

TEST_CASE("the way back proves that the file is the one that the patch was made for") {
  const auto patch = header + literal("new\0"s) + literal("old\0"s);
  CHECK(apply_to("old\0"s, patch).content == "new\0"s);
  CHECK(apply_error("another\0"s, patch) == other_file);
  CHECK(apply_error("new\0"s, patch).starts_with("already_applied p.diff:1: "));
  auto other = bytes_three_times();
  other[700] = 'x';
  CHECK(apply_error(other, git_delta).starts_with("does_not_apply"));
  CHECK(apply_error("short", git_delta) == other_file);
  CHECK(apply_error(changed_bytes(), git_delta).starts_with("already_applied"));
}

TEST_CASE("a binary file is created and removed") {
  const std::string index = "index 0000000..1234567\nGIT binary patch\n";
  const auto creation =
      "diff --git a/m.py b/m.py\nnew file mode 100644\n" + index + literal("a\0b"s) + literal("");
  CHECK(apply_to("", creation).content == "a\0b"s);
  CHECK(apply_error("a\0b"s, creation).starts_with("already_applied"));
  CHECK(apply_error("a\0c"s, creation).starts_with("does_not_apply p.diff:1: m.py already exists"));
  const auto removal =
      "diff --git a/m.py b/m.py\ndeleted file mode 100644\n" + index + literal("") + literal("a\0b"s);
  CHECK(apply_to("a\0b"s, removal).content.empty());
  CHECK(apply_error("a\0c"s, removal) == other_file);
}

TEST_CASE("large content goes through line by line") {
  std::string content;
  for (unsigned i = 0; i < 300'000; ++i) content += static_cast<char>(i * 2654435761U >> 13);
  CHECK(apply_to("", header + literal(content)).content == content);
}

TEST_CASE("a line of base85 has its exact length, count and digits") {
  CHECK(decode_base85_line("LcmZQbOiBg-0!{%Z").has_value());
  for (const auto* line : {"", "L", "LcmZQbOiBg-0!{%", "LcmZQbOiBg-0!{%ZZ", "lcmZQbOiBg-0!{%Z", "0cmZQb",
                           "LcmZQ\"OiBg-0!{%Z", "A~~~~~"}) {
    CAPTURE(line);
    CHECK_FALSE(decode_base85_line(line).has_value());
  }
}

TEST_CASE("damaged binary hunks are refused at their line") {
  const auto error = [](std::string_view rest) { return parse_error(header + std::string(rest)); };
  CHECK(error("") == "bad_diff p.diff:4: a 'literal' or 'delta' line must follow 'GIT binary patch'" + hint);
  CHECK(error("literal\n") ==
        "bad_diff p.diff:4: a 'literal' or 'delta' line must follow 'GIT binary patch'" + hint);
  CHECK(error("literal 4x\n") == "bad_diff p.diff:4: the size of the binary hunk is damaged" + hint);
  CHECK(error("literal -1\n") == "bad_diff p.diff:4: the size of the binary hunk is damaged" + hint);
  CHECK(error("literal 1073741825\n") == "bad_diff p.diff:4: the binary hunk says that it is over 1 GiB");
  CHECK(error("literal 99999999999999999999\n") ==
        "bad_diff p.diff:4: the size of the binary hunk is damaged" + hint);
  CHECK(error("literal 4\nfoo\n\n") == "bad_diff p.diff:5: a line of the binary hunk is damaged" + hint);
  CHECK(error("literal 4\n\n") ==
        "bad_diff p.diff:4: the binary hunk is damaged: its zlib data ends too early" + hint);
  CHECK(error("literal 4\nE00000\n\n").starts_with("bad_diff p.diff:5: a line"));
  CHECK(error("literal 4\nD00000\n\n") ==
        "bad_diff p.diff:4: the binary hunk is damaged: its zlib data is damaged" + hint);
  CHECK(error("literal 3\nLcmZQbOiBg-0!{%Z\n\n") ==
        "bad_diff p.diff:4: the binary hunk is damaged: it inflates to more than the 3 bytes it says" + hint);
  CHECK(error("literal 5\nLcmZQbOiBg-0!{%Z\n\n") ==
        "bad_diff p.diff:4: the binary hunk is damaged: it inflates to 4 bytes and says 5" + hint);
  CHECK(error("literal 4\nLcmZQbOiBg-0!{%Z\nA00000\n\n") ==
        "bad_diff p.diff:4: the binary hunk is damaged: it has bytes after the end of its zlib data" + hint);
  CHECK(parse_error("GIT binary patch\nliteral 4\n") ==
        "bad_diff p.diff:1: a binary patch without a `diff --git` header");
}

TEST_CASE("a bomb stops at the size that it says") {
  auto text = literal(std::string(50'000'000, '\0'));
  text.replace(0, text.find('\n'), "literal 10");
  CHECK(parse_error(header + text) ==
        "bad_diff p.diff:4: the binary hunk is damaged: it inflates to more than the 10 bytes it says" +
            hint);
}

TEST_CASE("deltas that do not hold together are refused") {
  CHECK(delta_error("abc", "") == damage("ends too early"));
  CHECK(delta_error("abc", "\3"s) == damage("ends too early"));
  CHECK(delta_error("abc", "\3\1"s) == damage("gives 0 bytes and says 1"));
  CHECK(delta_error("abc", "\3\1\2x"s) == damage("ends too early"));
  CHECK(delta_error("abc", "\3\1\2xy"s) == damage("gives more than the 1 bytes it says"));
  CHECK(delta_error("abc", "\3\1\0"s) == damage("has an unknown instruction"));
  CHECK(delta_error("abc", "\3\4\x90\4"s) == damage("copies from outside the file"));
  CHECK(delta_error("abc", "\3\4\x9F\xFF\xFF\xFF\xFF\4"s) == damage("copies from outside the file"));
  CHECK(delta_error("abc", "\3\x80\x80\x80\x80\x10"s) == damage("is for a file over 1 GiB"));
  CHECK(delta_error("abc", "\3\x84\x80\x80\x20"s) == damage("makes a file of many times the size"));
  CHECK(delta_error("abc", std::string(12, '\xFF')) == damage("has a size that is too large"));
  CHECK(delta_error("abc", "\3\4\x80"s) == damage("copies from outside the file"));
}

TEST_CASE("a delta copies, with each width of offset and count, and inserts") {
  std::string source(70'000, 'a');
  source += "end";
  const auto varint = [](std::size_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
    return out + static_cast<char>(value);
  };
  const auto data =
      varint(source.size()) + varint(65536 + 3 + 2) + "\x80"s + "\x97\x70\x11\x01\x03"s + "\2hi"s;
  CHECK(apply_to(source, header + delta(data)).content == std::string(65536, 'a') + "endhi");
}

TEST_CASE("binary hunks that inflate a small patch to far more than its size are refused") {
  const std::string zeros(17 << 20, '\0');
  CHECK(parse_diff(header + literal(zeros), "p.diff").files[0].binary->data == zeros);
  CHECK(parse_error(header + literal(zeros) + literal(zeros))
            .ends_with("the binary hunk inflates the patch to far more than its size\n"
                       "hint: add the new file with --add instead"));
}
