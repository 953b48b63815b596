#pragma once

#include <cstddef>
#include <vector>

namespace wheelfix {

/// The strongly connected components of a graph: nodes that lead to each other. `edges` has for each node the
/// nodes it leads to. Each node is in one of them. Tarjan's algorithm, without recursion, because a chain of
/// libraries may be long.
std::vector<std::vector<std::size_t>> strong_components(const std::vector<std::vector<std::size_t>>& edges);

}  // namespace wheelfix
