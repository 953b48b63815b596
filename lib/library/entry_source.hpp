#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <wheelfix/edit.hpp>

#include "base/byte_source.hpp"
#include "deflate/inflate.hpp"
#include "zip/entry.hpp"

namespace wheelfix {

/// An entry's content as edited, read by ranges. The edit and the inflater must outlive it.
std::unique_ptr<ByteSource> open_entry(const WheelEdit& edit, std::string_view path, Inflater& inflater);

/// An entry that comes from the wheel's archive, is compressed there and has no edits yet; else null.
const zip::Entry* deflated_entry(const WheelEdit& edit, std::string_view path);

/// An entry's content as edited and with `more` edits of that, front to back in pieces. Throws
/// Error{bad_archive | io}.
void stream_entry_edited(const WheelEdit& edit, std::string_view path, const ContentEdits& more,
                         const Inflater::Sink& sink);

/// The size of an entry's content as edited.
std::uint64_t content_size(const WheelEdit& edit, std::string_view path);

/// Whether an entry of the archive has more than `times` its compressed size.
bool inflates_to(const WheelEdit& edit, std::string_view path, unsigned times);

/// Throws Error{limit_exceeded} if an entry's content is over half of `max_input_size`, and over eight times
/// its compressed size: 10 MB of wheel can hold 4 GB that would be read whole.
void require_in_memory(const WheelEdit& edit, std::string_view path, std::uint64_t max_input_size);

/// Whether an entry's first bytes, as edited, are those of a library.
bool begins_as_library(const WheelEdit& edit, std::string_view path);

/// Whether an entry can be a library by its name: it isn't named like a source or text.
bool may_be_library(std::string_view path);

}  // namespace wheelfix
