#include "deflate/splice_check.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "deflate/inflate.hpp"

namespace wheelfix {

namespace {

/// How much content is read after a run: its references reach no further.
constexpr std::uint64_t read_after = 64 << 10;

[[noreturn]] void refuse(const std::string& subject, const std::string& message) {
  throw Error(ErrorCode::bad_archive, subject, "the spliced stream reads back wrong: " + message,
              "please report this as a bug of wheelfix");
}

/// zlib, in the middle of a spliced stream.
class SpliceReader {
 public:
  SpliceReader(const DeflateStream& stream, const Splice& splice, std::uint64_t bit, std::string_view window)
      : subject_(stream.subject), bytes_(*stream.file, splice, bit / 8) {
    if (inflateInit2(&state_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    inflateSetDictionary(&state_, reinterpret_cast<const Bytef*>(window.data()),
                         static_cast<uInt>(window.size()));
    const auto phase = static_cast<int>(bit % 8);
    refill();
    if (phase == 0 || state_.avail_in == 0) return;
    inflatePrime(&state_, 8 - phase, *state_.next_in >> phase);
    ++state_.next_in;
    --state_.avail_in;
  }
  SpliceReader(const SpliceReader&) = delete;
  SpliceReader& operator=(const SpliceReader&) = delete;
  ~SpliceReader() { inflateEnd(&state_); }

  void expect(std::string_view content) {
    std::array<char, 16384> buffer;
    while (!content.empty()) {
      const auto count = read({buffer.data(), std::min(buffer.size(), content.size())});
      if (count == 0) refuse(subject_, "it ends too soon");
      if (content.substr(0, count) != std::string_view(buffer.data(), count))
        refuse(subject_, "other content");
      content.remove_prefix(count);
    }
  }

  void expect_end() {
    char byte = 0;
    if (read({&byte, 1}) != 0) refuse(subject_, "there is more of it");
    refill();
    if (state_.avail_in > 0) refuse(subject_, "there are bytes after it");
  }

 private:
  void refill() {
    if (state_.avail_in > 0) return;
    const auto next = bytes_.next();
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(next.data()));  // zlib only reads it
    state_.avail_in = static_cast<uInt>(next.size());
  }

  /// Returns how much of `out` was filled: 0 at the end.
  std::size_t read(std::span<char> out) {
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    state_.avail_out = static_cast<uInt>(out.size());
    while (state_.avail_out > 0 && !is_at_end_) {
      refill();
      const auto status = inflate(&state_, Z_NO_FLUSH);
      is_at_end_ = status == Z_STREAM_END;
      if (status != Z_OK && !is_at_end_)
        refuse(subject_, state_.msg != nullptr ? state_.msg : "it ends too soon");
    }
    return out.size() - state_.avail_out;
  }

  const std::string& subject_;
  SpliceBytes bytes_;
  z_stream state_{};
  bool is_at_end_ = false;
};

const Checkpoint& checkpoint_of(const ContentScan& scan, const Splice::Run& run) {
  return scan.checkpoint_before(run.old.begin.content);
}

}  // namespace

SpliceBytes::SpliceBytes(const File& file, const Splice& splice, std::uint64_t from)
    : file_(file), pieces_(splice.pieces), passed_(from) {
  while (index_ < pieces_.size() && passed_ >= pieces_[index_].size) passed_ -= pieces_[index_++].size;
}

std::string_view SpliceBytes::next() {
  if (index_ == pieces_.size()) return {};
  const auto& piece = pieces_[index_];
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(piece.size - passed_, Inflater::buffer_size));
  buffer_.resize(count);
  if (piece.bytes.empty()) {
    file_.read(piece.offset + passed_, buffer_.data(), count);
  } else {
    buffer_ = piece.bytes.substr(static_cast<std::size_t>(passed_), count);
  }
  passed_ += count;
  if (passed_ == piece.size) {
    ++index_;
    passed_ = 0;
  }
  return buffer_;
}

void check_runs(const ContentScan& scan, const ContentEdits& edits, const Splice& splice) {
  const auto& runs = splice.runs;
  for (std::size_t i = 0; i < runs.size();) {
    const auto& checkpoint = checkpoint_of(scan, runs[i]);
    // In the copied blocks between two runs, old and new places differ by as much as at the end of the first.
    const auto bit =
        i == 0 ? checkpoint.start.bit : checkpoint.start.bit - runs[i - 1].old.end.bit + runs[i - 1].end_bit;
    SpliceReader reader(scan.stream(), splice, bit, checkpoint.window);
    BlockWalker walker(scan.stream(), checkpoint);
    const auto read_to = [&](std::uint64_t content) {
      while (walker.position().content < content && walker.position().bit < scan.end().bit) {
        const auto step = walker.next();
        visit_edited(edits, walker.piece_offset(), step.content,
                     [&](std::string_view part) { reader.expect(part); });
        if (!step.ends_stream) continue;
        reader.expect(edits.appended);
        reader.expect_end();
      }
    };
    do {
      read_to(runs[i].old.end.content + read_after);
      ++i;
    } while (i < runs.size() && checkpoint_of(scan, runs[i]).start.bit < runs[i - 1].old.end.bit);
  }
}

}  // namespace wheelfix
