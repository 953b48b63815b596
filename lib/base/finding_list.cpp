#include "base/finding_list.hpp"

#include <algorithm>

namespace wheelfix {

void FindingList::add(std::vector<Finding> findings) {
  for (auto& finding : findings) add(std::move(finding));
}

void FindingList::add(FindingList other) {
  add(other.take());
  error_paths_.merge(other.error_paths_);
}

void FindingList::add_at(std::size_t place, Finding finding) {
  end_ = std::max(end_, place + 1);
  if (finding.severity == Severity::error) {
    has_error_ = true;
    error_paths_.insert(finding.path.value_or(""));
  }
  auto& kind = kinds_[{finding.code, finding.severity}];
  kind.more += std::exchange(finding.more, 0);
  if (kind.told.size() >= most_alike_ && place >= kind.told.rbegin()->first.first) {
    ++kind.more;
    return;
  }
  kind.told.emplace(Place(place, added_++), std::move(finding));
  if (kind.told.size() <= most_alike_) return;
  kind.told.erase(std::prev(kind.told.end()));
  ++kind.more;
}

std::vector<Finding> FindingList::take() {
  std::vector<std::map<Place, Finding>::node_type> all;
  for (auto& [name, kind] : kinds_) {
    if (!kind.told.empty()) kind.told.rbegin()->second.more = kind.more;
    while (!kind.told.empty()) all.push_back(kind.told.extract(kind.told.begin()));
  }
  kinds_.clear();
  std::ranges::sort(all, {}, [](const auto& node) { return node.key(); });
  std::vector<Finding> findings;
  findings.reserve(all.size());
  for (auto& node : all) {
    findings.push_back(std::move(node.mapped()));
    node = {};
  }
  return findings;
}

}  // namespace wheelfix
