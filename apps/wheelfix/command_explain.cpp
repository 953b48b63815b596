#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <wheelfix/finding_catalogue.hpp>
#include <wheelfix/spelling.hpp>

#include "common/console.hpp"
#include "common/options.hpp"
#include "common/terminal.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto explain_description =
    "Explains what a finding of verify, doctor, patch or repair means, and what to do about it. Without "
    "CODE\n"
    "it lists all findings.\n";

constexpr auto explain_example = "  wheelfix explain record-hash-mismatch\n";

constexpr std::size_t page_width = 100;

std::vector<std::string_view> severities(const FindingInfo& info) {
  std::vector<std::string_view> names;
  for (const auto severity : {Severity::error, Severity::warning, Severity::note})
    if (info.severities.contains(severity)) names.push_back(to_string(severity));
  return names;
}

std::string joined_severities(const FindingInfo& info) {
  return fmt::format("{}", fmt::join(severities(info), ", "));
}

/// `breaks; hygiene as a warning`.
std::string kinds(const FindingInfo& info) {
  std::string text(to_string(info.kind));
  for (const auto severity : {Severity::warning, Severity::note})
    if (info.hygiene_as.contains(severity))
      text += fmt::format("; {} as a {}", to_string(FindingKind::hygiene), to_string(severity));
  return text;
}

std::string explanation(const FindingInfo& info) {
  return fmt::format("{} ({}; {})\n\n{}\nWhat to do:\n{}\nExample:\n  {}\n", info.name,
                     joined_severities(info), kinds(info), wrapped(info.meaning, "", "", page_width),
                     wrapped(info.remedy, "  ", "  ", page_width), info.example);
}

std::string list() {
  std::string text;
  for (const auto& group : finding_catalogue()) {
    text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", group.title);
    for (const auto& info : group.findings)
      text += fmt::format("  {:<28}{}\n", info.name, joined_severities(info));
  }
  return text + "\n`wheelfix explain CODE` explains one of them.\n";
}

constexpr auto page_head = R"(# What wheelfix finds

`wheelfix explain --markdown` makes this page, and `wheelfix explain CODE` shows a part of it.

A finding has a code, which doesn't change between versions, and a severity. If one is an error, `verify` and
`doctor` exit with status 1. `--json` prints `{"schema": 1, "findings": [{"code", "severity", "wheel", "path", "message", "hint"}]}`.
If more findings of a kind are only counted, the last of them has `"more"`, their number.

What *breaks* fails for somebody: an installer, a loader, a program. What is *hygiene* works here, and its publisher
should still fix it.

)";

/// What a heading is linked by on a page in Markdown.
std::string anchor(std::string_view title) {
  std::string text;
  for (const char c : title)
    text += c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The reference page, in Markdown.
std::string page() {
  std::string text = page_head;
  for (const auto& group : finding_catalogue())
    text += fmt::format("- [{}](#{})\n", group.title, anchor(group.title));
  for (const auto& group : finding_catalogue()) {
    text += fmt::format("\n## {}\n", group.title);
    if (!group.about.empty()) text += fmt::format("\n{}\n", group.about);
    for (const auto& info : group.findings)
      text += fmt::format("\n### {}\n\n{} · {}\n\n{}\n\nWhat to do: {}\n\n```text\n{}\n```\n", info.name,
                          joined_severities(info), kinds(info), info.meaning, info.remedy, info.example);
  }
  return text;
}

nlohmann::ordered_json document(const FindingInfo& info) {
  return {{"code", info.name},       {"severities", severities(info)}, {"kind", to_string(info.kind)},
          {"meaning", info.meaning}, {"remedy", info.remedy},          {"example", info.example}};
}

nlohmann::ordered_json documents(const std::vector<const FindingInfo*>& infos) {
  auto all = nlohmann::ordered_json::array();
  for (const auto* info : infos) all.push_back(document(*info));
  return {{"findings", std::move(all)}};
}

std::vector<const FindingInfo*> find_all(const CommandLine& line) {
  std::vector<const FindingInfo*> infos;
  for (const auto& code : line.positionals()) {
    const auto* info = find_finding(code);
    if (info == nullptr) {
      const auto like = names_like(code);
      line.refuse(fmt::format("no finding has the code '{}'", printable(code)),
                  like.empty() ? "`wheelfix explain` lists them"
                               : fmt::format("is it {}? `wheelfix explain` lists them all", or_list(like)));
    }
    infos.push_back(info);
  }
  return infos;
}

}  // namespace

int run_explain(int argc, char** argv) {
  CommandLine line("wheelfix explain", "[OPTION...] [CODE...]", explain_description, explain_example);
  line.add({{"markdown", "print the reference page of all findings"}});
  line.add_json();
  if (!line.parse(argc, argv)) return 0;

  auto infos = find_all(line);
  if (line.has("markdown")) {
    if (line.json() || !infos.empty())
      line.refuse("--markdown prints the whole page: give no CODE and no --json");
    print(page());
  } else if (line.json()) {
    if (infos.empty())
      for (const auto& group : finding_catalogue())
        for (const auto& info : group.findings) infos.push_back(&info);
    print_json(documents(infos));
  } else if (infos.empty()) {
    print(list());
  } else {
    std::string text;
    for (const auto* info : infos) text += (text.empty() ? "" : "\n") + explanation(*info);
    print(text);
  }
  return 0;
}

}  // namespace cli
