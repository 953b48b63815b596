#include "diff/git_binary_decode.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <new>

#include "diff/base85.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t chunk = 64 * 1024;

constexpr auto digit_values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < base85_digits.size(); ++i) {
    values[static_cast<unsigned char>(base85_digits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}();

std::optional<std::size_t> count_of(char letter) {
  if (letter >= 'A' && letter <= 'Z') return static_cast<std::size_t>(letter - 'A' + 1);
  if (letter >= 'a' && letter <= 'z') return static_cast<std::size_t>(letter - 'a' + 27);
  return std::nullopt;
}

std::optional<std::uint32_t> decode_group(std::string_view group) {
  std::uint64_t value = 0;
  for (const char c : group) {
    const auto digit = digit_values[static_cast<unsigned char>(c)];
    if (digit < 0) return std::nullopt;
    value = value * 85 + static_cast<std::uint64_t>(digit);
  }
  if (value > 0xFFFFFFFFU) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

struct Inflater {
  Inflater() {
    if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
};

// zlib counts input in 32 bits: hands over the next piece of `input` once the last is used up.
void refill(z_stream& stream, std::string_view& input) {
  if (stream.avail_in > 0) return;
  const auto piece = input.substr(0, std::size_t{1} << 30);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
  stream.avail_in = static_cast<uInt>(piece.size());
  input.remove_prefix(piece.size());
}

}  // namespace

std::optional<std::string> decode_base85_line(std::string_view line) {
  const auto count = line.empty() ? std::nullopt : count_of(line.front());
  if (!count || line.size() != 1 + (*count + 3) / 4 * 5) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 1; at < line.size(); at += 5) {
    const auto value = decode_group(line.substr(at, 5));
    if (!value) return std::nullopt;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(*value >> shift & 0xFFU);
  }
  bytes.resize(*count);
  return bytes;
}

std::string inflate_exactly(std::string_view deflated, std::uint64_t size) {
  Inflater inflater;
  auto& stream = inflater.stream;
  std::string result;
  std::array<char, chunk> buffer;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    refill(stream, deflated);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_BUF_ERROR) throw DamagedBinary("its zlib data ends too early");
    if (status != Z_OK && status != Z_STREAM_END) throw DamagedBinary("its zlib data is damaged");
    const auto count = buffer.size() - stream.avail_out;
    if (count > size - result.size())
      throw DamagedBinary(fmt::format("it inflates to more than the {} bytes it says", size));
    result.append(buffer.data(), count);
  }
  if (stream.avail_in > 0 || !deflated.empty())
    throw DamagedBinary("it has bytes after the end of its zlib data");
  if (result.size() < size)
    throw DamagedBinary(fmt::format("it inflates to {} bytes and says {}", result.size(), size));
  return result;
}

}  // namespace wheelfix
