#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wheelfix {

/// `c10::Error::~Error()` of a mangled C++ name, on macOS with one more `_`; empty for others, and for those
/// that are longer than real ones.
std::string demangled(const std::string& symbol);

/// Whether the name is of libstdc++'s C++11 ABI: `std::string` as a parameter is then
/// `std::__cxx11::basic_string`. Source: libstdc++'s manual, "Dual ABI".
bool is_of_cxx11_abi(std::string_view symbol);

/// Compares names with one that isn't found: what may have become of that in another version of a library.
class SimilarNames {
 public:
  enum class Kind {
    other_abi,         ///< the same function, with the other ABI of std::string
    other_parameters,  ///< a C++ function of the same name
    other_name,        ///< spelled alike
  };

  /// The less, the more alike.
  struct Likeness {
    Kind kind = Kind::other_name;
    std::size_t distance = 0;

    auto operator<=>(const Likeness&) const = default;
  };

  explicit SimilarNames(std::string name);

  /// Nothing for the name itself, and for what isn't like it.
  std::optional<Likeness> compare(std::string_view other);

 private:
  bool is_of_other_abi(const std::string& other);

  std::string name_;
  std::size_t scope_ = 0;  ///< the size of what another name begins with too: `_ZN2at4_ops`
  std::size_t size_ = 0;   ///< without what says the parameters
  bool is_mangled_ = false;
  std::optional<std::string> without_abi_;  ///< demangled
  std::size_t compared_ = 0;
};

}  // namespace wheelfix
