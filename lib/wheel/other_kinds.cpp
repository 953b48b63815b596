#include "wheel/other_kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view wheel_suffix = ".whl";

bool is_url(std::string_view text) {
  const auto end = text.find("://");
  return end != text.npos && end > 1 && std::ranges::all_of(text.substr(0, end), is_ascii_alpha);
}

bool is_named_as_sdist(std::string_view name) {
  constexpr std::array<std::string_view, 4> ends = {".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"};
  return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

bool is_count(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_ascii_digit);
}

/// The name without what was added to tell downloads of one name apart: `x (1).whl`, `x(1).whl`, `x.whl.1`;
/// empty if nothing was.
std::string without_number(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == name.npos) return {};
  if (is_count(name.substr(dot + 1)) && name.substr(0, dot).ends_with(wheel_suffix))
    return std::string(name.substr(0, dot));
  const auto open = name.rfind('(');
  if (!name.ends_with(wheel_suffix) || open == name.npos || dot == 0 || name[dot - 1] != ')') return {};
  if (!is_count(name.substr(open + 1, dot - open - 2))) return {};
  return std::string(trim(name.substr(0, open))) + std::string(wheel_suffix);
}

}  // namespace

void refuse_other_kinds(const std::filesystem::path& path) {
  const auto text = path.string();
  if (is_url(text))
    throw Error(ErrorCode::usage, printable(text), "is a URL, and only files are read",
                fmt::format("`pip download --no-deps {}` downloads it", printable(text)));
  std::error_code failure;
  if (is_named_as_sdist(text) && std::filesystem::is_regular_file(path, failure))
    throw Error(ErrorCode::bad_wheel, printable(text),
                "is named like a source distribution (sdist), which isn't a wheel",
                fmt::format("`pip wheel --no-deps {}` builds a wheel from one", printable(text)));
}

std::string hint_for_name(std::string_view file_name) {
  const auto name = without_number(file_name);
  return name.empty()
             ? "a wheel is named like torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl"
             : fmt::format("a second download was given that name: rename it to {}", printable(name));
}

}  // namespace wheelfix
