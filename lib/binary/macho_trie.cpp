#include "binary/macho_trie.hpp"

#include <vector>

#include "binary/macho_cursor.hpp"

namespace wheelfix::macho {
namespace {

constexpr unsigned most_steps = 1 << 16;  // from node to node; a last edge may have no text
constexpr std::uint64_t flag_reexport = 8;

/// Calls `use` with each edge of a node and the node that it leads to, until that returns false. Returns
/// the place after the last edge that it looked at.
template <class Use>
std::size_t for_each_edge(const std::string& bytes, std::size_t node, Use use) {
  Cursor cursor(bytes, node);
  const auto terminal_size = cursor.number();
  if (terminal_size > bytes.size() - cursor.at()) throw OutOfBytes("an export that reaches past the end");
  cursor = Cursor(bytes, cursor.at() + terminal_size);
  for (auto left = cursor.byte(); left > 0; --left) {
    const auto edge = cursor.text();
    if (!use(edge, cursor.number())) break;
  }
  return cursor.at();
}

Export export_at(Cursor cursor) {
  if ((cursor.number() & flag_reexport) == 0) return {};
  const auto library = cursor.number();
  return {library, cursor.text()};
}

}  // namespace

void ExportTrie::check() const {
  if (bytes_.empty()) return;
  std::vector<bool> seen(bytes_.size());
  std::vector<std::uint64_t> waiting = {0};
  std::uint64_t looked_at = 0;  // each byte belongs to one node
  while (!waiting.empty()) {
    const auto node = waiting.back();
    waiting.pop_back();
    if (node >= bytes_.size() || seen[node]) throw OutOfBytes("a node that no other or several lead to");
    seen[node] = true;
    if (Cursor cursor(bytes_, node); cursor.number() > 0) export_at(cursor);
    looked_at += for_each_edge(bytes_, node,
                               [&](std::string_view, std::uint64_t next) {
                                 waiting.push_back(next);
                                 return true;
                               }) -
                 node;
    if (looked_at > bytes_.size()) throw OutOfBytes("nodes that overlap");
  }
}

std::optional<Export> ExportTrie::find(std::string_view name) const {
  if (bytes_.empty()) return std::nullopt;
  std::size_t node = 0;
  for (unsigned step = 0; step < most_steps; ++step) {
    Cursor cursor(bytes_, node);
    if (cursor.number() > 0 && name.empty()) return export_at(cursor);
    std::optional<std::uint64_t> next;
    for_each_edge(bytes_, node, [&](std::string_view edge, std::uint64_t child) {
      if (!name.starts_with(edge)) return true;
      name.remove_prefix(edge.size());
      next = child;
      return false;
    });
    if (!next) return std::nullopt;
    node = *next;
  }
  return std::nullopt;
}

}  // namespace wheelfix::macho
