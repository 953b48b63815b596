#include "loader/pe_bindings.hpp"

#include <charconv>

namespace wheelfix {
namespace {

PeBindings::Fit compare(const pe::Symbols& taker, const pe::DllImports& list, const pe::Symbols& giver) {
  PeBindings::Fit fit;
  for (std::size_t i = 0; i < list.imports.size(); ++i) {
    const auto& import = list.imports[i];
    const auto place = find_export(giver, taker.text(import.name), import.number);
    if (!place) {
      fit.missing = i;
      return fit;
    }
    if (giver.exports[*place].forwarder.size > 0) fit.forwarded.push_back(i);
  }
  return fit;
}

}  // namespace

const PeBindings::Fit& PeBindings::fit(const pe::Symbols& taker, std::size_t list, const pe::Symbols& giver) {
  const auto [known, is_new] = fits_.try_emplace({&taker, list, &giver});
  if (is_new) known->second = compare(taker, taker.imports[list], giver);
  return known->second;
}

std::optional<Forwarder> parse_forwarder(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == text.npos || dot == 0 || dot + 1 == text.size()) return std::nullopt;
  Forwarder forwarder{.dll = std::string(text.substr(0, dot)), .name = std::string(text.substr(dot + 1))};
  if (forwarder.dll.find('.') == std::string::npos) forwarder.dll += ".dll";
  if (!forwarder.name.starts_with('#')) return forwarder;
  const auto* end = forwarder.name.data() + forwarder.name.size();
  if (std::from_chars(forwarder.name.data() + 1, end, forwarder.ordinal).ptr != end) return std::nullopt;
  forwarder.name.clear();
  return forwarder;
}

}  // namespace wheelfix
