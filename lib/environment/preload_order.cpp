#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>
#include <wheelfix/preload_order.hpp>

#include "base/text.hpp"
#include "environment/components.hpp"
#include "environment/library_index.hpp"

namespace wheelfix {
namespace {

/// The libraries of a set as numbers, and which needs which.
class NeededGraph {
 public:
  explicit NeededGraph(const PlacedWheels& wheels) : wheels_(wheels), names_(wheels) {}

  /// In order, each once.
  std::vector<std::size_t> needed_by(std::size_t number) const {
    const auto& library = wheels_.libraries()[number];
    std::vector<std::size_t> needed;
    for (const auto& name : wheels_.info(library).needed) {
      if (const auto* found = provider(name, library))
        needed.push_back(static_cast<std::size_t>(found - wheels_.libraries().data()));
    }
    std::sort(needed.begin(), needed.end());
    needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
    return needed;
  }

 private:
  const PlacedLibrary* provider(const std::string& name, const PlacedLibrary& needed_by) const {
    auto candidates = names_.with_soname(name);
    for (const auto* library : names_.with_file_name(name))
      if (!wheels_.info(*library).soname) candidates.push_back(library);
    std::erase_if(candidates, [&](const PlacedLibrary* library) {
      return wheels_.info(*library).machine != wheels_.info(needed_by).machine;
    });
    const auto own = std::ranges::find(candidates, needed_by.wheel, &PlacedLibrary::wheel);
    if (own != candidates.end()) return *own;
    return candidates.empty() ? nullptr : candidates.front();
  }

  const PlacedWheels& wheels_;
  LibraryIndex names_;
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

/// Groups in an order such that each comes after all that it needs; of those that could be next, the one of
/// the lowest rank.
std::vector<std::size_t> topological_order(const std::vector<std::vector<std::size_t>>& groups,
                                           const std::vector<std::vector<std::size_t>>& needed,
                                           const std::vector<std::size_t>& rank) {
  std::vector<std::size_t> group_of(needed.size());
  for (std::size_t group = 0; group < groups.size(); ++group)
    for (const auto member : groups[group]) group_of[member] = group;
  std::vector<std::size_t> open(groups.size());  // how many of their needs are not in the order yet
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
