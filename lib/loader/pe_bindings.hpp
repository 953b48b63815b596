#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "binary/pe_symbols.hpp"

namespace wheelfix {

/// What a DLL takes of another, and what that gives. Each pair of files is compared once, however many
/// processes load them.
class PeBindings {
 public:
  struct Fit {
    std::optional<std::size_t> missing;  ///< the first import that isn't exported
    std::vector<std::size_t> forwarded;  ///< the imports before that, if others are to have them
  };

  /// Of a list of imports, by its number; both files' symbols must outlive this.
  const Fit& fit(const pe::Symbols& taker, std::size_t list, const pe::Symbols& giver);

 private:
  std::map<std::tuple<const pe::Symbols*, std::size_t, const pe::Symbols*>, Fit> fits_;
};

/// What an export is forwarded to.
struct Forwarder {
  std::string dll;   ///< `OTHER.dll` for `OTHER.Function`
  std::string name;  ///< empty for `OTHER.#12`
  std::uint16_t ordinal = 0;
};

/// Nothing if a loader doesn't understand it.
std::optional<Forwarder> parse_forwarder(std::string_view text);

}  // namespace wheelfix
