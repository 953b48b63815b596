#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace wheelfix {

/// Encodes content as DEFLATE blocks, by zlib, that fit between others: after the `phase` existing low bits
/// of a byte, with references into the window before, and up to any phase.
class RunEncoder {
 public:
  /// `window`: the content before, whose last 32 KiB count. `bits`: the byte's low `phase` bits (0 to 7).
  RunEncoder(std::string_view window, unsigned phase, unsigned bits);
  RunEncoder(const RunEncoder&) = delete;
  RunEncoder& operator=(const RunEncoder&) = delete;
  ~RunEncoder();

  void add(std::string_view content);

  // The bytes, beginning with the partial one; one of the two is called last.

  /// Ends the stream.
  std::string end_stream();
  /// Ends so that the next block begins `phase` bits into a byte, whose higher bits are 0; if `phase` is 0,
  /// in the byte after it.
  std::string end_at(unsigned phase);

 private:
  struct Stream;
  void deflate(std::string_view content, int flush);

  std::unique_ptr<Stream> stream_;
  std::string out_;
};

}  // namespace wheelfix
