#pragma once

#include <string>
#include <string_view>

namespace wheelfix {

/// The id of an absent file on an `index` line.
inline constexpr std::string_view null_blob_id = "0000000000000000000000000000000000000000";

/// The 40 hex digits by which git names a file with this content: SHA-1 of `blob SIZE`, a NUL and the bytes.
std::string git_blob_id(std::string_view content);

}  // namespace wheelfix
