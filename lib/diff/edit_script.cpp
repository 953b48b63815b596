#include "diff/edit_script.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "diff/myers.hpp"

namespace wheelfix {

namespace {

using LineSpan = std::span<const std::string_view>;

// Numbers the lines of both sides and remembers on which sides each one occurs.
class LineTable {
 public:
  explicit LineTable(std::size_t expected) { ids_.reserve(expected); }

  std::vector<std::uint32_t> number(LineSpan lines, std::uint8_t side) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(lines.size());
    for (const auto line : lines) {
      const auto id = ids_.try_emplace(line, static_cast<std::uint32_t>(sides_.size())).first->second;
      if (id == sides_.size()) sides_.push_back(0);
      sides_[id] |= side;
      numbers.push_back(id);
    }
    return numbers;
  }

  bool is_shared(std::uint32_t id) const { return sides_[id] == 3; }

 private:
  std::unordered_map<std::string_view, std::uint32_t> ids_;
  std::vector<std::uint8_t> sides_;
};

// The lines that occur on both sides: no other can be part of a match, so the search skips the others.
struct SharedLines {
  std::vector<std::uint32_t> ids;
  std::vector<std::size_t> positions;
};

SharedLines shared_lines(const std::vector<std::uint32_t>& numbers, const LineTable& table) {
  SharedLines shared;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!table.is_shared(numbers[i])) continue;
    shared.ids.push_back(numbers[i]);
    shared.positions.push_back(i);
  }
  return shared;
}

std::vector<bool> all_changed_but(const SharedLines& shared, const std::vector<bool>& shared_changed,
                                  std::size_t size) {
  std::vector<bool> changed(size, true);
  for (std::size_t i = 0; i < shared.positions.size(); ++i) changed[shared.positions[i]] = shared_changed[i];
  return changed;
}

ChangedLines compare(LineSpan before, LineSpan after) {
  LineTable table(before.size() + after.size());
  const auto old_numbers = table.number(before, 1);
  const auto new_numbers = table.number(after, 2);
  const auto old_shared = shared_lines(old_numbers, table);
  const auto new_shared = shared_lines(new_numbers, table);
  const auto changed = changed_lines(old_shared.ids, new_shared.ids);
  return {all_changed_but(old_shared, changed.removed, before.size()),
          all_changed_but(new_shared, changed.added, after.size())};
}

std::size_t run_end(const std::vector<bool>& changed, std::size_t at) {
  while (at < changed.size() && changed[at]) ++at;
  return at;
}

std::vector<LineEdit> edits_of(const ChangedLines& changed, std::size_t offset) {
  std::vector<LineEdit> edits;
  for (std::size_t x = 0, y = 0; x < changed.removed.size() || y < changed.added.size(); ++x, ++y) {
    const auto old_end = run_end(changed.removed, x);
    const auto new_end = run_end(changed.added, y);
    if (old_end > x || new_end > y)
      edits.push_back({offset + x, offset + old_end, offset + y, offset + new_end});
    x = old_end;
    y = new_end;
  }
  return edits;
}

// Moves an edit of only one side down by a line; false if that would not give the same texts.
bool slide_down(LineEdit& edit, const TextLines& before, const TextLines& after) {
  const bool deletes = edit.new_begin == edit.new_end;
  const bool inserts = edit.old_begin == edit.old_end;
  const bool can =
      (deletes && edit.old_end < before.size() && before[edit.old_begin] == before[edit.old_end]) ||
      (inserts && edit.new_end < after.size() && after[edit.new_begin] == after[edit.new_end]);
  if (can) edit = {edit.old_begin + 1, edit.old_end + 1, edit.new_begin + 1, edit.new_end + 1};
  return can;
}

// `edits` from last to first, so that each one slides towards edits that are already in place.
std::vector<LineEdit> settle(std::vector<LineEdit> edits, const TextLines& before, const TextLines& after) {
  std::vector<LineEdit> settled;
  for (; !edits.empty(); edits.pop_back()) {
    LineEdit edit = edits.back();
    do {
      if (!settled.empty() && edit.old_end == settled.back().old_begin) {
        edit.old_end = settled.back().old_end;
        edit.new_end = settled.back().new_end;
        settled.pop_back();
      }
    } while (slide_down(edit, before, after));
    settled.push_back(edit);
  }
  std::reverse(settled.begin(), settled.end());
  return settled;
}

}  // namespace

TextLines lines_with_ends(std::string_view text) {
  TextLines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

std::vector<LineEdit> edit_script(const TextLines& before, const TextLines& after) {
  const auto shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  const auto changed = compare(LineSpan(before).subspan(head, before.size() - head - tail),
                               LineSpan(after).subspan(head, after.size() - head - tail));
  return settle(edits_of(changed, head), before, after);
}

}  // namespace wheelfix
