#include "cache/installed_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.hpp"
#include "base/workers.hpp"
#include "cache/cache_settings.hpp"
#include "environment/import_code.hpp"

namespace wheelfix {
namespace {

/// The distributions' folders, each once.
std::string folders_of(const std::vector<Wheel>& distributions) {
  std::string folders, last;
  for (const auto& distribution : distributions)
    if (const auto folder = distribution.path().string(); folder != last) folders += (last = folder) + "\n";
  return folders;
}

/// A file that was removed or replaced meanwhile isn't the one that the state is of.
bool is_whole(const WheelLibraries& libraries, const WheelCode& code) {
  const auto is_unread = [](const Finding& finding) { return finding.code == FindingCode::unreadable; };
  return code.is_whole && std::ranges::none_of(libraries.findings, is_unread);
}

}  // namespace

InstalledCache::InstalledCache(const std::optional<std::filesystem::path>& folder, const Limits& limits,
                               bool with_cuda, unsigned jobs)
    : settings_(folder ? cache_settings(limits, with_cuda) : std::string()), jobs_(jobs) {
  if (!settings_.empty()) folder_ = CacheFolder::open(*folder);
}

std::vector<std::optional<FilesRecord>> InstalledCache::find(const std::vector<Wheel>& distributions,
                                                             std::vector<std::string> states) {
  std::vector<std::optional<FilesRecord>> found(distributions.size());
  states_ = std::move(states);
  known_.assign(distributions.size(), 0);
  if (!folder_) return found;
  key_ = sha256_hex(fmt::format("installed {}\n{}", settings_, folders_of(distributions)));
  const auto bytes = folder_->read(key_);
  const auto records = bytes ? parse_records(*bytes) : std::nullopt;
  if (!records) return found;
  for_each_parallel(distributions.size(), jobs_, [&](std::size_t i) {
    const auto record = records->find(states_[i]);
    if (record == records->end() || !(found[i] = parse_files_record(record->second))) return;
    known_[i] = amount(found[i]->code);
    for (auto& finding : found[i]->libraries.findings) finding.wheel = distributions[i].path().string();
  });
  return found;
}

void InstalledCache::keep(const WheelSet& set) const {
  if (!folder_) return;
  const auto& codes = set.code->codes();
  const auto is_kept = [&](std::size_t i) {
    return !states_[i].empty() && is_whole(set.libraries[i], codes[i]);
  };
  bool is_new = false;
  for (std::size_t i = 0; i < states_.size() && !is_new; ++i)
    is_new = is_kept(i) && amount(codes[i]) > known_[i];
  if (!is_new) return;
  std::vector<std::string> packed(states_.size());
  for_each_parallel(states_.size(), jobs_, [&](std::size_t i) {
    if (is_kept(i)) packed[i] = pack_files_record(set.libraries[i], codes[i]);
  });
  std::map<std::string, std::string> records;
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (is_kept(i)) records.emplace(states_[i], std::move(packed[i]));
  folder_->write(key_, pack_records(records));
}

}  // namespace wheelfix
