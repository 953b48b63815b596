#include "library/library_limits.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>
#include <wheelfix/error.hpp>

#include "library/entry_source.hpp"

namespace wheelfix {
namespace {

std::uint64_t size_of_names(const BinaryInfo& info) {
  std::uint64_t size = info.soname.value_or("").size();
  const auto add = [&](const std::vector<std::string>& names) {
    for (const auto& name : names) size += name.size() + sizeof(std::string);
  };
  for (const auto* names : {&info.needed, &info.delay_needed, &info.rpath, &info.runpath}) add(*names);
  for (const auto& need : info.versions_needed) {
    size += need.file.size() + sizeof(VersionsNeeded);
    add(need.versions);
  }
  for (const auto& slice : info.slices) size += sizeof(BinaryInfo) + size_of_names(slice);
  return size;
}

[[noreturn]] void refuse(const WheelEdit& edit, std::string message, std::string hint) {
  throw Error(ErrorCode::limit_exceeded, edit.wheel().path().string(), std::move(message), std::move(hint));
}

}  // namespace

void require_few_libraries(const WheelEdit& edit, std::size_t count) {
  if (count > max_libraries)
    refuse(edit, fmt::format("has more than {} libraries", max_libraries),
           "no project has as many: ask the publisher for another wheel");
}

std::set<std::string, std::less<>> entries_with_symbols(const WheelEdit& edit) {
  constexpr unsigned usual_ratio = 20;
  constexpr std::uint64_t most = 64 << 20;
  std::set<std::string, std::less<>> entries;
  std::uint64_t size = 0;
  for (auto& path : edit.paths()) {
    if (!may_be_library(path)) continue;
    if (inflates_to(edit, path, usual_ratio) && (size += content_size(edit, path)) > most) continue;
    entries.insert(std::move(path));
  }
  return entries;
}

void NamesBudget::spend(const BinaryInfo& info) {
  if (spent_ += size_of_names(info); spent_ <= max_names_size) return;
  if (of_ == Of::edited_libraries)
    refuse(edit_,
           fmt::format("the names in the edited libraries would take more than {} bytes", max_names_size),
           "give shorter names and search paths, or give them to fewer libraries");
  refuse(edit_, fmt::format("the names in its libraries take more than {} bytes", max_names_size),
         "no loader needs so many: ask the publisher for another wheel");
}

}  // namespace wheelfix
