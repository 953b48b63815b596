#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wheelfix::macho {

/// What a library exports by a name.
struct Export {
  std::uint64_t library = 0;   ///< the ordinal of the library that it is re-exported from; 0: none
  std::string_view name = {};  ///< its name there; empty if it is the same
};

/// The names that a library exports, as a trie: each node has its edges' texts and the nodes that these lead
/// to. Look-ups read the bytes of the file, because names would take many times their size. Sources:
/// <mach-o/loader.h>; dyld's MachOLoaded::trieWalk.
class ExportTrie {
 public:
  ExportTrie() = default;
  explicit ExportTrie(std::string bytes) : bytes_(std::move(bytes)) {}

  /// Throws OutOfBytes unless it is a tree, without nodes that several edges lead to or that lead back, and all
  /// exports in it can be read.
  void check() const;
  bool empty() const { return bytes_.empty(); }
  /// Throws OutOfBytes if the trie is damaged.
  std::optional<Export> find(std::string_view name) const;

 private:
  std::string bytes_;
};

}  // namespace wheelfix::macho
