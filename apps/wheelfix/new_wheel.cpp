#include "wheelfix/new_wheel.hpp"

#include <algorithm>
#include <utility>

#include "wheelfix/patch_report.hpp"
#include "wheelfix/receipt_option.hpp"
#include "wheelfix/writing_options.hpp"

namespace cli {

using namespace wheelfix;

std::string only_wheel(const CommandLine& line, std::size_t words) {
  if (line.positionals().empty()) line.refuse("no wheel is given");
  if (line.positionals().size() > words)
    line.refuse(fmt::format("'{}' is one word too many", printable(line.positionals()[words])),
                "the command takes one wheel at a time");
  return line.positionals().front();
}

namespace {

/// The first ten, unless --verbose is given.
void print_warnings(const CommandLine& line, const std::vector<std::string>& warnings) {
  const auto most = line.verbosity() == Verbosity::verbose ? warnings.size() : 10;
  for (std::size_t i = 0; i < std::min(most, warnings.size()); ++i) print_warning(warnings[i]);
  if (warnings.size() > most)
    print_warning(fmt::format("and {} more (-v lists all)", warnings.size() - most));
}

}  // namespace

void write_new_wheel(const CommandLine& line, ReceiptRun run, const WheelEdit& edit,
                     const NewWheelReport& report) {
  auto options = write_options(line);
  add_receipt(line, std::move(run), {&edit}, options);
  auto more = report.more;
  more["warnings"] = report.warnings;
  write_all({&edit}, options, [&](const std::vector<WriteResult>& results) {
    const auto& result = results.front();
    print_findings(line, edit.wheel().warnings());
    print_warnings(line, report.warnings);
    print_findings(line, result.notes);
    if (line.verbosity() != Verbosity::quiet) {
      if (options.dry_run) print_line("dry run: nothing is written");
      for (const auto& text : report.done) print_line(text);
      if (report.done.empty()) print_line("note: nothing is changed");
    }
    if (line.verbosity() == Verbosity::verbose) print_changes(result.changed);
    print_written(line, {&edit}, results, more);
  });
}

}  // namespace cli
