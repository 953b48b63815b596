#include "common/console.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "common/signals.hpp"

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::Finding;
using wheelfix::Progress;

/// Whether a line of progress is on the terminal, to be erased before anything else is said.
bool progress_is_shown = false;

void erase_progress() {
  if (!std::exchange(progress_is_shown, false)) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

void show_progress(const Progress& progress) {
  erase_progress();
  fmt::print(stderr, "{} {} of {} ({}%)", progress.activity, human_size(progress.done),
             human_size(progress.total), 100 * progress.done / progress.total);
  std::fflush(stderr);
  progress_is_shown = true;
}

}  // namespace

void print(std::string_view text) {
  erase_progress();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    throw Error(wheelfix::ErrorCode::io, "standard output", "cannot be written to",
                "is the disk full, or the reader gone?");
  }
}

void print_json(const nlohmann::ordered_json& document) {
  print(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void print_error(const Error& error) {
  erase_progress();
  fmt::print(stderr, "error: {}\n", error.what());
  if (!error.hint().empty()) fmt::print(stderr, "hint: {}\n", error.hint());
}

void print_warning(std::string_view text) {
  print_line(fmt::format("warning: {}", text));
}

void print_line(std::string_view text) {
  erase_progress();
  fmt::print(stderr, "{}\n", text);
}

std::string format_finding(const Finding& finding, std::string_view indent) {
  auto text = fmt::format("{}{}: {}{} [{}]\n", indent, to_string(finding.severity),
                          finding.path ? wheelfix::printable(*finding.path) + ": " : "", finding.message,
                          finding.code);
  if (!finding.hint.empty()) text += fmt::format("{}  hint: {}\n", indent, finding.hint);
  return text;
}

nlohmann::ordered_json string_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

nlohmann::ordered_json to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    list.push_back({{"code", finding.code},
                    {"severity", std::string(to_string(finding.severity))},
                    {"wheel", string_or_null(finding.wheel.value_or(""))},
                    {"path", string_or_null(finding.path.value_or(""))},
                    {"message", finding.message},
                    {"hint", string_or_null(finding.hint)}});
  }
  return list;
}

wheelfix::ProgressCallback progress_line(Verbosity verbosity) {
  const bool is_visible = verbosity != Verbosity::quiet && ::isatty(STDERR_FILENO) == 1;
  const auto begun = std::chrono::steady_clock::now();
  return [is_visible, begun](const Progress& progress) {
    const bool is_worth_it =
        std::chrono::steady_clock::now() - begun >= std::chrono::seconds(1) && progress.total > 0;
    if (is_visible && is_worth_it) show_progress(progress);
    return interrupted() == 0;
  };
}

std::string human_size(std::uint64_t bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; size >= 999.5 && unit + 1 < units.size(); ++unit) size /= 1000;
  return size < 9.95 ? fmt::format("{:.1f} {}", size, units.at(unit))
                     : fmt::format("{:.0f} {}", size, units.at(unit));
}

}  // namespace cli
