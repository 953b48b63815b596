#pragma once

#include <optional>
#include <string_view>

namespace wheelfix {

/// What a page of an index can be sent as (PEP 691).
enum class PageType { json, html, simple_html };

/// `text/html; charset=utf-8`, …
std::string_view media_type(PageType type) noexcept;

/// What to send to who sent this Accept header: the type with the highest weight. Of equal ones the first
/// that is named itself is JSON; if only `*/*` allows them, it is HTML. Nothing if the header allows none. A
/// media range that doesn't parse is as if it weren't there, and `latest` in a type's name means version 1.
std::optional<PageType> negotiate(std::optional<std::string_view> accept);

}  // namespace wheelfix
