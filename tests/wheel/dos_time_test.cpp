#include "wheel/dos_time.hpp"

#include <doctest/doctest.h>

#include "support/wheel_builder.hpp"

using namespace wheelfix;

// Expected values: Python's zipfile, (year - 1980) << 9 | month << 5 | day and hour << 11 | minute << 5 |
// second // 2.
TEST_CASE("times are those of the epoch in UTC, within what MS-DOS can hold") {
  const test::TempFolder folder;
  const auto wheel = Wheel::open(test::WheelText{}.write(folder));
  const auto at = [&](std::int64_t epoch) { return dos_stamp(epoch, wheel); };
  CHECK(at(1696345678) == DosStamp{(2023 - 1980) << 9 | 10 << 5 | 3, 15 << 11 | 7 << 5 | 58 / 2});
  CHECK(at(315532800) == DosStamp{1 << 5 | 1, 0});
  CHECK(at(0) == DosStamp{1 << 5 | 1, 0});
  CHECK(at(-5) == DosStamp{1 << 5 | 1, 0});
  CHECK(at(99999999999) == DosStamp{127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29});
}

TEST_CASE("without an epoch it is the newest time in the wheel") {
  const test::TempFolder folder;
  const test::WheelText text{.files = {{.name = "a", .dos_time = 0x0042, .dos_date = 0x5899},
                                       {.name = "b", .dos_time = 0xB000, .dos_date = 0x5898},
                                       {.name = "no such month", .dos_date = 0xFFE1}}};
  CHECK(dos_stamp(std::nullopt, Wheel::open(text.write(folder))) == DosStamp{0x5899, 0x0042});
}
