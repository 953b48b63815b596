#include "wheel/dos_time.hpp"

#include <algorithm>
#include <chrono>

#include "wheel/archive_of.hpp"

namespace wheelfix {

namespace {

using std::chrono::sys_days;

bool is_real(DosStamp stamp) {
  const std::chrono::year_month_day date{std::chrono::year{1980 + (stamp.date >> 9)},
                                         std::chrono::month{stamp.date >> 5 & 15U},
                                         std::chrono::day{stamp.date & 31U}};
  return date.ok() && stamp.time >> 11 < 24 && (stamp.time >> 5 & 63) < 60 && (stamp.time & 31) < 30;
}

DosStamp from_epoch(std::int64_t epoch) {
  const auto first = sys_days{std::chrono::year{1980} / 1 / 1}.time_since_epoch();
  const auto after_last = sys_days{std::chrono::year{2108} / 1 / 1}.time_since_epoch();
  const auto seconds = std::clamp<std::chrono::seconds>(std::chrono::seconds{epoch}, first,
                                                        after_last - std::chrono::seconds{2});
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{sys_days{day}};
  const std::chrono::hh_mm_ss clock{seconds - day};
  const auto years = static_cast<unsigned>(static_cast<int>(date.year()) - 1980);
  return {static_cast<std::uint16_t>(years << 9 | static_cast<unsigned>(date.month()) << 5 |
                                     static_cast<unsigned>(date.day())),
          static_cast<std::uint16_t>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                     clock.seconds().count() / 2)};
}

}  // namespace

DosStamp dos_stamp(std::optional<std::int64_t> epoch, const Wheel& wheel) {
  if (epoch) return from_epoch(*epoch);
  DosStamp newest;
  for (const auto& entry : archive_of(wheel).entries()) {
    const DosStamp stamp{entry.dos_date, entry.dos_time};
    if (is_real(stamp)) newest = std::max(newest, stamp);
  }
  return newest;
}

}  // namespace wheelfix
