#include "base/finding_sink.hpp"

#include <algorithm>

namespace wheelfix {

void FindingSink::add(FindingCode code, Severity severity, std::optional<std::string> path,
                      std::string message, std::string hint) {
  add(Finding{code, severity, {}, std::move(path), std::move(message), std::move(hint)});
}

void FindingSink::add(std::vector<Finding> findings) {
  for (auto& finding : findings) add(std::move(finding));
}

void FindingSink::add(FindingSink other) {
  add(other.take());
  has_error_ = has_error_ || other.has_error_;
  error_paths_.merge(other.error_paths_);
}

bool FindingSink::ignores(const Finding& finding) const {
  return std::ranges::any_of(rules_, [&](const IgnoreRule& rule) { return rule.covers(finding); });
}

void FindingSink::add_at(std::size_t place, Finding finding) {
  end_ = std::max(end_, place + 1);
  if (!finding.wheel) finding.wheel = subject_;
  if (ignores(finding)) {
    ignored_ += 1 + finding.more;
    return;
  }
  if (finding.severity == Severity::error) {
    has_error_ = true;
    error_paths_.insert(finding.path.value_or(""));
  }
  auto& kind = kinds_[{finding.code, finding.severity}];
  kind.more += std::exchange(finding.more, 0);
  if (kind.kept.size() >= most_alike_ && place >= kind.kept.rbegin()->first.first) {
    ++kind.more;
    return;
  }
  kind.kept.emplace(Place(place, added_++), std::move(finding));
  if (kind.kept.size() <= most_alike_) return;
  kind.kept.erase(std::prev(kind.kept.end()));
  ++kind.more;
}

std::vector<Finding> FindingSink::take() {
  std::vector<std::map<Place, Finding>::node_type> all;
  for (auto& [name, kind] : kinds_) {
    if (!kind.kept.empty()) kind.kept.rbegin()->second.more = kind.more;
    while (!kind.kept.empty()) all.push_back(kind.kept.extract(kind.kept.begin()));
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
