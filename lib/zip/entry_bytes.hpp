#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/kept_bytes.hpp"
#include "deflate/inflate.hpp"
#include "zip/entry.hpp"

namespace wheelfix::zip {

/// Random access to an entry's content without holding it whole: inflated forward as far as needed, and from
/// one of up to 48 snapshots for earlier content, because readers of formats go from tables at the end to
/// what these name at the front, and back. The CRC-32 is not checked, because the end may never be reached.
class EntryBytes : public KeptBytes {
 public:
  /// `file` and `inflater` must outlive it; nothing else may use the inflater meanwhile.
  EntryBytes(const File& file, const Entry& entry, Inflater& inflater);

  std::uint64_t size() const override { return entry_.size; }
  bool is_stream() const override { return entry_.method != static_cast<std::uint16_t>(Method::stored); }

 private:
  /// Throws Error{bad_archive, `file: entry`} for damage.
  std::string load(std::uint64_t offset, std::uint64_t count) override;
  std::string_view glance(std::uint64_t offset) override;
  std::string inflate_range(std::uint64_t offset, std::uint64_t count);
  void go_near(std::uint64_t offset);
  void next_piece();
  std::string_view next_compressed();

  const File& file_;
  const Entry& entry_;
  Inflater& inflater_;
  std::string subject_;
  std::vector<Inflater::Snapshot> snapshots_;
  std::string compressed_;
  std::uint64_t consumed_ = 0;  ///< compressed bytes handed out
  std::uint64_t piece_offset_ = 0;
  std::string_view piece_;  ///< the content inflated last
  bool started_ = false;
};

}  // namespace wheelfix::zip
