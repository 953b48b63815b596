#include "wheel/record_update.hpp"

#include <deque>
#include <unordered_map>
#include <utility>

namespace wheelfix {

namespace {

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
  std::deque<std::string> sizes;  // which rows have views of
  const auto new_row = [&](const RecordedEntry& entry) {
    const std::string_view hash = entry.new_hash ? std::string_view(*entry.new_hash) : "";
    return RecordRow{entry.path, hash, sizes.emplace_back(std::to_string(entry.size)), ""};
  };
  std::vector<std::string> stale;
  std::vector<bool> has_row(entries.size());
  std::optional<std::size_t> own_row;
  for (const auto& row : old.rows()) {
    if (row.path == old_record_path) {
      own_row = rows.size();
      const bool is_right = row.path == new_record_path && row.hash.empty() && row.size.empty();
      rows.push_back(is_right ? row : RecordRow{.path = new_record_path, .hash = {}, .size = {}, .text = {}});
    } else if (const auto found = of_rows.find(row.path)) {
      const auto& entry = entries[*found];
      has_row[*found] = true;
      if (entry.new_hash)
        rows.push_back(new_row(entry));
      else
        rows.push_back(row.path == entry.path ? row : RecordRow{entry.path, row.hash, row.size, ""});
    } else if (row.path.ends_with('/')) {
      rows.push_back(row);
    } else if (!was_entry(row.path)) {
      stale.emplace_back(row.path);
    }
  }
  std::vector<RecordRow> added;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!has_row[i]) added.push_back(new_row(entries[i]));
  }
  if (!own_row) {
    own_row = rows.size();
    rows.push_back({.path = new_record_path, .hash = {}, .size = {}, .text = {}});
  }
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(*own_row), added.begin(), added.end());
  return {old.to_string_with(rows), std::move(stale)};
}

}  // namespace wheelfix
