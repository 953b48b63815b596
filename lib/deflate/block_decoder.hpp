#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wheelfix {

/// Streaming inflate of raw DEFLATE (RFC 1951) that knows where the blocks are. Ours, because ISA-L and
/// libdeflate don't say, and zlib, which does (Z_BLOCK), takes 1.5 times as long for torch's libraries. It
/// accepts what zlib accepts. Takes some 500 KiB; for one thread at a time.
class BlockDecoder {
 public:
  static constexpr std::size_t window_size = 32 << 10;

  /// Puts the next bytes of the stream into the buffer; returns how many, 0 at its end.
  using Source = std::function<std::size_t(char* buffer, std::size_t size)>;

  BlockDecoder();
  BlockDecoder(const BlockDecoder&) = delete;
  BlockDecoder& operator=(const BlockDecoder&) = delete;
  ~BlockDecoder();

  /// Begins with the block that starts `bit` bits (0 to 7) into the source's first byte. `window` is the
  /// content before it, of which the last 32 KiB count. Errors name `subject`.
  void begin(Source source, std::string subject, unsigned bit = 0, std::string_view window = {});

  struct Step {
    std::string_view content;  ///< may be empty; valid until the next step
    bool ends_block = false;
    bool ends_stream = false;
  };
  /// Decodes to the end of the block, or some 256 KiB of it. Throws Error{bad_archive, subject} if the stream
  /// is damaged, ends before its final block, or has ended.
  Step next();

  /// Where the last step ended, in bits from the source's first byte.
  std::uint64_t bit_position() const;

  /// What a reference can reach from there: the last 32 KiB of the content, or all if there is less. Valid
  /// until the next step.
  std::string_view window() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wheelfix
