#pragma once

#include <string_view>

namespace wheelfix {

/// Whether a header's timestamp is the epoch, which means that the file is absent: `1970-01-01
/// 00:00:00.000000000 +0000` or the same instant in another zone, and `Thu Jan  1 00:00:00 1970`, with or
/// without zone or fraction. Without a zone it is read as UTC.
bool is_epoch_timestamp(std::string_view text);

/// The text without a timestamp `YYYY-MM-DD HH:MM:SS…` and the spaces before it, if it ends in one.
std::string_view without_timestamp(std::string_view text);

}  // namespace wheelfix
