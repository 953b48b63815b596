#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A PEP 440 version: `1!2.1.0rc1.post2.dev3+cu121.stripe.5`. Parsed once, then always valid.
/// Source: packaging.python.org, "Version specifiers", with every spelling that its appendix accepts
/// (`v1.0-ALPHA.1`, `1.0-5`).
class Version {
 public:
  enum class PreKind { a, b, rc };
  using LocalPart =
      std::variant<std::uint64_t, std::string>;  ///< a number, or letters and digits in lower case

  /// Throws Error{bad_wheel, subject = text} if text isn't a PEP 440 version, or has a number over 64 bits.
  static Version parse(std::string_view text);
  static std::optional<Version> try_parse(std::string_view text);

  std::uint64_t epoch() const { return epoch_; }
  const std::vector<std::uint64_t>& release() const { return release_; }
  const std::optional<std::pair<PreKind, std::uint64_t>>& pre() const { return pre_; }
  const std::optional<std::uint64_t>& post() const { return post_; }
  const std::optional<std::uint64_t>& dev() const { return dev_; }
  const std::vector<LocalPart>& local() const { return local_; }

  /// The normal form: `1.0a1+ubuntu.1` for `1.0.ALPHA-1+Ubuntu-1`.
  std::string to_string() const;
  /// The normal form without the local label.
  std::string public_string() const;

  /// PEP 440 order; 1.0 and 1.0.0 are equal.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  Version() = default;
  friend class VersionParser;

  std::uint64_t epoch_ = 0;
  std::vector<std::uint64_t> release_;
  std::optional<std::pair<PreKind, std::uint64_t>> pre_;
  std::optional<std::uint64_t> post_;
  std::optional<std::uint64_t> dev_;
  std::vector<LocalPart> local_;
};

enum class LocalLabel { extend, replace };

/// `version` under a local label, in the spelling of `version`'s public part: `2.1.0+cu121` with `stripe.5`
/// is `2.1.0+cu121.stripe.5` (extend) or `2.1.0+stripe.5` (replace). A leading `+` of the label is allowed;
/// `-` and `_` become `.`, letters lower case. Throws Error{bad_label} for a label that is empty or has other
/// than ASCII letters, digits and separators between them.
std::string with_local_label(std::string_view version, std::string_view label, LocalLabel how);

/// `version` without its local label, in its spelling.
std::string without_local_label(std::string_view version);

/// A project's normalised name: runs of `-`, `_` and `.` become one `-`, letters lower case (PEP 503).
std::string normalize_project_name(std::string_view name);

}  // namespace wheelfix
#pragma GCC visibility pop
