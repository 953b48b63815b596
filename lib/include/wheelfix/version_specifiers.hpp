#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/version.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A set of PEP 440 version specifiers, `>=2.1, !=2.1.2, <3`: a version is in it if all of them hold.
/// Source: packaging.python.org, "Version specifiers", and Python's `packaging` if that is silent.
class VersionSpecifiers {
 public:
  /// An empty text holds for every version. Throws Error{bad_wheel, subject = the specifier at fault}.
  static VersionSpecifiers parse(std::string_view text);

  /// Pre-releases count like any other version: the question is whether a chosen one fits, not which to
  /// choose.
  bool contains(const Version& version) const;

  /// As it was given, trimmed.
  const std::string& text() const { return text_; }

 private:
  enum class Operator {
    compatible,  ///< ~=
    equal,       ///< ==
    not_equal,
    at_most,
    at_least,
    below,
    above,
    arbitrary,  ///< ===
  };
  struct Specifier {
    Operator op;
    std::string text;  ///< of the version, as given
    Version version;   ///< without the `.*`; for ===, whose text need not be one, any
    bool wildcard = false;
  };
  friend class SpecifierParser;
  static bool holds(const Specifier& specifier, const Version& version);

  std::string text_;
  std::vector<Specifier> specifiers_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
