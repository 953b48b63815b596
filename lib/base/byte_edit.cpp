#include "base/byte_edit.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.hpp"

namespace wheelfix {
namespace {

std::uint64_t end_of(const ByteEdit& edit) {
  return edit.offset + edit.bytes.size();
}

// Frees [begin, end) in `pieces`, and cuts those that reach into it.
void clear(std::map<std::uint64_t, std::string>& pieces, std::uint64_t begin, std::uint64_t end) {
  auto at = pieces.lower_bound(begin);
  if (at != pieces.begin()) {
    const auto before = std::prev(at);
    const auto before_end = before->first + before->second.size();
    if (before_end > end) pieces.emplace(end, before->second.substr(end - before->first));
    if (before_end > begin) before->second.resize(begin - before->first);
  }
  while (at != pieces.end() && at->first < end) {
    if (at->first + at->second.size() > end) pieces.emplace(end, at->second.substr(end - at->first));
    at = pieces.erase(at);
  }
}

// Calls visit(place, bytes) for the parts of the overwrites in the `size` bytes from `offset`, in order;
// places are relative to `offset`.
template <typename Visit>
void for_each_overlap(const ContentEdits& edits, std::uint64_t offset, std::size_t size, Visit visit) {
  const auto end = offset + size;
  auto edit = std::partition_point(edits.overwrites.begin(), edits.overwrites.end(),
                                   [&](const ByteEdit& before) { return end_of(before) <= offset; });
  for (; edit != edits.overwrites.end() && edit->offset < end; ++edit) {
    const auto begin = std::max(edit->offset, offset);
    const auto count = std::min(end_of(*edit), end) - begin;
    visit(begin - offset, std::string_view(edit->bytes).substr(begin - edit->offset, count));
  }
}

}  // namespace

std::vector<ByteEdit> in_order(std::vector<ByteEdit> overwrites) {
  std::map<std::uint64_t, std::string> pieces;
  for (auto& edit : overwrites) {
    if (edit.bytes.empty()) continue;
    clear(pieces, edit.offset, end_of(edit));
    pieces[edit.offset] = std::move(edit.bytes);
  }
  std::vector<ByteEdit> joined;
  for (auto& [offset, bytes] : pieces) {
    if (!joined.empty() && end_of(joined.back()) == offset) {
      joined.back().bytes += bytes;
    } else {
      joined.push_back({offset, std::move(bytes)});
    }
  }
  return joined;
}

void require_within(const ContentEdits& edits, std::uint64_t size) {
  if (edits.overwrites.empty()) return;
  const auto& last = edits.overwrites.back();
  if (last.offset > size || last.bytes.size() > size - last.offset)
    throw OutOfBytes("an edit is beyond the content");
}

void overwrite_piece(const ContentEdits& edits, std::uint64_t offset, std::string& piece) {
  for_each_overlap(edits, offset, piece.size(),
                   [&](std::size_t at, std::string_view bytes) { piece.replace(at, bytes.size(), bytes); });
}

void visit_edited(const ContentEdits& edits, std::uint64_t offset, std::string_view piece,
                  const std::function<void(std::string_view)>& visit) {
  std::size_t done = 0;
  for_each_overlap(edits, offset, piece.size(), [&](std::size_t at, std::string_view bytes) {
    if (at > done) visit(piece.substr(done, at - done));
    visit(bytes);
    done = at + bytes.size();
  });
  if (done < piece.size()) visit(piece.substr(done));
}

std::string apply_edits(std::string_view content, const ContentEdits& edits) {
  require_within(edits, content.size());
  std::string edited;
  edited.reserve(content.size() + edits.appended.size());  // else it may get twice the room
  edited.append(content).append(edits.appended);
  overwrite_piece(edits, 0, edited);
  return edited;
}

std::string apply_edits(std::string&& content, const ContentEdits& edits) {
  if (!edits.appended.empty()) {
    auto edited = apply_edits(std::string_view(content), edits);
    std::string().swap(content);
    return edited;
  }
  require_within(edits, content.size());
  overwrite_piece(edits, 0, content);
  return std::move(content);
}

ContentEdits in_sequence(const ContentEdits& first, const ContentEdits& second, std::uint64_t old_size) {
  auto overwrites = first.overwrites;
  auto appended = first.appended;
  for (const auto& edit : second.overwrites) {
    const auto kept =
        edit.offset < old_size ? std::min<std::uint64_t>(edit.bytes.size(), old_size - edit.offset) : 0;
    if (kept > 0) overwrites.push_back({edit.offset, edit.bytes.substr(0, kept)});
    const auto rest = edit.bytes.size() - kept;
    if (rest > 0) appended.replace(edit.offset + kept - old_size, rest, edit.bytes, kept);
  }
  return {in_order(std::move(overwrites)), appended + second.appended};
}

std::string EditedBytes::fetch(std::uint64_t offset, std::uint64_t count) {
  auto bytes = old_.read_up_to(offset, count);
  overwrite_piece(edits_, offset, bytes);
  if (bytes.size() < count) {
    const auto begin = std::max(offset, old_.size()) - old_.size();
    bytes.append(edits_.appended, begin, count - bytes.size());
  }
  return bytes;
}

std::string_view EditedBytes::glance(std::uint64_t offset) {
  constexpr std::size_t most = 256 << 10;  // it is copied
  if (offset >= old_.size()) return std::string_view(edits_.appended).substr(offset - old_.size());
  piece_ = old_.skim(offset).substr(0, most);
  overwrite_piece(edits_, offset, piece_);
  return piece_;
}

}  // namespace wheelfix
