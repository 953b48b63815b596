#pragma once

#include <cstdint>
#include <optional>
#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// MS-DOS date and time (APPNOTE.TXT 4.4.6): days since 1980, two-second steps, no zone.
struct DosStamp {
  std::uint16_t date = 1 << 5 | 1;  ///< 1980-01-01
  std::uint16_t time = 0;

  auto operator<=>(const DosStamp&) const = default;
};

/// The time of new entries: `epoch` in UTC, within the range of MS-DOS dates (1980 to 2107), or the newest of
/// the wheel's entries.
DosStamp dos_stamp(std::optional<std::int64_t> epoch, const Wheel& wheel);

}  // namespace wheelfix
