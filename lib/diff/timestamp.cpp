#include "diff/timestamp.hpp"

#include <array>
#include <chrono>
#include <optional>

#include "base/text.hpp"

namespace wheelfix {
namespace {

// Reads a timestamp front to back; a read that doesn't fit spoils it for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool accept(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = accept(c) && good_; }
  void skip_spaces() {
    while (accept(' ')) {
    }
  }

  int number(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    for (; count < most && is_ascii_digit(peek()); ++count) {
      value = value * 10 + (peek() - '0');
      rest_.remove_prefix(1);
    }
    good_ = good_ && count >= least;
    return value;
  }

  std::string_view word() {
    std::size_t size = 0;
    while (size < rest_.size() && is_ascii_alpha(rest_[size])) ++size;
    const auto found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::chrono::seconds clock(Scanner& in) {
  const auto hours = in.number(2, 2);
  in.expect(':');
  const auto minutes = in.number(2, 2);
  in.expect(':');
  return std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(in.number(2, 2));
}

bool fraction_is_zero(Scanner& in) {
  if (!in.accept('.')) return true;
  while (in.accept('0')) {
  }
  return !is_ascii_digit(in.peek());
}

std::chrono::seconds zone(Scanner& in) {
  in.skip_spaces();
  if (const auto name = in.word(); !name.empty() || in.at_end()) {
    if (!name.empty() && name != "Z" && name != "UTC" && name != "GMT") in.expect('+');
    return {};
  }
  const int sign = in.accept('-') ? -1 : 1;
  if (sign == 1) in.expect('+');
  const auto hours = in.number(2, 2);
  in.accept(':');
  return sign * (std::chrono::hours(hours) + std::chrono::minutes(in.number(2, 2)));
}

std::optional<unsigned> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i + 1;
  }
  return std::nullopt;
}

std::chrono::seconds since_epoch(int year, unsigned month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return std::chrono::sys_days(date).time_since_epoch();
}

// `1970-01-01 00:00:00[.0] [+0000]`
bool is_iso_epoch(Scanner in) {
  const auto year = in.number(4, 4);
  in.expect('-');
  const auto month = in.number(2, 2);
  in.expect('-');
  const auto day = in.number(2, 2);
  in.skip_spaces();
  const auto time = clock(in);
  const bool whole = fraction_is_zero(in);
  const auto offset = zone(in);
  return in.good() && in.at_end() && whole &&
         since_epoch(year, static_cast<unsigned>(month), day) + time == offset;
}

// `Thu Jan  1 00:00:00 1970 [+0000]`
bool is_ctime_epoch(Scanner in) {
  in.word();
  in.skip_spaces();
  const auto month = month_number(in.word());
  in.skip_spaces();
  const auto day = in.number(1, 2);
  in.skip_spaces();
  const auto time = clock(in);
  in.skip_spaces();
  const auto year = in.number(4, 4);
  const auto offset = zone(in);
  return month && in.good() && in.at_end() && since_epoch(year, *month, day) + time == offset;
}

bool is_timestamp(std::string_view text) {
  constexpr std::string_view shape = "dddd-dd-dd dd:dd:dd";
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 'd' ? !is_ascii_digit(text[i]) : text[i] != shape[i]) return false;
  }
  return text.find_first_not_of("0123456789.+-: ", shape.size()) == text.npos;
}

}  // namespace

bool is_epoch_timestamp(std::string_view text) {
  text = trim(text);
  if (text.empty()) return false;
  return is_ascii_digit(text.front()) ? is_iso_epoch(Scanner(text)) : is_ctime_epoch(Scanner(text));
}

std::string_view without_timestamp(std::string_view text) {
  for (auto space = text.find(' '); space != text.npos; space = text.find(' ', space + 1)) {
    if (is_timestamp(text.substr(space + 1))) return text.substr(0, text.find_last_not_of(' ', space) + 1);
  }
  return text;
}

}  // namespace wheelfix
