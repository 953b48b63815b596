#include "deflate/inflate.hpp"

#include <fmt/format.h>
#include <isa-l.h>

#include <array>
#include <wheelfix/error.hpp>

namespace wheelfix {

struct Inflater::State {
  inflate_state stream;
  std::array<std::uint8_t, buffer_size> out;
};

// Not make_unique: that would clear buffers that isal_inflate_init and inflate write before they read.
Inflater::Inflater() : state_(new State) {}
Inflater::~Inflater() = default;

namespace {

const char* reason(int status) {
  switch (status) {
    case ISAL_INVALID_BLOCK:
      return "a block of an unknown kind";
    case ISAL_INVALID_SYMBOL:
      return "an invalid symbol";
    case ISAL_INVALID_LOOKBACK:
      return "a reference to before its start";
    default:
      return "an error";
  }
}

}  // namespace

Inflater::Totals Inflater::run(const Source& source, const Sink& sink, const std::string& subject) {
  auto& stream = state_->stream;
  isal_inflate_init(&stream);
  stream.avail_in = 0;
  Totals totals;
  while (stream.block_state != ISAL_BLOCK_FINISH) {
    if (stream.avail_in == 0) {
      const auto piece = source();
      stream.next_in =
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(piece.data()));  // ISA-L only reads it
      stream.avail_in = static_cast<std::uint32_t>(piece.size());
      totals.consumed += piece.size();
    }
    const bool at_end = stream.avail_in == 0;
    stream.next_out = state_->out.data();
    stream.avail_out = static_cast<std::uint32_t>(buffer_size);
    const int status = isal_inflate(&stream);
    const std::size_t count = buffer_size - stream.avail_out;
    if (status < ISAL_DECOMP_OK) {
      throw Error(ErrorCode::bad_archive, subject,
                  fmt::format("the compressed data is damaged: {} near byte {} of the content",
                              reason(status), totals.produced + count));
    }
    if (count > 0) sink({reinterpret_cast<const char*>(state_->out.data()), count});
    totals.produced += count;
    if (at_end && count == 0 && stream.block_state != ISAL_BLOCK_FINISH) {
      throw Error(
          ErrorCode::bad_archive, subject,
          fmt::format("the compressed data ends too soon, after {} bytes of content", totals.produced));
    }
  }
  totals.consumed -= stream.avail_in + static_cast<std::uint64_t>(stream.read_in_length / 8);
  return totals;
}

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace wheelfix
