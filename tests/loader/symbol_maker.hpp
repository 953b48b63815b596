#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "binary/elf_hash.hpp"
#include "binary/elf_symbols.hpp"

namespace test {

/// The symbols of a library, told one by one: first those that it needs, then those that it defines.
class SymbolMaker {
 public:
  SymbolMaker() : strings_(std::make_shared<std::string>(1, '\0')) { symbols_.symbols.emplace_back(); }

  SymbolMaker& needs(const std::string& name, std::uint16_t version = 1, bool is_weak = false) {
    auto& symbol = add(name, version);
    symbol.binding = is_weak ? STB_WEAK : STB_GLOBAL;
    symbols_.bound_calls.push_back(static_cast<std::uint32_t>(symbols_.symbols.size() - 1));
    symbols_.first_exported = static_cast<std::uint32_t>(symbols_.symbols.size());
    return *this;
  }

  SymbolMaker& defines(const std::string& name, std::uint16_t version = 1) {
    auto& symbol = add(name, version);
    symbol.binding = STB_GLOBAL;
    symbol.is_undefined = false;
    symbol.has_value = true;
    return *this;
  }

  SymbolMaker& defines_version(const std::string& name, std::uint16_t index) {
    symbols_.has_versions = true;
    symbols_.versions_defined.push_back({.name = kept(name), .index = index});
    return *this;
  }

  SymbolMaker& needs_version(const std::string& file, const std::string& name, std::uint16_t index,
                             bool is_weak = false) {
    symbols_.has_versions = true;
    auto& need = symbols_.versions_needed.emplace_back();
    need.file = kept(file);
    need.versions.push_back({.name = kept(name), .index = index, .is_weak = is_weak});
    return *this;
  }

  /// The maker must outlive them.
  std::shared_ptr<const wheelfix::elf::DynamicSymbols> make() {
    symbols_.strings = strings_;
    return std::make_shared<const wheelfix::elf::DynamicSymbols>(symbols_);
  }

 private:
  wheelfix::elf::DynamicSymbol& add(const std::string& name, std::uint16_t version) {
    auto& symbol = symbols_.symbols.emplace_back();
    if (symbols_.first_exported == 0) symbols_.first_exported = 1;
    symbol.name = static_cast<std::uint32_t>(strings_->size());
    symbol.name_size = static_cast<std::uint32_t>(name.size());
    symbol.hash = wheelfix::elf::gnu_hash(name);
    symbol.version = version;
    *strings_ += name + '\0';
    return symbol;
  }

  std::string_view kept(const std::string& text) { return versions_.emplace_back(text); }

  std::shared_ptr<std::string> strings_;
  std::deque<std::string> versions_;
  wheelfix::elf::DynamicSymbols symbols_;
};

}  // namespace test
