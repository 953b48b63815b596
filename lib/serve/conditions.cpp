#include "serve/conditions.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/text.hpp"

namespace wheelfix {

namespace {

/// RFC 9110, 5.6.7: `Wed, 04 Oct 2023 12:00:00 GMT`.
std::string http_date(std::int64_t nanoseconds) {
  using namespace std::chrono;
  constexpr std::array days_of_week = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(nanoseconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days_of_week.at(weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), months.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace

Validators validators_of(const FileStamp& stamp, char type) {
  return {fmt::format("\"{:x}-{:x}-{:x}{}\"", stamp.inode, stamp.size, stamp.mtime_ns, type),
          http_date(stamp.mtime_ns)};
}

bool is_known_to_client(const HttpRequest& request, const Validators& state) {
  if (!request.if_none_match)
    return request.if_modified_since && trim(*request.if_modified_since) == state.last_modified;
  for (auto tag : split(*request.if_none_match, ',')) {
    tag = trim(tag);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == state.etag) return true;
  }
  return false;
}

bool may_send_part(const HttpRequest& request, const Validators& state) {
  if (!request.if_range) return true;
  const auto given = trim(*request.if_range);
  return given == state.etag || given == state.last_modified;
}

}  // namespace wheelfix
