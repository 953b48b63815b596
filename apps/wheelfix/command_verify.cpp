#include <algorithm>
#include <wheelfix/verify.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Checks wheels: the archive's structure, every entry's CRC-32 and SHA-256, RECORD both ways, the name "
    "against METADATA\n"
    "and WHEEL, tags, .data and the order of entries. Exit status 1 where it finds an error.\n";

constexpr auto example = "  wheelfix verify torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n";

std::string summary(const std::string& wheel, const std::vector<Finding>& findings) {
  const auto count = [&](Severity severity) {
    return std::ranges::count(findings, severity, &Finding::severity);
  };
  const auto plural = [](auto n, const char* word) {
    return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
  };
  return fmt::format("{}: {}, {}\n", wheel, plural(count(Severity::error), "error"),
                     plural(count(Severity::warning), "warning"));
}

}  // namespace

int run_verify(int argc, char** argv) {
  CommandLine line("wheelfix verify", "[OPTION...] WHEEL...", description, example);
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  const VerifyOptions options{
      .jobs = line.jobs(), .limits = line.limits(), .progress = progress_line(line.verbosity())};
  std::vector<Finding> all;
  for (const auto& wheel : line.positionals()) {
    const auto findings = verify(wheel, options);
    all.insert(all.end(), findings.begin(), findings.end());
    if (line.json()) continue;
    std::string text = summary(wheel, findings);
    for (const auto& finding : findings) text += format_finding(finding, "  ");
    if (line.verbosity() != Verbosity::quiet || !findings.empty()) print(text);
  }
  if (line.json()) print_json({{"findings", to_json(all)}});
  return has_error(all) ? 1 : 0;
}

}  // namespace cli
