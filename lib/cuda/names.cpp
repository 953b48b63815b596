#include "cuda/names.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <wheelfix/version.hpp>

#include "base/glob.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "cuda/tables.hpp"

namespace wheelfix {
namespace {

/// The first row whose name, a glob, matches a text; empty if no row does.
TableRow row_for(const std::vector<TableRow>& rows, std::string_view text) {
  const auto found = std::ranges::find_if(rows, [text = std::string(text)](const TableRow& row) {
    return glob_matches(std::string(row.front()), text);
  });
  return found == rows.end() ? TableRow() : *found;
}

TableRow project_row(std::string_view project) {
  static const auto rows = table_rows(nvidia_names_table, "projects");
  return row_for(rows, project);
}

/// Removes the number at the beginning of a text, and returns it; nothing if there is none.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// A version without a dot: 12, or 118, which is 11.8; in older names 92, which is 9.2.
CudaVersion undotted(int number) {
  return number < 20 ? CudaVersion{number, 0} : CudaVersion{number / 10, number % 10};
}

bool is_hash(std::string_view text) {
  const auto is_digit = [](char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f'); };
  return text.size() >= 6 && std::ranges::all_of(text, is_digit);
}

/// A library's name and number.
struct Parts {
  std::string stem;
  int number = 0;
};

// `libcudart.so.11.0`, `libcudart-9335f6a2.so.11.0`.
std::optional<Parts> linux_parts(std::string_view name) {
  const auto end = name.find(".so.");
  if (!name.starts_with("lib") || end == std::string_view::npos) return std::nullopt;
  auto stem = name.substr(3, end - 3);
  auto rest = name.substr(end + 4);
  const auto number = take_number(rest);
  if (!number || rest.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  if (const auto dash = stem.rfind('-'); dash != std::string_view::npos && is_hash(stem.substr(dash + 1)))
    stem = stem.substr(0, dash);
  return Parts{ascii_lower(stem), *number};
}

// `cudart64_110.dll`, `nvrtc64_120_0.dll`, `nvJitLink_120_0.dll`, `cudnn64_8-<hash>.dll`. cuDNN's own are
// numbered whole, and so is what a part of it is (`cudnn_ops64_9.dll`).
std::optional<Parts> windows_parts(std::string_view name) {
  const auto lower = ascii_lower(name);
  auto text = std::string_view(lower);
  if (!text.ends_with(".dll")) return std::nullopt;
  text.remove_suffix(4);
  if (const auto dash = text.rfind('-'); dash != std::string_view::npos && is_hash(text.substr(dash + 1)))
    text = text.substr(0, dash);
  if (text.ends_with("_0")) text.remove_suffix(2);
  const auto bar = text.rfind('_');
  if (bar == std::string_view::npos) return std::nullopt;
  auto stem = text.substr(0, bar), rest = text.substr(bar + 1);
  const auto number = take_number(rest);
  if (!number || !rest.empty()) return std::nullopt;
  if (stem.ends_with("64")) stem.remove_suffix(2);
  return Parts{std::string(stem), undotted(*number).major};
}

}  // namespace

std::string_view to_string(CudaProduct product) noexcept {
  return product == CudaProduct::cuda ? "CUDA" : "cuDNN";
}

std::optional<CudaLibraryName> parse_cuda_library(std::string_view file_name) {
  auto parts = linux_parts(file_name);
  if (!parts) parts = windows_parts(file_name);
  if (!parts) return std::nullopt;
  static const auto rows = table_rows(nvidia_names_table, "libraries");
  const auto row = row_for(rows, parts->stem);
  if (row.empty()) return std::nullopt;
  CudaLibraryName name{row[1] == "cudnn" ? CudaProduct::cudnn : CudaProduct::cuda, parts->number,
                       parts->stem == "cudart"};
  if (row.size() == 2) return name;
  for (auto pair : std::span(row).subspan(2)) {
    if (take_number(pair) != parts->number) continue;
    pair.remove_prefix(1);
    name.major = *take_number(pair);
    return name;
  }
  return std::nullopt;
}

bool is_driver_interface(std::string_view library_name) {
  static const auto rows = table_rows(nvidia_names_table, "driver-interface");
  const bool is_dll = ascii_lower(library_name).ends_with(".dll");
  return !row_for(rows, is_dll ? ascii_lower(library_name) : std::string(library_name)).empty();
}

bool has_cuda_version(std::string_view project) {
  const auto row = project_row(project);
  return !row.empty() && row[1] == "version";
}

bool has_cuda_major(std::string_view project) {
  return !project_row(project).empty();
}

bool is_nvidia_project(std::string_view project) {
  return normalize_project_name(project).starts_with("nvidia-");
}

std::optional<CudaLabel> find_cuda_label(std::string_view text) {
  const auto lower = ascii_lower(text);
  for (auto at = lower.find("cu"); at != std::string::npos; at = lower.find("cu", at + 1)) {
    if (at > 0 && is_ascii_alpha(lower[at - 1])) continue;
    auto rest = std::string_view(lower).substr(at + 2);
    if (rest.starts_with("da")) rest.remove_prefix(2);
    const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto number = take_number(rest);
    if (!number || *number < 10 || *number > 299 || digits > 3) continue;
    const auto size = lower.size() - rest.size() - at;
    const auto version = undotted(*number);
    return CudaLabel{version.major, *number < 20 ? std::nullopt : std::optional(version),
                     std::string(text.substr(at, size))};
  }
  return std::nullopt;
}

}  // namespace wheelfix
