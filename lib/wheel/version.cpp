#include <wheelfix/version.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <tuple>

#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {

namespace {

using LocalPart = Version::LocalPart;

constexpr std::string_view white_space = " \t\n\v\f\r";

constexpr bool is_separator(char c) noexcept {
  return c == '.' || c == '-' || c == '_';
}

std::string_view strip(std::string_view text) {
  const auto begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

/// The value of a run of digits; absent if it exceeds 64 bits.
std::optional<std::uint64_t> to_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::optional<LocalPart> parse_local_part(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_ascii_alnum)) return std::nullopt;
  if (!std::ranges::all_of(text, is_ascii_digit)) return ascii_lower(text);
  return to_number(text);
}

/// The segments of a local label without its `+`; absent if it isn't one.
std::optional<std::vector<LocalPart>> parse_local(std::string_view text) {
  std::vector<LocalPart> parts;
  for (;;) {
    const auto end = std::min(std::ranges::find_if(text, is_separator), text.end());
    const auto length = static_cast<std::size_t>(end - text.begin());
    auto part = parse_local_part(text.substr(0, length));
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
    if (length == text.size()) return parts;
    text.remove_prefix(length + 1);
  }
}

std::string to_text(const LocalPart& part) {
  if (const auto* number = std::get_if<std::uint64_t>(&part)) return std::to_string(*number);
  return std::get<std::string>(part);
}

template <typename Range, typename ToText>
std::string join(const Range& parts, ToText to_text_of) {
  std::string text;
  for (const auto& part : parts) {
    if (!text.empty()) text += '.';
    text += to_text_of(part);
  }
  return text;
}

/// A number is greater than any letters.
std::strong_ordering compare_local_parts(const LocalPart& a, const LocalPart& b) {
  if (a.index() != b.index()) return b.index() <=> a.index();
  return a <=> b;
}

std::size_t significant_length(const std::vector<std::uint64_t>& release) {
  const auto last = std::find_if(release.rbegin(), release.rend(), [](std::uint64_t n) { return n != 0; });
  return static_cast<std::size_t>(release.rend() - last);
}

std::strong_ordering compare_releases(const std::vector<std::uint64_t>& a,
                                      const std::vector<std::uint64_t>& b) {
  const auto end_of = [](const auto& release) {
    return release.begin() + static_cast<std::ptrdiff_t>(significant_length(release));
  };
  return std::lexicographical_compare_three_way(a.begin(), end_of(a), b.begin(), end_of(b));
}

/// The sort key of versions of one epoch and release: a version that is only `.devN` comes before every
/// pre-release, one without a pre-release after them; one without a post-release before the first one; a
/// `.devN` before what it leads to.
auto suffix_key(const Version& version) {
  constexpr int dev_only = -1;
  constexpr int no_pre = 3;
  int pre_rank = no_pre;
  std::uint64_t pre_number = 0;
  if (version.pre()) {
    pre_rank = static_cast<int>(version.pre()->first);
    pre_number = version.pre()->second;
  } else if (!version.post() && version.dev()) {
    pre_rank = dev_only;
  }
  return std::tuple(pre_rank, pre_number, version.post(), !version.dev(), version.dev().value_or(0));
}

constexpr std::string_view version_hint =
    "a version looks like 2.1.0, 2.1.0rc1, 2.1.0.post1 or 2.1.0+cu121 (PEP 440)";
constexpr std::string_view label_hint =
    "a label is made of ASCII letters and digits with single dots between them, like stripe.5 or cu121";

}  // namespace

constexpr std::size_t longest_version = 1024;  // four times what fits into a file's name

/// Reads one version from left to right. The next character decides between the alternatives of PEP 440's
/// grammar, so nothing is read twice except a separator that turns out to belong to the next part.
class VersionParser {
 public:
  explicit VersionParser(std::string_view text) : rest_(strip(text)) {}

  std::optional<Version> parse() {
    if (rest_.size() > longest_version) return std::nullopt;
    Version version;
    take_letter('v');
    if (!read_release(version)) return std::nullopt;
    read_pre(version);
    read_post(version);
    version.dev_ = read_suffix({"dev"});
    if (!read_local(version) || overflowed_ || !rest_.empty()) return std::nullopt;
    return version;
  }

  bool overflowed() const { return overflowed_; }

 private:
  bool at_digit() const { return !rest_.empty() && is_ascii_digit(rest_.front()); }

