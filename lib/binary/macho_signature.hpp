#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace wheelfix::macho {

/// The bytes of a file, as edited.
using ReadRange = std::function<std::string(std::uint64_t offset, std::uint64_t count)>;

/// A code signature (the content of LC_CODE_SIGNATURE) that is right again after bytes before `changed_end`
/// were edited, of the same size. The hashes of those pages are made again in each CodeDirectory. A
/// certificate's signature can't be: it is removed, and the signature is an ad hoc one then, with which
/// arm64 loads the file. Source: Apple's Security framework, CSCommon.h and codedirectory.h; xnu's
/// cs_blobs.h. Throws Error{cannot_edit} for a form that isn't known, and Error{bad_binary}.
std::string renewed_signature(std::string signature, std::uint64_t changed_end, const ReadRange& read,
                              const std::string& subject);

}  // namespace wheelfix::macho
