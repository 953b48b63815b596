#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wheelfix {

/// Streaming inflate of raw DEFLATE (RFC 1951) by ISA-L, with buffers that are kept from one stream to the
/// next: some 600 KiB per Inflater. For one thread at a time.
class Inflater {
 public:
  static constexpr std::size_t buffer_size = 256 << 10;

  Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater();

  /// Returns the next piece of the stream, empty at its end. The piece must stay valid until the next call.
  using Source = std::function<std::string_view()>;
  /// Takes the next piece of the content, up to buffer_size bytes, valid during the call.
  using Sink = std::function<void(std::string_view)>;

  struct Totals {
    std::uint64_t consumed = 0;  ///< bytes of the stream, up to the end of its final block
    std::uint64_t produced = 0;
  };

  /// Inflates one whole stream. Throws as next.
  Totals run(const Source& source, const Sink& sink, const std::string& subject);

  /// Begins a stream that is taken piece by piece.
  void begin(Source source, std::string subject);
  /// The next piece of the content, up to buffer_size bytes, valid until the next call; empty at its end.
  /// Throws Error{bad_archive, subject} if the stream is damaged or ends before its final block.
  std::string_view next();
  /// What was taken so far; `consumed` is final after next() has returned nothing.
  const Totals& totals() const;

  /// A place in a stream to continue from, of some 90 KiB.
  class Snapshot;
  /// The place that next() has reached.
  Snapshot snapshot() const;
  /// Continues from there: the source begins with the byte of the stream after `snapshot.totals().consumed`.
  void resume(const Snapshot& snapshot, Source source, std::string subject);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Inflater::Snapshot {
 public:
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  const Totals& totals() const { return totals_; }

 private:
  friend class Inflater;
  struct Stream;
  Snapshot();

  std::unique_ptr<Stream> stream_;
  Totals totals_;
};

/// The CRC-32 of ZIP and gzip, continued from `crc` (0 at the start). By ISA-L, with carry-less
/// multiplication.
std::uint32_t crc32(std::uint32_t crc, std::string_view bytes);

}  // namespace wheelfix
