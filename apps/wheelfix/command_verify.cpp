#include <nlohmann/json.hpp>
#include <wheelfix/compare.hpp>
#include <wheelfix/receipt.hpp>
#include <wheelfix/verify.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"
#include "wheelfix/comparison_report.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto verify_description =
    "Checks wheels: the archive's structure, the CRC-32 and SHA-256 of every entry, RECORD both ways, the "
    "name\n"
    "against METADATA and WHEEL, tags, .data and the order of entries. Exit status 1 if it finds an error.\n"
    "With --against it says how many entries of a wheel differ from the one that it was made from; of these\n"
    "it checks the contents, and all others are the same bit for bit, with their headers and their order.\n"
    "-v lists what differs. With --receipt every difference must be one that the receipt declares.\n";

constexpr auto verify_example =
    "  wheelfix verify torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n\n"
    "  wheelfix verify demo-1.0+fix.1-py3-none-any.whl --against demo-1.0-py3-none-any.whl --receipt "
    "demo.json\n";

std::string summary(const std::string& wheel, const std::vector<Finding>& findings) {
  const auto plural = [](auto n, const char* word) {
    return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
  };
  return fmt::format("{}: {}, {}\n", wheel, plural(count_of(findings, Severity::error), "error"),
                     plural(count_of(findings, Severity::warning), "warning"));
}

void print_findings(std::string text, const std::vector<Finding>& findings) {
  constexpr std::size_t most_at_once = 1 << 20;
  for (const auto& finding : findings) {
    text += format_finding(finding, "  ");
    if (text.size() < most_at_once) continue;
    print(text);
    text.clear();
  }
  print(text);
}

VerifyOptions verify_options(const CommandLine& line) {
  return {.jobs = line.jobs(), .limits = line.limits(), .progress = progress_line(line.verbosity())};
}

/// Removes notes that nobody wants to see.
void leave_out_notes(const CommandLine& line, std::vector<Finding>& findings) {
  if (line.verbosity() == Verbosity::quiet && !line.json())
    std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::note; });
}

int verify_against(const CommandLine& line) {
  const auto& paths = line.positionals();
  if (paths.size() != 1) line.refuse(fmt::format("--against compares one wheel, not {}", paths.size()));
  std::optional<Receipt> receipt;
  if (line.has("receipt")) receipt = read_receipt(line.text("receipt"));
  const auto source = Wheel::open(line.text("against"), line.limits());
  const auto wheel = Wheel::open(paths.front(), line.limits());
  const auto options = verify_options(line);
  const auto comparison = compare(source, wheel, {.jobs = options.jobs, .progress = options.progress});
  auto findings = verify_changes(source, wheel, comparison, options);
  auto text = fmt::format("{}: {}", paths.front(), summary_of(comparison));
  if (receipt) {
    auto found = check_receipt(*receipt, source, wheel, comparison, options.jobs);
    if (!has_error(found)) text += fmt::format(", as {} says", line.text("receipt"));
    findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                    std::make_move_iterator(found.end()));
  }
  findings = at_most_alike(std::move(findings), line.limits().max_alike);
  leave_out_notes(line, findings);
  if (line.json()) {
    print_json({{"findings", cli::to_json(findings)}, {"comparison", cli::to_json(comparison)}});
  } else if (line.verbosity() != Verbosity::quiet || !findings.empty()) {
    text += "\n";
    if (line.verbosity() == Verbosity::verbose) text += list_of(comparison);
    print_findings(std::move(text), findings);
  }
  return has_error(findings) ? 1 : 0;
}

}  // namespace

int run_verify(int argc, char** argv) {
  CommandLine line("wheelfix verify", "[OPTION...] WHEEL...", verify_description, verify_example);
  line.add({{"against", "the wheel that WHEEL was made from, to be compared with", "SOURCE"},
            {"receipt", "with --against: what may differ, as `wheelfix patch --receipt` wrote it", "FILE"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  if (line.has("against")) return verify_against(line);
  if (line.has("receipt")) line.refuse("--receipt needs --against", "give the wheel that it was made from");
  const auto options = verify_options(line);
  auto all = nlohmann::ordered_json::array();
  bool failed = false;
  for (const auto& wheel : line.positionals()) {
    auto findings = verify(wheel, options);
    failed = failed || has_error(findings);
    leave_out_notes(line, findings);
    if (line.json()) {
      for (auto& finding : to_json(findings)) all.push_back(std::move(finding));
    } else if (line.verbosity() != Verbosity::quiet || !findings.empty()) {
      print_findings(summary(wheel, findings), findings);
    }
  }
  if (line.json()) print_json({{"findings", std::move(all)}});
  return failed ? 1 : 0;
}

}  // namespace cli
