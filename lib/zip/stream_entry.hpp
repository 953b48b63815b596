#pragma once

#include "base/file.hpp"
#include "deflate/inflate.hpp"
#include "zip/entry.hpp"

namespace wheelfix::zip {

/// Streams the content of a located entry to `sink` in pieces of up to 256 KiB, by ISA-L, and checks size and
/// CRC-32 at the end. Throws Error{bad_archive, `file: entry`}.
void stream_entry(const File& file, const Entry& entry, Inflater& inflater, const Inflater::Sink& sink);

}  // namespace wheelfix::zip
