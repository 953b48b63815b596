#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/delta.hpp>

#include "base/byte_source.hpp"
#include "base/file.hpp"
#include "deflate/compress.hpp"
#include "delta/match_bytes.hpp"

namespace wheelfix {

/// One step of a delta: what makes the next bytes of the result.
struct DeltaStep {
  enum class Kind {
    copied,    ///< `size` bytes of the source from `offset`
    literal,   ///< `bytes`
    headers,   ///< the same central headers of the source, with `shift` added to each one's offset of its
               ///< entry
    deflated,  ///< `stream_size` bytes from `offset` inflated, changed by `runs`, and deflated again
  };
  Kind kind = Kind::copied;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< of what it makes
  std::uint64_t shift = 0;
  std::uint64_t stream_size = 0;
  std::uint64_t level = default_compression_level;  ///< of what is deflated: see deflate
  std::string bytes = {};
  std::vector<MatchedRun> runs = {};

  bool operator==(const DeltaStep&) const = default;
};

/// A wheel as its difference from another. The file has, after a line that names the format and its version,
/// the size of the rest and the rest deflated, which Packer wrote, and at the end the SHA-256 of all of it.
///
/// Rejected: VCDIFF (RFC 3284), bsdiff and `zstd --patch-from`, which know bytes alone. RECORD and METADATA
/// are deflated again, and all offsets in the central directory shift, so that they keep some 400 kB of
/// torch's wheel; Debian has no library of the first, and the others hold source and result in memory (see
/// tests/bench).
struct Delta {
  std::string source_sha256, result_sha256;  ///< as `sha256sum` writes them
  std::uint64_t source_size = 0, result_size = 0;
  std::string result_name;
  std::vector<DeltaStep> steps;

  /// Throws Error{bad_archive, subject} for bytes that aren't a delta, and for steps that don't fit the
  /// sizes; Error{limit_exceeded} for one that is too large.
  static Delta parse(std::string_view bytes, const std::string& subject);
  std::string to_bytes() const;

  bool operator==(const Delta&) const = default;
};

/// The largest content that a step deflates again.
constexpr std::uint64_t most_deflated_content = 16 << 20;
/// The largest delta, inflated.
constexpr std::uint64_t most_delta_bytes = 256 << 20;

/// What the steps `headers` and `deflated` make. Throws Error{bad_archive, subject} if the source doesn't
/// have what they need, or if it isn't as long as they say.
std::string bytes_of_step(const DeltaStep& step, ByteSource& source, const std::string& subject);

/// Throws Error{output_exists} if a file that isn't to be replaced is there.
void refuse_existing_file(const std::filesystem::path& output, const DeltaOptions& options);

/// The content that runs make of another one. Throws as bytes_of_step.
std::string apply_runs(std::string_view content, const std::vector<MatchedRun>& runs,
                       const std::string& subject);

}  // namespace wheelfix
