#pragma once

#include <cstdint>
#include <string_view>

/// Signatures and fixed sizes of ZIP's records. Source: PKWARE's APPNOTE.TXT 6.3.10, the section after each.
namespace wheelfix::zip {

using namespace std::string_view_literals;

constexpr auto local_header_signature = "PK\3\4"sv;       // 4.3.7
constexpr auto data_descriptor_signature = "PK\7\x08"sv;  // 4.3.9
constexpr auto central_header_signature = "PK\1\2"sv;     // 4.3.12
constexpr auto zip64_end_signature = "PK\6\6"sv;          // 4.3.14
constexpr auto zip64_locator_signature = "PK\6\7"sv;      // 4.3.15
constexpr auto end_record_signature = "PK\5\6"sv;         // 4.3.16

constexpr std::uint64_t local_header_size = 30;
constexpr std::uint64_t central_header_size = 46;
constexpr std::uint64_t zip64_end_size = 56;
constexpr std::uint64_t zip64_locator_size = 20;
constexpr std::uint64_t end_record_size = 22;

/// A field with this value is in the ZIP64 extra field instead.
constexpr std::uint64_t zip64_marker32 = 0xFFFFFFFF;
constexpr std::uint64_t zip64_marker16 = 0xFFFF;

}  // namespace wheelfix::zip
