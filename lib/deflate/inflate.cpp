#include "deflate/inflate.hpp"

#include <fmt/format.h>
#include <isa-l.h>

#include <array>
#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

struct Inflater::State {
  inflate_state stream;
  std::array<std::uint8_t, buffer_size> out;
  Source source;
  std::string subject;
  Totals totals;
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

void Inflater::begin(Source source, std::string subject) {
  isal_inflate_init(&state_->stream);
  state_->stream.avail_in = 0;
  state_->source = std::move(source);
  state_->subject = std::move(subject);
  state_->totals = {};
}

std::string_view Inflater::next() {
  auto& [stream, out, source, subject, totals] = *state_;
  while (stream.block_state != ISAL_BLOCK_FINISH) {
    if (stream.avail_in == 0) {
      const auto piece = source();
      stream.next_in =
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(piece.data()));  // ISA-L only reads it
      stream.avail_in = static_cast<std::uint32_t>(piece.size());
      totals.consumed += piece.size();
    }
    const bool at_end = stream.avail_in == 0;
    stream.next_out = out.data();
    stream.avail_out = static_cast<std::uint32_t>(buffer_size);
    const int status = isal_inflate(&stream);
    const std::size_t count = buffer_size - stream.avail_out;
    if (status < ISAL_DECOMP_OK) {
      throw Error(ErrorCode::bad_archive, subject,
                  fmt::format("the compressed data is damaged: {} near byte {} of the content",
                              reason(status), totals.produced + count));
    }
    totals.produced += count;
    if (stream.block_state == ISAL_BLOCK_FINISH)
      totals.consumed -= stream.avail_in + static_cast<std::uint64_t>(stream.read_in_length / 8);
    if (count > 0) return {reinterpret_cast<const char*>(out.data()), count};
    if (at_end && stream.block_state != ISAL_BLOCK_FINISH) {
      throw Error(
          ErrorCode::bad_archive, subject,
          fmt::format("the compressed data ends too soon, after {} bytes of content", totals.produced));
    }
  }
  return {};
}

const Inflater::Totals& Inflater::totals() const {
  return state_->totals;
}

// ISA-L keeps what a reference may reach in its state, so a copy of it is enough to continue.
struct Inflater::Snapshot::Stream {
  inflate_state state;
};

Inflater::Snapshot::Snapshot() = default;
Inflater::Snapshot::Snapshot(Snapshot&&) noexcept = default;
Inflater::Snapshot& Inflater::Snapshot::operator=(Snapshot&&) noexcept = default;
Inflater::Snapshot::~Snapshot() = default;

Inflater::Snapshot Inflater::snapshot() const {
  Snapshot snapshot;
  snapshot.stream_.reset(new Snapshot::Stream{state_->stream});
  snapshot.totals_ = {state_->totals.consumed - state_->stream.avail_in, state_->totals.produced};
  return snapshot;
}

void Inflater::resume(const Snapshot& snapshot, Source source, std::string subject) {
  begin(std::move(source), std::move(subject));
  state_->stream = snapshot.stream_->state;
  state_->stream.avail_in = 0;
  state_->totals = snapshot.totals_;
}

Inflater::Totals Inflater::run(const Source& source, const Sink& sink, const std::string& subject) {
  begin(source, subject);
  for (auto piece = next(); !piece.empty(); piece = next()) sink(piece);
  return totals();
}

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

}  // namespace wheelfix
