#include "deflate/run_encoder.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>

namespace wheelfix {

namespace {

constexpr int level = 6;

/// Writes bits after whole bytes, lowest first.
class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}

  unsigned phase() const { return phase_; }

  void put(unsigned bits, unsigned count) {
    for (; count > 0; --count, bits >>= 1) {
      if (phase_ == 0) out_.push_back('\0');
      out_.back() = static_cast<char>(static_cast<unsigned char>(out_.back()) | (bits & 1) << phase_);
      phase_ = (phase_ + 1) % 8;
    }
  }

 private:
  std::string& out_;
  unsigned phase_ = 0;
};

/// An empty block of fixed codes, 10 bits.
void put_even_block(BitWriter& out) {
  out.put(0b010, 3);
  out.put(0, 7);  // end of block
}

/// An empty block of 95 bits, because one of fixed or no codes can't change the phase by an odd number. All
/// its codes are complete, which readers stricter than RFC 1951 require: literal 255 and the end of block
/// have a bit each, and so have two distances.
void put_odd_block(BitWriter& out) {
  out.put(0b100, 3);
  out.put(0, 5);   // 257 literals and lengths
  out.put(1, 5);   // 2 distances
  out.put(15, 4);  // the lengths of 19 code lengths, in the order of RFC 1951, section 3.2.7
  for (const int symbol : {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15})
    out.put(symbol == 18 || symbol == 1 ? 1 : 0, 3);
  for (const unsigned zeros : {138U, 117U}) {
    out.put(1, 1);  // symbol 18: so many zeros
    out.put(zeros - 11, 7);
  }
  out.put(0, 4);  // symbol 1, four times: a length of one bit
  out.put(1, 1);  // end of block
}

}  // namespace

struct RunEncoder::Stream {
  z_stream state{};

  Stream() {
    if (deflateInit2(&state, level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { deflateEnd(&state); }
};

RunEncoder::RunEncoder(std::string_view window, unsigned phase, unsigned bits) : stream_(new Stream) {
  window.remove_prefix(window.size() - std::min<std::size_t>(window.size(), 1 << MAX_WBITS));
  auto& state = stream_->state;
  if (deflateSetDictionary(&state, reinterpret_cast<const Bytef*>(window.data()),
                           static_cast<uInt>(window.size())) != Z_OK ||
      deflatePrime(&state, static_cast<int>(phase), static_cast<int>(bits)) != Z_OK)
    throw std::logic_error("zlib takes no window");
}

RunEncoder::~RunEncoder() = default;

void RunEncoder::deflate(std::string_view content, int flush) {
  auto& state = stream_->state;
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));  // zlib only reads it
  state.avail_in = static_cast<uInt>(content.size());
  std::array<char, 32768> buffer;
  do {
    state.next_out = reinterpret_cast<Bytef*>(buffer.data());
    state.avail_out = static_cast<uInt>(buffer.size());
    ::deflate(&state, flush);
    out_.append(buffer.data(), buffer.size() - state.avail_out);
  } while (state.avail_out == 0);
}

void RunEncoder::add(std::string_view content) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max() / 2;
  for (; content.size() > most; content.remove_prefix(most)) deflate(content.substr(0, most), Z_NO_FLUSH);
  deflate(content, Z_NO_FLUSH);
}

std::string RunEncoder::end_stream() {
  deflate({}, Z_FINISH);
  return std::move(out_);
}

std::string RunEncoder::end_at(unsigned phase) {
  deflate({}, Z_SYNC_FLUSH);
  BitWriter out(out_);
  if (phase % 2 == 1) put_odd_block(out);
  while (out.phase() != phase) put_even_block(out);
  return std::move(out_);
}

}  // namespace wheelfix
