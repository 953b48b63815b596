#include "binary/elf_wanted.hpp"

#include <algorithm>

namespace wheelfix::elf {
namespace {

void remove_tag(std::vector<WantedEntry>& entries, std::uint64_t tag) {
  std::erase_if(entries, [&](const WantedEntry& wanted) { return wanted.entry.tag == tag; });
}

void add(std::vector<WantedEntry>& entries, std::uint64_t tag, std::string text) {
  entries.push_back({.entry = {tag, 0}, .text = std::move(text), .is_new = true});
}

/// The last entry of a tag, which is the one that counts.
WantedEntry* find(std::vector<WantedEntry>& entries, std::uint64_t tag) {
  const auto found = std::find_if(entries.rbegin(), entries.rend(),
                                  [&](const WantedEntry& wanted) { return wanted.entry.tag == tag; });
  return found == entries.rend() ? nullptr : &*found;
}

void set(std::vector<WantedEntry>& entries, std::uint64_t tag, const std::string& text,
         const std::string& old) {
  auto* wanted = find(entries, tag);
  if (wanted == nullptr) {
    add(entries, tag, text);
  } else if (text != old) {
    wanted->text = text;
  }
}

void set_needed(std::vector<WantedEntry>& entries, const std::vector<std::string>& old,
                const std::vector<std::string>& needed) {
  std::size_t index = 0;
  for (auto& wanted : entries) {
    if (wanted.entry.tag != DT_NEEDED) continue;
    if (index < needed.size() && needed[index] != old[index]) wanted.text = needed[index];
    ++index;
  }
  for (; index < needed.size(); ++index) add(entries, DT_NEEDED, needed[index]);
  std::size_t seen = 0;
  std::erase_if(entries, [&](const WantedEntry& wanted) {
    return wanted.entry.tag == DT_NEEDED && ++seen > needed.size();
  });
}

bool goes_to_rpath(const BinaryInfo& now, SearchPathKind kind) {
  if (kind == SearchPathKind::keep) return now.runpath.empty() && !now.rpath.empty();
  return kind == SearchPathKind::rpath;
}

/// A DT_RUNPATH turns DT_RPATH off even if it has no text, so the tag that isn't wanted is removed whatever
/// it holds.
void leave_one_tag(std::vector<WantedEntry>& entries, std::uint64_t kept, std::uint64_t counts) {
  if (counts == kept) return remove_tag(entries, kept == DT_RPATH ? DT_RUNPATH : DT_RPATH);
  remove_tag(entries, kept);
  for (auto& wanted : entries) {
    if (wanted.entry.tag == counts) wanted.entry.tag = kept;
  }
}

void set_path(std::vector<WantedEntry>& entries, const BinaryInfo& now, const LibraryEdit& edit) {
  const auto& current = now.search_path();
  const auto& path = edit.search_path ? *edit.search_path : current;
  if (edit.search_path && path.empty()) {
    remove_tag(entries, DT_RPATH);
    remove_tag(entries, DT_RUNPATH);
    return;
  }
  if (path.empty()) return;
  const std::uint64_t tag = goes_to_rpath(now, edit.kind) ? DT_RPATH : DT_RUNPATH;
  if (edit.kind != SearchPathKind::keep) {
    const bool runpath_counts =
        !now.runpath.empty() || (now.rpath.empty() && find(entries, DT_RUNPATH) != nullptr);
    leave_one_tag(entries, tag, runpath_counts ? DT_RUNPATH : DT_RPATH);
  }
  if (edit.search_path) set(entries, tag, join_search_path(path), join_search_path(current));
}

}  // namespace

std::vector<WantedEntry> wanted_dynamic(const Image& image, const BinaryInfo& now, const LibraryEdit& edit) {
  std::vector<WantedEntry> entries;
  for (const auto& entry : image.dynamic) entries.push_back({.entry = entry, .text = {}});
  if (edit.needed) set_needed(entries, now.needed, *edit.needed);
  if (edit.soname) set(entries, DT_SONAME, *edit.soname, now.soname.value_or(""));
  set_path(entries, now, edit);
  return entries;
}

BinaryInfo expected_info(BinaryInfo info, const LibraryEdit& edit) {
  if (edit.needed) info.needed = *edit.needed;
  if (edit.soname) info.soname = *edit.soname;
  for (auto need = info.versions_needed.begin(); need != info.versions_needed.end();) {
    const auto found = edit.version_files.find(need->file);
    if (found != edit.version_files.end() && !found->second) {
      need = info.versions_needed.erase(need);
      continue;
    }
    if (found != edit.version_files.end()) need->file = *found->second;
    ++need;
  }
  const bool to_rpath = goes_to_rpath(info, edit.kind);
  const auto path = edit.search_path ? *edit.search_path : info.search_path();
  if (path.empty() || edit.kind != SearchPathKind::keep) info.rpath = info.runpath = {};
  if (edit.search_path || edit.kind != SearchPathKind::keep) (to_rpath ? info.rpath : info.runpath) = path;
  return info;
}

}  // namespace wheelfix::elf
