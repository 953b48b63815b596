#include <wheelfix/version_specifiers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

constexpr std::string_view hint = "specifiers look like ==2.1.*, ~=2.1.0 or >=2.1,<2.2 (PEP 440)";

Version public_part(const Version& version) {
  return version.local().empty() ? version : Version::parse(version.public_string());
}

/// Whether the release of `version` begins with the first `length` numbers of `prefix`; missing numbers are
/// 0.
bool has_release_prefix(const Version& version, const Version& prefix, std::size_t length) {
  if (version.epoch() != prefix.epoch()) return false;
  const auto at = [](const Version& of, std::size_t i) {
    return i < of.release().size() ? of.release()[i] : 0;
  };
  for (std::size_t i = 0; i < length; ++i) {
    if (at(version, i) != at(prefix, i)) return false;
  }
  return true;
}

/// `<2.1` excludes 2.1's own pre-releases, of which 2.1.dev0 is the first, unless it names one itself.
bool is_below(const Version& version, const Version& limit) {
  const bool is_prerelease = limit.pre() || limit.dev();
  return version < (is_prerelease ? limit : Version::parse(limit.public_string() + ".dev0"));
}

/// `>2.1` excludes 2.1's own post-releases, unless it names one itself, and its local versions.
bool is_above(const Version& version, const Version& limit) {
  if (public_part(version) <= limit) return false;
  if (limit.post() || limit.dev() || !version.post()) return true;
  return version.pre() != limit.pre() ||
         !has_release_prefix(version, limit, std::max(version.release().size(), limit.release().size()));
}

}  // namespace

class SpecifierParser {
 public:
  using Operator = VersionSpecifiers::Operator;
  using Specifier = VersionSpecifiers::Specifier;

  explicit SpecifierParser(std::string_view text) : whole_(text) {}

  Specifier parse() const {
    const auto [sign, op] = read_operator();
    auto text = std::string(trim(whole_.substr(sign.size())));
    if (op == Operator::arbitrary) return parse_arbitrary(std::move(text));
    const bool wildcard = text.ends_with(".*");
    const auto version =
        Version::try_parse(std::string_view(text).substr(0, text.size() - (wildcard ? 2 : 0)));
    if (!version) refuse("is not a version specifier");
    check(op, *version, wildcard);
    return {op, std::move(text), *version, wildcard};
  }

 private:
  struct Sign {
    std::string_view text;
    Operator op;
  };

  [[noreturn]] void refuse(std::string message) const {
    throw Error(ErrorCode::bad_wheel, printable(whole_), std::move(message), std::string(hint));
  }

  std::string_view fault_of_operator() const {
    if (whole_.starts_with("=>")) return "at least is >=";
    if (whole_.starts_with("=<")) return "at most is <=";
    return whole_.starts_with('=') ? "equal is ==" : "it begins with no operator";
  }

  Sign read_operator() const {
    constexpr std::array signs = {
        Sign{"===", Operator::arbitrary}, Sign{"~=", Operator::compatible}, Sign{"==", Operator::equal},
        Sign{"!=", Operator::not_equal},  Sign{"<=", Operator::at_most},    Sign{">=", Operator::at_least},
        Sign{"<", Operator::below},       Sign{">", Operator::above},
    };
    const auto found =
        std::ranges::find_if(signs, [&](const Sign& sign) { return whole_.starts_with(sign.text); });
    if (found == signs.end()) refuse(fmt::format("is not a version specifier: {}", fault_of_operator()));
    return *found;
  }

  Specifier parse_arbitrary(std::string text) const {
    if (text.empty() || text.find_first_of(" \t\r\n;)") != std::string::npos)
      refuse("is not a version specifier");
    return {Operator::arbitrary, std::move(text), Version::parse("0")};
  }

  void check(Operator op, const Version& version, bool wildcard) const {
    const bool is_equality = op == Operator::equal || op == Operator::not_equal;
    if (wildcard && !is_equality) refuse("has .*, which only == and != may have");
    if (wildcard && (version.pre() || version.post() || version.dev() || !version.local().empty()))
      refuse("has .* after more than a release");
    if (!is_equality && !version.local().empty())
      refuse("has a local version, which only == and != may have");
    if (op == Operator::compatible && version.release().size() < 2)
      refuse("has too short a release: ~=2 would hold for every version from 2 on");
  }

  std::string_view whole_;
};

constexpr std::size_t longest_set = 64 << 10;  // a specifier of four bytes takes over a hundred here

VersionSpecifiers VersionSpecifiers::parse(std::string_view text) {
  VersionSpecifiers set;
  set.text_ = trim(text);
  if (set.text_.size() > longest_set)
    throw Error(ErrorCode::bad_wheel, printable(set.text_.substr(0, 60)),
                fmt::format("is a set of version specifiers of {} bytes, more than {}", set.text_.size(),
                            longest_set));
  for (const auto piece : split(text, ',')) {
    const auto specifier = trim(piece);
    if (!specifier.empty()) set.specifiers_.push_back(SpecifierParser(specifier).parse());
  }
  return set;
}

bool VersionSpecifiers::contains(const Version& version) const {
  return std::ranges::all_of(specifiers_,
                             [&](const Specifier& specifier) { return holds(specifier, version); });
}

bool VersionSpecifiers::holds(const Specifier& specifier, const Version& version) {
  const auto& wanted = specifier.version;
  const auto is_equal = [&] {
    if (specifier.wildcard) return has_release_prefix(version, wanted, wanted.release().size());
    return (wanted.local().empty() ? public_part(version) : version) == wanted;
  };
  switch (specifier.op) {
    case Operator::compatible:
      return public_part(version) >= wanted &&
             has_release_prefix(version, wanted, wanted.release().size() - 1);
    case Operator::equal:
      return is_equal();
    case Operator::not_equal:
      return !is_equal();
    case Operator::at_most:
      return public_part(version) <= wanted;
    case Operator::at_least:
      return public_part(version) >= wanted;
    case Operator::below:
      return is_below(version, wanted);
    case Operator::above:
      return is_above(version, wanted);
    case Operator::arbitrary:
      break;
  }
  return ascii_lower(version.to_string()) == ascii_lower(specifier.text);
}

}  // namespace wheelfix
