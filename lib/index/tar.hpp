#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wheelfix {

/// Puts the next bytes of a stream into a buffer: up to `size` of them, 0 at the end. May throw.
using TarSource = std::function<std::size_t(char* buffer, std::size_t size)>;

/// The content of the first regular file in a tar archive whose path `is_wanted`; nothing if there is
/// none. The archive is read front to back, and no further than that file, in memory of some 64 KiB and the
/// file.
///
/// Reads ustar (POSIX.1-1988: prefix and name), pax headers' path and size (POSIX.1-2001), and GNU's long
/// names and binary sizes. Every header's checksum is checked. The end is a block of zeros or the end of the
/// stream, as in GNU tar and Python's tarfile. Throws Error{bad_archive, subject} for what isn't a tar header
/// and for an archive that ends within an entry, Error{limit_exceeded, subject} for a wanted file, or a name,
/// over `max_size`.
std::optional<std::string> find_in_tar(const TarSource& source,
                                       const std::function<bool(std::string_view)>& is_wanted,
                                       std::uint64_t max_size, const std::string& subject);

}  // namespace wheelfix
