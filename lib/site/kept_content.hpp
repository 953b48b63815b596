#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/byte_edit.hpp>

#include "site/staging.hpp"

namespace wheelfix {

using ByteRanges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  ///< offset and size

/// The ranges that overwrites change in content of `size` bytes, together with others, in order and joined.
ByteRanges changed_ranges(const ContentEdits& edits, std::uint64_t size, const ByteRanges& others);

/// How a file of that many bytes is kept whole: large ones aren't compressed, which is done in memory.
KeptContent::How way_to_keep(std::uint64_t size);

/// The content as installed of a changed file, front to back in pieces: from what is kept, for ranges also
/// from the file as it is; of a file that isn't in `files` yet, which has nothing kept, the file as it is.
/// Throws Error{bad_archive | bad_wheel | io}; whether it has the right hash is for the caller to see.
void stream_original(const std::filesystem::path& site, const AppliedFile& file,
                     const std::function<void(std::string_view)>& sink);

/// What is to be written to keep it, by its `how`, with `original` as it was before.
StagedContent content_to_keep(const std::filesystem::path& site, AppliedFile original, KeptContent kept);

}  // namespace wheelfix
