#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/record.hpp>

namespace wheelfix {

/// Throws Error{limit_exceeded} for a text of dist-info that is too large to be read.
inline void require_document_size(std::uint64_t size, const Limits& limits, std::string subject = {}) {
  if (size <= limits.max_document_size) return;
  throw Error(ErrorCode::limit_exceeded, std::move(subject),
              fmt::format("has {} bytes, more than {}", size, limits.max_document_size),
              "raise it with --max-document if you trust the file");
}

/// A Record of at most that many rows, or a HeaderDocument.
template <class Document>
Document parse_document(std::string text, std::string_view subject, std::size_t max_rows) {
  if constexpr (std::is_same_v<Document, Record>)
    return Record::parse(std::move(text), subject, max_rows);
  else
    return Document::parse(text, subject);
}

}  // namespace wheelfix
