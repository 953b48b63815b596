#include "doctor/symbol_names.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/edit_distance.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t longest_demangled = 4096;
constexpr std::size_t longest_compared = 512;
constexpr std::size_t most_compared = 2000;

/// Where the last name of a mangled name begins and ends: `3add` of `_ZN4base3addEid`. Source: the Itanium
/// C++ ABI, "Mangling".
struct LastName {
  std::size_t begin = 0, end = 0;
};

/// Of the identifier at a place, with its size before it; its end.
std::optional<std::size_t> end_of_identifier(std::string_view name, std::size_t at) {
  std::size_t size = 0;
  for (; at < name.size() && is_ascii_digit(name[at]); ++at) {
    size = 10 * size + static_cast<std::size_t>(name[at] - '0');
    if (size > name.size()) return std::nullopt;
  }
  return size > 0 && at + size <= name.size() ? std::optional(at + size) : std::nullopt;
}

/// A constructor, a destructor or an operator has two letters after the class.
bool has_special_name(std::string_view rest) {
  return rest.size() > 1 && (rest[0] == 'C' || rest[0] == 'D' || (rest[0] >= 'a' && rest[0] <= 'z'));
}

std::optional<LastName> last_name(std::string_view name) {
  if (!name.starts_with("_Z")) return std::nullopt;
  std::size_t at = 2;
  const bool is_nested = name.substr(at).starts_with('N');
  if (is_nested) at = std::min(name.find_first_not_of("rVKRO", at + 1), name.size());
  std::optional<LastName> last;
  while (const auto end = end_of_identifier(name, at)) {
    last = LastName{at, *end};
    at = *end;
    if (!is_nested) return last;
  }
  if (last && has_special_name(name.substr(at))) last = LastName{at, at + 2};
  return last;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string without_abi(const std::string& symbol) {
  auto text = demangled(symbol);
  std::erase(text, ' ');
  replace_all(text, "[abi:cxx11]", "");
  replace_all(text, "std::__cxx11::", "std::");
  replace_all(text, "std::basic_string<char,std::char_traits<char>,std::allocator<char>>", "std::string");
  return text;
}

}  // namespace

std::string demangled(const std::string& symbol) {
  const auto* name = symbol.c_str();
  if (symbol.starts_with("__Z")) ++name;
  if (symbol.find("_Z") > 1 || symbol.size() > longest_demangled) return {};
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name, nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 && text ? std::string(text.get()) : std::string();
}

bool is_of_cxx11_abi(std::string_view symbol) {
  return symbol.find("7__cxx11") != symbol.npos || symbol.find("B5cxx11") != symbol.npos;
}

SimilarNames::SimilarNames(std::string name) : name_(std::move(name)) {
  const auto last = last_name(name_);
  is_mangled_ = last.has_value();
  scope_ = last ? last->begin : (name_.size() + 1) / 2;
  size_ = last ? last->end : name_.size();
}

std::optional<SimilarNames::Likeness> SimilarNames::compare(std::string_view other) {
  const std::string_view name = name_;
  if (!other.starts_with(name.substr(0, scope_)) || other == name || compared_ >= most_compared ||
      std::max(other.size(), name.size()) > longest_compared)
    return std::nullopt;
  const auto last = last_name(other);
  if (last.has_value() != is_mangled_ || (last && last->begin != scope_)) return std::nullopt;
  ++compared_;
  const auto others_size = last ? last->end : other.size();
  if (is_mangled_ && name.substr(0, size_) == other.substr(0, others_size)) {
    const auto kind = is_of_other_abi(std::string(other)) ? Kind::other_abi : Kind::other_parameters;
    return Likeness{kind, edit_distance(name.substr(size_), other.substr(others_size))};
  }
  const auto rest = name.substr(scope_, size_ - scope_);
  const auto distance = edit_distance(rest, other.substr(scope_, others_size - scope_));
  return distance <= rest.size() / 3 ? std::optional(Likeness{Kind::other_name, distance}) : std::nullopt;
}

bool SimilarNames::is_of_other_abi(const std::string& other) {
  if (is_of_cxx11_abi(name_) == is_of_cxx11_abi(other)) return false;
  if (!without_abi_) without_abi_ = without_abi(name_);
  return !without_abi_->empty() && *without_abi_ == without_abi(other);
}

}  // namespace wheelfix
