#pragma once

#include <fmt/core.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/progress.hpp>

namespace cli {

/// How much a command says on stderr. Results go to stdout whatever this is.
enum class Verbosity { quiet, normal, verbose };

/// The reader of stdout is gone, like `head` once it has its lines.
class ReaderGone : public wheelfix::Error {
 public:
  ReaderGone();
};

/// Writes a result to stdout. Throws ReaderGone, or Error{io} for other failures, like a full disk.
void print(std::string_view text);
/// The same of a document, which gets `"schema": 1` as its first key; texts over 64 KiB are cut in it.
void print_json(nlohmann::ordered_json document);
/// Whether anything was printed, even if it failed after a part.
bool has_printed() noexcept;

/// Write to stderr: text as it is, `error:` and `hint:` lines, `warning:` lines, plain lines. Throw Error{io}
/// if they can't: a run whose warnings nobody can read has not gone well. `say` takes no memory.
void say(std::string_view text);
void print_error(const wheelfix::Error& error);
void print_warning(std::string_view text);
void print_line(std::string_view text);

/// A finding as `severity: path: message [code]`, its hint on a line of its own, and on another one how many
/// more are like it, each indented by `indent`.
std::string format_finding(const wheelfix::Finding& finding, std::string_view indent);
/// `and 3 more like it (-v lists all)`.
std::string more_alike(const wheelfix::Finding& finding);
nlohmann::ordered_json to_json(const std::vector<wheelfix::Finding>& findings);
/// A string, or null if it is empty.
nlohmann::ordered_json string_or_null(const std::string& text);

/// One line of progress on a terminal, for work that takes over a second. It also cancels the work after a
/// signal.
wheelfix::ProgressCallback progress_line(Verbosity verbosity);
/// For all commands of the process: progress is written to this file descriptor too, as lines of JSON.
void set_progress_fd(int fd) noexcept;

/// `1.2 GB`, in decimal units.
std::string human_size(std::uint64_t bytes);

}  // namespace cli
