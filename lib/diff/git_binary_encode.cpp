#include "diff/git_binary_encode.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>
#include <wheelfix/error.hpp>

#include "diff/base85.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t bytes_per_line = 52;
constexpr std::size_t most_copied = 0xFFFFFF;  // a copy's size has three bytes
constexpr std::size_t most_inserted = 0x7F;
constexpr std::size_t most_offset = std::numeric_limits<std::uint32_t>::max();

void append_base85_group(std::string& out, std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  char digits[5];
  for (int i = 4; i >= 0; --i, value /= 85) digits[i] = base85_digits[value % 85];
  out.append(digits, 5);
}

void append_base85_line(std::string& out, std::string_view bytes) {
  const auto size = static_cast<int>(bytes.size());
  out += static_cast<char>(size <= 26 ? 'A' + size - 1 : 'a' + size - 27);
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(4, bytes.size())))
    append_base85_group(out, bytes.substr(0, 4));
  out += '\n';
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  const int rc = compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_DEFAULT_COMPRESSION);
  if (rc != Z_OK)
    throw Error(ErrorCode::io, "zlib", "cannot deflate a binary change: " + std::string(zError(rc)));
  out.resize(size);
  return out;
}

void append_varint(std::string& out, std::size_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
  out += static_cast<char>(value);
}

void append_copy(std::string& out, std::size_t offset, std::size_t size) {
  std::string fields;
  unsigned present = 0x80;
  for (unsigned i = 0; i < 7; ++i) {
    const auto byte = i < 4 ? offset >> (8 * i) & 0xFF : size >> (8 * (i - 4)) & 0xFF;
    if (byte == 0) continue;
    present |= 1U << i;
    fields += static_cast<char>(byte);
  }
  out += static_cast<char>(present);
  out += fields;
}

void append_copies(std::string& out, std::size_t offset, std::size_t size) {
  while (size > 0) {
    const auto piece = std::min(size, most_copied);
    append_copy(out, offset, piece);
    offset += piece;
    size -= piece;
  }
}

void append_inserts(std::string& out, std::string_view bytes) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), most_inserted))) {
    const auto piece = bytes.substr(0, most_inserted);
    out += static_cast<char>(piece.size());
    out += piece;
  }
}

std::size_t common_head(std::string_view one, std::string_view other) {
  const auto end = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  return static_cast<std::size_t>(end - one.begin());
}

std::size_t common_tail(std::string_view one, std::string_view other) {
  const auto end = std::mismatch(one.rbegin(), one.rend(), other.rbegin(), other.rend()).first;
  return static_cast<std::size_t>(end - one.rbegin());
}

}  // namespace

void append_binary_hunk(std::string& out, const BinaryHunk& hunk) {
  const bool literal = hunk.method == BinaryHunk::Method::literal;
  fmt::format_to(std::back_inserter(out), "{} {}\n", literal ? "literal" : "delta", hunk.data.size());
  const std::string packed = deflated(hunk.data);
  for (std::string_view rest = packed; !rest.empty();
       rest.remove_prefix(std::min(rest.size(), bytes_per_line))) {
    append_base85_line(out, rest.substr(0, bytes_per_line));
  }
  out += '\n';
}

BinaryHunk binary_change(std::string_view before, std::string_view after) {
  const auto head = common_head(before, after);
  const auto tail = common_tail(before.substr(head), after.substr(head));
  const auto inserted = after.size() - head - tail;
  if (inserted < after.size() / 2 && before.size() <= most_offset) {
    std::string delta;
    append_varint(delta, before.size());
    append_varint(delta, after.size());
    append_copies(delta, 0, head);
    append_inserts(delta, after.substr(head, inserted));
    append_copies(delta, before.size() - tail, tail);
    if (delta.size() < after.size() / 2) return {BinaryHunk::Method::delta, std::move(delta)};
  }
  return {BinaryHunk::Method::literal, std::string(after)};
}

}  // namespace wheelfix
