#include "deflate/block_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <wheelfix/error.hpp>

#include "deflate/block_codes.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t in_size = 128 << 10;
constexpr std::size_t out_size = BlockDecoder::window_size + (256 << 10);
/// The longest match, and what copy_match writes after it.
constexpr std::size_t out_slack = 258 + 24;
/// What decode<Margin::wide> may read in one turn.
constexpr std::size_t in_margin = 32;

/// Whether eight bytes can be loaded wherever a turn of the decoding loop needs bits.
enum class Margin { wide, none };

/// Copies in words, up to 24 bytes too far: most matches are short, and saving a branch is worth more.
inline void copy_match(std::uint8_t* out, std::size_t distance, std::size_t length) {
  const std::uint8_t* from = out - distance;
  const std::uint8_t* const end = out + length;
  if (distance >= 8) {
    std::memcpy(out, from, 8);
    std::memcpy(out + 8, from + 8, 8);
    std::memcpy(out + 16, from + 16, 8);
    for (out += 24, from += 24; out < end; out += 8, from += 8) std::memcpy(out, from, 8);
  } else if (distance == 1) {
    std::memset(out, *from, length);
  } else {
    while (out < end) *out++ = *from++;
  }
}

}  // namespace

struct BlockDecoder::State {
  enum class Where { header, stored, codes, finished };

  Source source;
  std::string subject;
  std::uint64_t in_base = 0;  ///< offset of in_buffer in the source
  bool is_at_end = false;     ///< in_buffer has the source's last bytes
  BitReader in;

  Where where = Where::header;
  bool is_final = false;
  std::size_t stored_left = 0;
  BlockCodes codes;

  std::uint64_t produced = 0;  ///< before the step
  std::size_t step_begin = 0;
  std::size_t out_end = 0;
  std::array<std::uint8_t, in_size + 8> in_buffer;
  std::array<std::uint8_t, out_size + out_slack> out;

  /// Moves the bytes that are left to the front, and fills the buffer.
  void fill() {
    in.unload();
    const auto used = std::min(in.position, in.end);
    std::copy(in_buffer.begin() + used, in_buffer.begin() + in.end, in_buffer.begin());
    in_base += used;
    in.position -= used;
    in.end -= used;
    while (in.end < in_size && !is_at_end) {
      const auto count = source(reinterpret_cast<char*>(in_buffer.data() + in.end), in_size - in.end);
      is_at_end = count == 0;
      in.end += count;
    }
  }

  bool has(std::size_t bytes) const { return in.position + bytes <= in.end; }
  bool ensure(std::size_t bytes) {
    if (!has(bytes) && !is_at_end) fill();
    return has(bytes);
  }

  void check_overrun() const {
    if (in.is_overrun()) throw DamagedBlock{"its end"};  // for which refuse() has other words
  }

  void read_header() {
    ensure(BlockCodes::max_header_size);
    is_final = in.read(1) == 1;
    switch (in.read(2)) {
      case 0:
        read_stored_header();
        break;
      case 1:
        codes.set_fixed();
        where = Where::codes;
        break;
      case 2:
        codes.read_dynamic(in);
        where = Where::codes;
        break;
      default:
        throw DamagedBlock{"a block of an unknown kind"};
    }
    check_overrun();
  }

  void read_stored_header() {
    in.take(in.count % 8);
    const auto length = in.read(16);
    if ((length ^ in.read(16)) != 0xFFFF) throw DamagedBlock{"a stored block of two lengths"};
    check_overrun();
    in.to_byte();
    stored_left = length;
    where = Where::stored;
  }

  void end_block() { where = is_final ? Where::finished : Where::header; }

  void copy_stored() {
    while (stored_left > 0 && out_end < out_size) {
      if (!ensure(1)) {
        ++in.position;
        return check_overrun();
      }
      const auto count = std::min({stored_left, in.end - in.position, out_size - out_end});
      std::memcpy(out.data() + out_end, in.data + in.position, count);
      in.position += count;
      out_end += count;
      stored_left -= count;
    }
    if (stored_left == 0) end_block();
  }

  void decode_codes() {
    while (where == Where::codes && out_end < out_size) {
      if (ensure(in_margin)) {
        decode<Margin::wide>();
      } else {
        decode<Margin::none>();
        check_overrun();
      }
    }
  }