  bool take_letter(char letter) {
    if (rest_.empty() || ascii_lower(rest_.front()) != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (ascii_lower(rest_.substr(0, word.size())) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void take_separator() {
    if (!rest_.empty() && is_separator(rest_.front())) rest_.remove_prefix(1);
  }

  std::optional<std::uint64_t> read_number() {
    if (!at_digit()) return std::nullopt;
    const auto end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const auto number = to_number(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (!number) overflowed_ = true;
    return number.value_or(0);
  }

  bool read_release(Version& version) {
    auto number = read_number();
    if (number && take_letter('!')) {
      version.epoch_ = *number;
      number = read_number();
    }
    if (!number) return false;
    version.release_.push_back(*number);
    while (rest_.size() > 1 && rest_[0] == '.' && is_ascii_digit(rest_[1])) {
      rest_.remove_prefix(1);
      version.release_.push_back(*read_number());
    }
    return true;
  }

  /// `.dev-3`, `dev`, `_DEV3`: an optional separator, one of the words, an optional separator and an optional
  /// number, 0 if absent.
  std::optional<std::uint64_t> read_suffix(std::initializer_list<std::string_view> words) {
    const auto before = rest_;
    take_separator();
    if (!std::ranges::any_of(words, [&](std::string_view word) { return take_word(word); })) {
      rest_ = before;
      return std::nullopt;
    }
    take_separator();
    return read_number().value_or(0);
  }

  void read_pre(Version& version) {
    using enum Version::PreKind;
    if (const auto alpha = read_suffix({"alpha", "a"})) {
      version.pre_.emplace(a, *alpha);
    } else if (const auto beta = read_suffix({"beta", "b"})) {
      version.pre_.emplace(b, *beta);
    } else if (const auto candidate = read_suffix({"preview", "pre", "c", "rc"})) {
      version.pre_.emplace(rc, *candidate);
    }
  }

  void read_post(Version& version) {
    if (rest_.size() > 1 && rest_[0] == '-' && is_ascii_digit(rest_[1])) {
      rest_.remove_prefix(1);
      version.post_ = read_number();
    } else {
      version.post_ = read_suffix({"post", "rev", "r"});
    }
  }

  bool read_local(Version& version) {
    if (!take_letter('+')) return true;
    auto parts = parse_local(rest_);
    if (!parts) return false;
    version.local_ = std::move(*parts);
    rest_ = {};
    return true;
  }

  std::string_view rest_;
  bool overflowed_ = false;
};

std::optional<Version> Version::try_parse(std::string_view text) {
  return VersionParser(text).parse();
}

Version Version::parse(std::string_view text) {
  VersionParser parser(text);
  auto version = parser.parse();
  if (version) return std::move(*version);
  const char* message = parser.overflowed() ? "a number in this version is over 64 bits" : "not a version";
  throw Error(ErrorCode::bad_wheel, printable(text), message, std::string(version_hint));
}

std::string Version::public_string() const {
  std::string text = epoch_ != 0 ? std::to_string(epoch_) + "!" : std::string();
  text += join(release_, [](std::uint64_t n) { return std::to_string(n); });
  if (pre_) {
    constexpr const char* names[] = {"a", "b", "rc"};
    text += names[static_cast<std::size_t>(pre_->first)] + std::to_string(pre_->second);
  }
  if (post_) text += ".post" + std::to_string(*post_);
  if (dev_) text += ".dev" + std::to_string(*dev_);
  return text;
}

std::string Version::to_string() const {
  return local_.empty() ? public_string() : public_string() + "+" + join(local_, to_text);
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  if (const auto order = epoch_ <=> other.epoch_; order != 0) return order;
  if (const auto order = compare_releases(release_, other.release_); order != 0) return order;
  if (const auto order = suffix_key(*this) <=> suffix_key(other); order != 0) return order;
  return std::lexicographical_compare_three_way(local_.begin(), local_.end(), other.local_.begin(),
                                                other.local_.end(), compare_local_parts);
}

std::string with_local_label(std::string_view version, std::string_view label, LocalLabel how) {
  const auto parsed = Version::parse(version);
  const auto bare = label.substr(label.starts_with('+') ? 1 : 0);
  if (bare.empty())
    throw Error(ErrorCode::bad_label, {}, "the local version label is empty", std::string(label_hint));
  const auto added = parse_local(bare);
  if (!added)
    throw Error(ErrorCode::bad_label, printable(label), "not a local version label", std::string(label_hint));
  auto parts = how == LocalLabel::extend ? parsed.local() : std::vector<LocalPart>{};
  parts.insert(parts.end(), added->begin(), added->end());
  return without_local_label(version) + "+" + join(parts, to_text);
}

std::string without_local_label(std::string_view version) {
  const auto spelled = strip(version);
  return std::string(spelled.substr(0, spelled.find('+')));
}

std::string normalize_project_name(std::string_view name) {
  std::string normal;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_separator(name[i])) {
      normal += ascii_lower(name[i]);
    } else if (i == 0 || !is_separator(name[i - 1])) {
      normal += '-';
    }
  }
  return normal;
}

}  // namespace wheelfix
