#include "wheel/record_update.hpp"

#include <unordered_map>
#include <utility>

namespace wheelfix {

namespace {

RecordRow updated_row(const RecordRow& row, const RecordedEntry& entry) {
  if (entry.new_hash)
    return RecordRow::make(std::string(entry.path), *entry.new_hash, std::to_string(entry.size));
  return row.path == entry.path ? row : RecordRow::make(std::string(entry.path), row.hash, row.size);
}

/// Finds entries by their rows' paths. Those of a wheel come mostly in the order of RECORD.
class EntriesOfRows {
 public:
  explicit EntriesOfRows(const std::vector<RecordedEntry>& entries) : entries_(entries) {}

  std::optional<std::size_t> find(std::string_view row_path) {
    if (next_ < entries_.size() && entries_[next_].row_path == row_path) return next_++;
    if (by_path_.empty()) {
      by_path_.reserve(entries_.size());
      for (std::size_t i = 0; i < entries_.size(); ++i) by_path_.emplace(entries_[i].row_path, i);
    }
    const auto found = by_path_.find(row_path);
    if (found == by_path_.end()) return std::nullopt;
    next_ = found->second + 1;
    return found->second;
  }

 private:
  const std::vector<RecordedEntry>& entries_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
  std::size_t next_ = 0;
};

}  // namespace

bool is_record_signature(std::string_view path, std::string_view dist_info) {
  if (!path.starts_with(dist_info)) return false;
  path.remove_prefix(dist_info.size());
  return path == "/RECORD.jws" || path == "/RECORD.p7s";
}

bool is_record_or_signature(std::string_view path, std::string_view dist_info) {
  return is_record_signature(path, dist_info) ||
         (path.starts_with(dist_info) && path.substr(dist_info.size()) == "/RECORD");
}

RecordUpdate update_record(const Record& old, const std::string& old_record_path,
                           const std::string& new_record_path, const std::vector<RecordedEntry>& entries,
                           const std::function<bool(std::string_view)>& was_entry) {
  EntriesOfRows of_rows(entries);
  std::vector<RecordRow> rows;
  rows.reserve(old.rows().size() + entries.size() + 1);
  std::vector<std::string> stale;
  std::vector<bool> has_row(entries.size());
  std::optional<std::size_t> own_row;
  for (const auto& row : old.rows()) {
    if (row.path == old_record_path) {
      own_row = rows.size();
      rows.push_back(row.path == new_record_path && row.hash.empty() && row.size.empty()
                         ? row
                         : RecordRow::make(new_record_path, "", ""));
    } else if (const auto found = of_rows.find(row.path)) {
      rows.push_back(updated_row(row, entries[*found]));
      has_row[*found] = true;
    } else if (row.path.ends_with('/')) {
      rows.push_back(row);
    } else if (!was_entry(row.path)) {
      stale.push_back(row.path);
    }
  }
  std::vector<RecordRow> added;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    if (!has_row[i])
      added.push_back(
          RecordRow::make(std::string(entry.path), entry.new_hash.value_or(""), std::to_string(entry.size)));
  }
  if (!own_row) {
    own_row = rows.size();
    rows.push_back(RecordRow::make(new_record_path, "", ""));
  }
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(*own_row), std::make_move_iterator(added.begin()),
              std::make_move_iterator(added.end()));
  return {old.with_rows(std::move(rows)), std::move(stale)};
}

}  // namespace wheelfix
