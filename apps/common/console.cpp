#include "common/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "common/signals.hpp"
#include "common/terminal.hpp"

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::Finding;
using wheelfix::Progress;

/// Of all documents. It changes if a reader of the one before would misread them, not with each new key.
constexpr int schema_version = 1;

/// Whether a line of progress is on the terminal, to be erased before anything else is printed.
bool progress_is_shown = false;

bool is_printed = false;

constexpr int no_fd = -1;
int progress_fd = no_fd;

/// Returns the error for which not all could be written, or 0. Not by stdio, whose buffer would be written
/// once more when the program ends.
int write_to(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // a pipe that another program of ours has made not to block
      pollfd waiting{fd, POLLOUT, 0};
      ::poll(&waiting, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

void erase_progress() {
  if (std::exchange(progress_is_shown, false)) (void)write_to(STDERR_FILENO, "\r\033[K");
}

/// A line of progress that can't be written is skipped.
void show_progress(const Progress& progress) {
  erase_progress();
  auto text =
      fmt::format("{}: {} of {} ({}%)", wheelfix::printable(progress.activity), human_size(progress.done),
                  human_size(progress.total), 100 * progress.done / progress.total);
  // A line that the terminal breaks can't be erased.
  if (const auto width = width_of(STDERR_FILENO); text.size() >= width) text.resize(width - 1);
  (void)write_to(STDERR_FILENO, text);
  progress_is_shown = true;
}

/// A reader that is gone, or a full disk, isn't a reason to end the work.
void write_progress(const Progress& progress) {
  const nlohmann::ordered_json line = {
      {"activity", progress.activity}, {"done", progress.done}, {"total", progress.total}};
  const auto text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  if (write_to(progress_fd, text) != 0) progress_fd = no_fd;
}

/// Whether a line is due: the first, the last, and not too many between.
bool is_due(const Progress& progress, std::chrono::steady_clock::time_point& last) {
  const auto now = std::chrono::steady_clock::now();
  const bool is_end = progress.total > 0 && progress.done >= progress.total;
  if (!is_end && now - last < std::chrono::milliseconds(50)) return false;
  last = now;
  return true;
}

/// Cuts what nobody wrote by hand: a header or name of megabytes, which would be ten times that when escaped.
void cut_long_texts(nlohmann::ordered_json& value) {
  constexpr std::size_t most = 64 << 10;
  if (value.is_structured())
    for (auto& part : value) cut_long_texts(part);
  if (!value.is_string()) return;
  auto& text = value.get_ref<std::string&>();
  if (text.size() <= most) return;
  const auto ending = fmt::format("... ({} bytes in all)", text.size());
  text.resize(most);
  text += ending;
}

[[noreturn]] void refuse_stream(const char* stream, int error) {
  throw Error(wheelfix::ErrorCode::io, stream,
              fmt::format("cannot write: {}", std::generic_category().message(error)),
              error == EBADF ? "it is closed: redirect it to /dev/null if nobody reads it"
                             : "is the disk full, or the reader gone?");
}

}  // namespace

ReaderGone::ReaderGone() : Error(wheelfix::ErrorCode::io, "standard output", "its reader is gone") {}

void print(std::string_view text) {
  erase_progress();
  is_printed = is_printed || !text.empty();
  const int error = write_to(STDOUT_FILENO, text);
  if (error == EPIPE) throw ReaderGone();
  if (error != 0) refuse_stream("standard output", error);
}

void say(std::string_view text) {
  erase_progress();
  if (const int error = write_to(STDERR_FILENO, text); error != 0) refuse_stream("standard error", error);
}

void print_json(nlohmann::ordered_json document) {
  cut_long_texts(document);
  nlohmann::ordered_json versioned = {{"schema", schema_version}};
  for (auto& [key, value] : document.items()) versioned[key] = std::move(value);
  print(versioned.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

bool has_printed() noexcept {
  return is_printed;
}

void print_error(const Error& error) {
  const auto style = Style::of(STDERR_FILENO);
  say(fmt::format("{}: {}\n", style.red("error"), error.what()) +
      (error.hint().empty() ? "" : fmt::format("{}: {}\n", style.cyan("hint"), error.hint())));
}

void print_warning(std::string_view text) {
  print_line(fmt::format("{}: {}", Style::of(STDERR_FILENO).yellow("warning"), text));
}

void print_line(std::string_view text) {
  say(fmt::format("{}\n", text));
}

std::string format_finding(const Finding& finding, std::string_view indent) {
  auto text = fmt::format("{}{}: {}{} [{}]\n", indent, to_string(finding.severity),
                          finding.path ? wheelfix::printable(*finding.path) + ": " : "", finding.message,
                          to_string(finding.code));
  if (!finding.hint.empty()) text += fmt::format("{}  hint: {}\n", indent, finding.hint);
  if (finding.more > 0) text += fmt::format("{}{}\n", indent, more_alike(finding));
  return text;
}

std::string more_alike(const Finding& finding) {
  return fmt::format("and {} more like it (-v lists all)", finding.more);
}

nlohmann::ordered_json string_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

nlohmann::ordered_json to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    list.push_back({{"code", to_string(finding.code)},
                    {"severity", std::string(to_string(finding.severity))},
                    {"wheel", string_or_null(finding.wheel.value_or(""))},
                    {"path", string_or_null(finding.path.value_or(""))},
                    {"message", finding.message},
                    {"hint", string_or_null(finding.hint)}});
    if (finding.more > 0) list.back()["more"] = finding.more;
  }
  return list;
}

wheelfix::ProgressCallback progress_line(Verbosity verbosity) {
  const bool is_visible = verbosity != Verbosity::quiet && ::isatty(STDERR_FILENO) == 1;
  const auto begun = std::chrono::steady_clock::now();
  return [is_visible, begun,
          last = std::chrono::steady_clock::time_point()](const Progress& progress) mutable {
    if (progress_fd != no_fd && is_due(progress, last)) write_progress(progress);
    const bool is_worth_it =
        std::chrono::steady_clock::now() - begun >= std::chrono::seconds(1) && progress.total > 0;
    if (is_visible && is_worth_it) show_progress(progress);
    return interrupted() == 0;
  };
}

void set_progress_fd(int fd) noexcept {
  progress_fd = fd;
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
