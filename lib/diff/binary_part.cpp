#include <fmt/format.h>

#include <charconv>
#include <utility>
#include <wheelfix/error.hpp>

#include "diff/file_part.hpp"
#include "diff/git_binary_decode.hpp"

namespace wheelfix {
namespace {

std::uint64_t parse_size(const PatchText& text, std::string_view digits) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    text.fail("the size of the binary hunk is damaged", std::string(damaged_binary_hint));
  }
  if (size > max_binary_size) text.fail("the binary hunk says that it is over 1 GiB");
  if (size > text.binary_left())
    throw Error(ErrorCode::limit_exceeded, text.place(),
                "the binary hunk inflates the patch to far more than its size",
                "add the new file with --add instead");
  return size;
}

// Takes the lines of base85 and the empty line after them.
std::string take_base85(PatchText& text) {
  std::string deflated;
  for (; !text.line().empty(); text.advance()) {
    const auto bytes = decode_base85_line(text.line());
    if (!bytes) text.fail("a line of the binary hunk is damaged", std::string(damaged_binary_hint));
    deflated += *bytes;
  }
  if (!text.at_end()) text.advance();
  return deflated;
}

std::optional<BinaryHunk> take_binary_hunk(PatchText& text) {
  const auto line = text.line();
  const bool literal = line.starts_with("literal ");
  if (!literal && !line.starts_with("delta ")) return std::nullopt;
  const auto size = parse_size(text, line.substr(line.find(' ') + 1));
  const auto first_line = text.number();
  text.take_binary(size);
  text.advance();
  const auto deflated = take_base85(text);
  try {
    return BinaryHunk{literal ? BinaryHunk::Method::literal : BinaryHunk::Method::delta,
                      inflate_exactly(deflated, size)};
  } catch (const DamagedBinary& damage) {
    text.fail_at(first_line, fmt::format("the binary hunk is damaged: {}", damage.what()),
                 std::string(damaged_binary_hint));
  }
}

}  // namespace

void take_binary_hunks(PatchText& text, FileDiff& file) {
  text.advance();
  file.binary = take_binary_hunk(text);
  if (!file.binary)
    text.fail("a 'literal' or 'delta' line must follow 'GIT binary patch'", std::string(damaged_binary_hint));
  file.binary_reverse = take_binary_hunk(text);
}

}  // namespace wheelfix
