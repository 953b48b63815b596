#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "base/byte_source.hpp"
#include "base/hash.hpp"
#include "deflate/block_walker.hpp"
#include "deflate/deflate_stream.hpp"
#include "deflate/stated_content.hpp"

namespace wheelfix {

/// What an archive and RECORD state about content.
struct ContentDigest {
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  std::string hash;  ///< SHA-256 as RECORD writes it

  bool operator==(const ContentDigest&) const = default;
};

/// The content of a deflated entry, read once from end to end: checked against what the archive states,
/// hashed, and from then on open to reads of any range and to digests with edits in place.
///
/// It goes forward as far as is read, and finish() goes on to the end. On the way it keeps up to 256
/// checkpoints, 8 MB at most, so that a range is reached by inflating a little; and with each the state of
/// the digests, so that a digest of edited content restarts at the last checkpoint before the first edit.
///
/// The order trap: a library's first edit is in its header, before most of the digest, but is known only
/// after its dynamic section was read, which may be at the end. expect() digests what is likely in the same
/// pass; the rest is digested again from the first difference.
///
/// One thread at a time until it is finished; digest_with and the functions below it are then safe from many.
class ContentScan : public ByteSource {
 public:
  /// `recorded`: the algorithm of hash(). `scanned` is called with the number of bytes of the stream that
  /// were read for the first time since its last call.
  explicit ContentScan(DeflateStream stream, HashAlgorithm recorded = HashAlgorithm::sha256,
                       std::function<void(std::uint64_t)> scanned = {});
  ~ContentScan() override;

  std::uint64_t size() const override { return stream_.content_size; }
  bool is_stream() const override { return true; }

  /// Also digests the content with these edits in place, from the first of them on. Starts again from the
  /// beginning, so it should be called after the head was read and before anything else is.
  void expect(ContentEdits edits);

  /// On how many threads digest_with inflates.
  void use_threads(unsigned count) { threads_ = count; }

  /// Reads to the end. Throws Error{bad_archive, subject} for damage, if size or CRC-32 are not as stated,
  /// and if there are bytes after the stream; so do reads, as far as they get.
  void finish();
  bool is_finished() const { return end_.has_value(); }

  // What follows needs finish().

  /// Of the unedited content, as RECORD writes it.
  std::string hash() const;
  /// Of the content with edits. Throws OutOfBytes if one is beyond it.
  ContentDigest digest_with(const ContentEdits& edits) const;

  const DeflateStream& stream() const { return stream_; }
  /// The last one that is not after that much content.
  const Checkpoint& checkpoint_before(std::uint64_t content) const;
  BlockStart last_block() const { return block_; }
  BlockStart end() const { return *end_; }

 private:
  struct RunningDigest;
  struct Lane;

  std::string fetch(std::uint64_t offset, std::uint64_t count) override;
  std::string_view glance(std::uint64_t offset) override;
  void begin();
  void advance();
  void digest(std::string_view piece);
  void follow_first_lane();
  void report(std::uint64_t read);
  BlockWalker& go_near(std::uint64_t offset);
  void go_on(BlockWalker& walker);
  void add_checkpoint();
  std::size_t checkpoint_index(std::uint64_t content) const;

  DeflateStream stream_;
  std::function<void(std::uint64_t)> scanned_;
  std::uint64_t reported_ = 0;
  unsigned threads_ = 1;
  std::vector<Lane> lanes_;  ///< the first without edits
  StatedContent stated_;
  std::optional<BlockWalker> walker_;  ///< until finished
  std::optional<BlockWalker> reader_;  ///< for what the walker has passed
  std::vector<Checkpoint> checkpoints_;
  BlockStart block_;  ///< of the block that is walked, or was last
  std::optional<BlockStart> end_;
};

}  // namespace wheelfix
