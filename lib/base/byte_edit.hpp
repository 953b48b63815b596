#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/byte_edit.hpp>

#include "base/byte_source.hpp"

namespace wheelfix {

/// Overwrites made in any order, in the normal form of ContentEdits: if they overlap, the later one wins, and
/// those that touch are joined.
std::vector<ByteEdit> in_order(std::vector<ByteEdit> overwrites);

/// Throws OutOfBytes if an overwrite is beyond content of `size` bytes.
void require_within(const ContentEdits& edits, std::uint64_t size);

/// Applies `edits` to a piece of the old content, which begins at `offset`.
void overwrite_piece(const ContentEdits& edits, std::uint64_t offset, std::string& piece);

/// The same without a copy: calls `visit` with the parts of the edited piece in their order.
void visit_edited(const ContentEdits& edits, std::uint64_t offset, std::string_view piece,
                  const std::function<void(std::string_view)>& visit);

/// The edited content, whole. Throws OutOfBytes if an overwrite is beyond the old end.
std::string apply_edits(std::string_view content, const ContentEdits& edits);
/// The same for content that isn't needed any more, which is edited in place or freed.
std::string apply_edits(std::string&& content, const ContentEdits& edits);

/// `first` and then `second`, whose offsets are those of what `first` makes of content of `old_size` bytes.
ContentEdits in_sequence(const ContentEdits& first, const ContentEdits& second, std::uint64_t old_size);

/// Content with its edits in place, read by ranges. Both must outlive it.
class EditedBytes : public ByteSource {
 public:
  EditedBytes(ByteSource& old, const ContentEdits& edits) : old_(old), edits_(edits) {}
  std::uint64_t size() const override { return old_.size() + edits_.appended.size(); }
  bool is_stream() const override { return old_.is_stream(); }

 private:
  std::string fetch(std::uint64_t offset, std::uint64_t count) override;
  std::string_view glance(std::uint64_t offset) override;

  ByteSource& old_;
  const ContentEdits& edits_;
  std::string piece_;  ///< glanced at
};

}  // namespace wheelfix
