#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>
#include <wheelfix/preload_order.hpp>

#include "base/text.hpp"
#include "environment/components.hpp"

namespace wheelfix {
namespace {

/// The libraries of a set as numbers, and which needs which.
class NeededGraph {
 public:
  explicit NeededGraph(const PlacedWheels& wheels) : wheels_(wheels) {
    const auto& libraries = wheels.libraries();
    for (std::size_t i = 0; i < libraries.size(); ++i) {
      const auto* node = wheels.files().find(libraries[i].path);
      contents_.push_back(node->content());
      providers_[contents_[i]->info.soname.value_or(std::string(file_name(libraries[i].path)))].push_back(i);
    }
  }

  /// In order, each once.
  std::vector<std::size_t> needed_by(std::size_t library) const {
    std::vector<std::size_t> needed;
    for (const auto& name : contents_[library]->info.needed) {
      const auto found = providers_.find(name);
      if (found != providers_.end()) needed.push_back(provider(found->second, library));
    }
    std::sort(needed.begin(), needed.end());
    needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
    return needed;
  }

 private:
  std::size_t provider(const std::vector<std::size_t>& candidates, std::size_t needed_by) const {
    const auto& libraries = wheels_.libraries();
    for (const auto candidate : candidates)
      if (libraries[candidate].wheel == libraries[needed_by].wheel) return candidate;
    return candidates.front();
  }

  const PlacedWheels& wheels_;
  std::vector<std::shared_ptr<const FileContent>> contents_;
  std::unordered_map<std::string, std::vector<std::size_t>> providers_;
};

/// The libraries that are needed from `roots` on, as a graph of their own.
struct NeededPart {
  std::vector<std::size_t> libraries;            // numbers of the whole set
  std::vector<std::vector<std::size_t>> needed;  // numbers of this part
};

NeededPart part_needed(const NeededGraph& graph, const std::vector<std::size_t>& roots) {
  NeededPart part;
  std::unordered_map<std::size_t, std::size_t> numbers;
  const auto number_of = [&](std::size_t library) {
    const auto [found, is_new] = numbers.try_emplace(library, part.libraries.size());
    if (is_new) part.libraries.push_back(library);
    return found->second;
  };
  for (const auto root : roots)
    for (const auto library : graph.needed_by(root)) number_of(library);
  for (std::size_t i = 0; i < part.libraries.size(); ++i) {
    std::vector<std::size_t> needed;
    for (const auto library : graph.needed_by(part.libraries[i]))
      if (library != part.libraries[i]) needed.push_back(number_of(library));
    part.needed.push_back(std::move(needed));
  }
  return part;
}

/// Groups in an order such that each stands behind all that it needs; of those that could be next the one of
/// the least rank.
std::vector<std::size_t> topological_order(const std::vector<std::vector<std::size_t>>& groups,
                                           const std::vector<std::vector<std::size_t>>& needed,
                                           const std::vector<std::size_t>& rank) {
  std::vector<std::size_t> group_of(needed.size());
  for (std::size_t group = 0; group < groups.size(); ++group)
    for (const auto member : groups[group]) group_of[member] = group;
  std::vector<std::size_t> open(groups.size());  // how many needs are not in the order yet
  std::vector<std::vector<std::size_t>> needing(groups.size());
  for (std::size_t member = 0; member < needed.size(); ++member)
    for (const auto other : needed[member]) {
      if (group_of[other] == group_of[member]) continue;
      ++open[group_of[member]];
      needing[group_of[other]].push_back(group_of[member]);
    }
  std::priority_queue<std::pair<std::size_t, std::size_t>, std::vector<std::pair<std::size_t, std::size_t>>,
                      std::greater<>>
      ready;
  for (std::size_t group = 0; group < groups.size(); ++group)
    if (open[group] == 0) ready.emplace(rank[groups[group].front()], group);
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const auto group = ready.top().second;
    ready.pop();
    order.push_back(group);
    for (const auto other : needing[group])
      if (--open[other] == 0) ready.emplace(rank[groups[other].front()], other);
  }
  return order;
}

/// Places by file name, then path.
std::vector<std::size_t> ranks(const NeededPart& part, const std::vector<PlacedLibrary>& libraries) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> sorted;
  for (std::size_t i = 0; i < part.libraries.size(); ++i) {
    const auto& library = libraries[part.libraries[i]];
    sorted.emplace(std::pair(file_name(library.path), std::string_view(library.path)), i);
  }
  std::vector<std::size_t> rank(part.libraries.size());
  std::size_t next = 0;
  for (const auto& [name, i] : sorted) rank[i] = next++;
  return rank;
}

}  // namespace

PreloadOrder preload_order(const PlacedWheels& wheels, const std::vector<std::string>& roots) {
  const auto& libraries = wheels.libraries();
  std::vector<std::size_t> numbers;
  for (const auto& root : roots)
    if (const auto* library = wheels.find(root))
      numbers.push_back(static_cast<std::size_t>(library - libraries.data()));
  const auto part = part_needed(NeededGraph(wheels), numbers);
  const auto rank = ranks(part, libraries);
  auto groups = strong_components(part.needed);
  for (auto& group : groups)
    std::sort(group.begin(), group.end(), [&](auto a, auto b) { return rank[a] < rank[b]; });
  PreloadOrder result;
  for (const auto group : topological_order(groups, part.needed, rank)) {
    std::vector<PlacedLibrary> members;
    for (const auto member : groups[group]) members.push_back(libraries[part.libraries[member]]);
    result.libraries.insert(result.libraries.end(), members.begin(), members.end());
    if (members.size() > 1) result.cycles.push_back(std::move(members));
  }
  return result;
}

}  // namespace wheelfix