  /// Decodes symbols until the block or the room for them ends; with Margin::none only a few, so that
  /// is_overrun() is checked in between.
  template <Margin margin>
  void decode() {
    BitReader bits{in.data, in.position, in.end, in.bits, in.count};  // a copy, to live in registers
    auto* to = out.data() + out_end;
    auto* const full = out.data() + out_size;
    const auto last = bits.end - in_margin;
    const auto refill = [&] {
      if constexpr (margin == Margin::wide) bits.refill_fast();
      if constexpr (margin == Margin::none) bits.refill();
    };
    const auto put_literal = [&](std::uint32_t entry) {
      *to++ = static_cast<std::uint8_t>(huffman::value(entry));
      bits.take(huffman::bits_taken(entry));
      return codes.literals[bits.bits];
    };
    const auto with_extra_bits = [&](std::uint32_t entry) -> std::size_t {
      const auto taken = bits.bits & ~(~std::uint64_t{0} << huffman::bits_taken(entry));
      bits.take(huffman::bits_taken(entry));
      return huffman::value(entry) + (taken >> huffman::code_length(entry));
    };
    const char* damage = nullptr;
    refill();
    // The next entry is looked up before a match is copied: 6 % less time.
    auto entry = codes.literals[bits.bits];
    do {  // with 56 bits: three literals of 11, or two, a length of 20 and what the next refill leaves
      if (huffman::is_literal(entry) && huffman::is_literal(entry = put_literal(entry)) &&
          huffman::is_literal(entry = put_literal(entry))) {
        entry = put_literal(entry);
        refill();
        continue;
      }
      if (huffman::is_link(entry)) entry = codes.literals.in_subtable(entry, bits.bits);
      if (huffman::is_literal(entry)) {
        entry = put_literal(entry);
        refill();
        continue;
      }
      if (huffman::is_special(entry)) [[unlikely]] {
        bits.take(huffman::bits_taken(entry));
        if ((entry & huffman::end_of_block) == 0) damage = "an invalid symbol";
        end_block();
        break;
      }
      const auto length = with_extra_bits(entry);
      refill();
      entry = codes.distances[bits.bits];
      if (huffman::is_link(entry)) entry = codes.distances.in_subtable(entry, bits.bits);
      if (huffman::is_special(entry)) [[unlikely]] {
        damage = "an invalid distance";
        break;
      }
      const auto distance = with_extra_bits(entry);
      if (distance > static_cast<std::size_t>(to - out.data())) [[unlikely]] {
        damage = "a reference to before its start";
        break;
      }
      refill();
      entry = codes.literals[bits.bits];
      copy_match(to, distance, length);
      to += length;
    } while (margin == Margin::wide && bits.position <= last && to < full);
    in.position = bits.position;
    in.bits = bits.bits;
    in.count = bits.count;
    out_end = static_cast<std::size_t>(to - out.data());
    if (damage != nullptr) throw DamagedBlock{damage};
  }

  void step() {
    if (where == Where::header) read_header();
    if (where == Where::stored) copy_stored();
    if (where == Where::codes) decode_codes();
  }

  [[noreturn]] void refuse(const DamagedBlock& damage) const {
    const auto content = produced + out_end - step_begin;
    if (in.is_overrun()) refuse_shortness(content);
    throw Error(
        ErrorCode::bad_archive, subject,
        fmt::format("the compressed data is damaged: {} near byte {} of the content", damage.why, content));
  }

  [[noreturn]] void refuse_shortness(std::uint64_t content) const {
    throw Error(ErrorCode::bad_archive, subject,
                fmt::format("the compressed data ends too soon, after {} bytes of content", content));
  }
};

BlockDecoder::BlockDecoder() : state_(new State) {}
BlockDecoder::~BlockDecoder() = default;

void BlockDecoder::begin(Source source, std::string subject, unsigned bit, std::string_view window) {
  auto& s = *state_;
  s.source = std::move(source);
  s.subject = std::move(subject);
  s.in_base = 0;
  s.is_at_end = false;
  s.in = {.data = s.in_buffer.data()};
  s.where = State::Where::header;
  s.produced = 0;
  if (window.size() > window_size) window.remove_prefix(window.size() - window_size);
  std::ranges::copy(window, s.out.begin());
  s.step_begin = s.out_end = window.size();
  s.fill();
  s.in.read(bit);
}

BlockDecoder::Step BlockDecoder::next() {
  auto& s = *state_;
  s.produced += s.out_end - s.step_begin;
  if (s.where == State::Where::finished) s.refuse_shortness(s.produced);
  if (s.out_end > out_size / 2) {
    std::copy_n(s.out.begin() + (s.out_end - window_size), window_size, s.out.begin());
    s.out_end = window_size;
  }
  s.step_begin = s.out_end;
  try {
    s.step();
  } catch (const DamagedBlock& damage) {
    s.refuse(damage);
  }
  const bool is_finished = s.where == State::Where::finished;
  return {.content = {reinterpret_cast<const char*>(s.out.data()) + s.step_begin, s.out_end - s.step_begin},
          .ends_block = is_finished || s.where == State::Where::header,
          .ends_stream = is_finished};
}

std::uint64_t BlockDecoder::bit_position() const {
  return (state_->in_base + state_->in.position) * 8 - state_->in.count;
}

std::string_view BlockDecoder::window() const {
  const auto size = std::min(state_->out_end, window_size);
  return {reinterpret_cast<const char*>(state_->out.data()) + state_->out_end - size, size};
}

}  // namespace wheelfix
