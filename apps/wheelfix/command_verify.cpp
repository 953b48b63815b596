#include <nlohmann/json.hpp>
#include <wheelfix/verify.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Checks wheels: the archive's structure, the CRC-32 and SHA-256 of every entry, RECORD both ways, the "
    "name\n"
    "against METADATA and WHEEL, tags, .data and the order of entries. Exit status 1 if it finds an error.\n";

constexpr auto example = "  wheelfix verify torch-2.1.0-cp38-cp38-manylinux1_x86_64.whl\n";

std::string summary(const std::string& wheel, const std::vector<Finding>& findings) {
  const auto plural = [](auto n, const char* word) {
    return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
  };
  return fmt::format("{}: {}, {}\n", wheel, plural(count_of(findings, Severity::error), "error"),
                     plural(count_of(findings, Severity::warning), "warning"));
}

void print_findings(const std::string& wheel, const std::vector<Finding>& findings) {
  constexpr std::size_t most_at_once = 1 << 20;
  auto text = summary(wheel, findings);
  for (const auto& finding : findings) {
    text += format_finding(finding, "  ");
    if (text.size() < most_at_once) continue;
    print(text);
    text.clear();
  }
  print(text);
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
  auto all = nlohmann::ordered_json::array();
  bool failed = false;
  for (const auto& wheel : line.positionals()) {
    auto findings = verify(wheel, options);
    failed = failed || has_error(findings);
    if (line.verbosity() == Verbosity::quiet && !line.json())
      std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::note; });
    if (line.json()) {
      for (auto& finding : to_json(findings)) all.push_back(std::move(finding));
    } else if (line.verbosity() != Verbosity::quiet || !findings.empty()) {
      print_findings(wheel, findings);
    }
  }
  if (line.json()) print_json({{"findings", std::move(all)}});
  return failed ? 1 : 0;
}

}  // namespace cli
