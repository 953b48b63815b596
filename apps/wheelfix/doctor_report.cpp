#include "wheelfix/doctor_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "common/console.hpp"
#include "common/terminal.hpp"

namespace cli {

namespace {

using namespace wheelfix;

/// Where a finding is, `torch-2.1.0-….whl: torch/lib/libc10.so`.
std::string place(const Finding& finding) {
  auto text = finding.wheel ? std::filesystem::path(*finding.wheel).filename().string() : std::string();
  if (text.empty()) text = finding.wheel.value_or("");
  if (finding.path) text += (text.empty() ? "" : ": ") + printable(*finding.path);
  return text;
}

/// Texts in the order in which they were first added, each once.
class Texts {
 public:
  void add(const std::string& text) {
    if (!text.empty() && known_.insert(text).second) list_.push_back(text);
  }

  const std::vector<std::string>& list() const { return list_; }
  std::size_t size() const { return list_.size(); }

 private:
  std::vector<std::string> list_;
  std::unordered_set<std::string> known_;
};

class Report {
 public:
  Report(const Examination& examination, const ReportOptions& options)
      : examination_(examination),
        options_(options),
        style_(Style::of(STDOUT_FILENO)),
        width_(width_of(STDOUT_FILENO)) {}

  std::string text() {
    if (!options_.is_quiet) add_verdict();
    if (!options_.is_quiet && !examination_.patched.empty()) add_patched();
    for (const auto& cause : examination_.causes)
      if (is_listed(cause)) add(cause);
    return std::move(text_);
  }

 private:
  void line(std::string_view text, const std::string& first = {}, const std::string& rest = {}) {
    text_ += wrapped(text, first, rest, width_);
  }

  void add_patched() {
    constexpr std::size_t most = 5;
    const auto& all = examination_.patched;
    const std::vector<std::string> named(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size())));
    line(fmt::format("changed by wheelfix: {}{}; `wheelfix status --env {}` says how", fmt::join(named, ", "),
                     all.size() > most ? fmt::format(" and {} more", all.size() - most) : "",
                     printable(examination_.environment)),
         style_.severity("note") + ": ", "  ");
  }

  void add_verdict() {
    const auto text = verdict(examination_);
    const auto bad = has_error(examination_.findings);
    const auto colon = text.rfind(": ") + 2;
    const auto outcome = text.substr(colon);
    const bool is_hidden = hygiene(examination_) > 0 && !options_.has_hygiene;
    line(style_.bold(text.substr(0, colon)) + (bad ? style_.red(outcome) : style_.green(outcome)) +
         (is_hidden ? style_.dim(" (see --hygiene)") : ""));
  }

  bool is_listed(const Cause& cause) const {
    if (options_.is_quiet && cause.severity == Severity::note) return false;
    return options_.has_hygiene || !is_hygiene(examination_, cause);
  }

  void add(const Cause& cause) {
    Texts details, codes, hints, places;
    std::vector<const Finding*> cut;
    for (const auto number : cause.findings) {
      const auto& finding = examination_.findings[number];
      details.add(finding.message.substr(cause.message.size()));
      codes.add(std::string(to_string(finding.code)));
      hints.add(finding.hint);
      places.add(place(finding));
      if (finding.more > 0) cut.push_back(&finding);
    }
    const auto most = options_.is_verbose ? cause.findings.size() : 1;
    const auto severity = std::string(to_string(cause.severity));
    line(fmt::format("{} {}", style_.bold(cause.message),
                     style_.dim(fmt::format("[{}]", fmt::join(codes.list(), ", ")))),
         style_.severity(severity) + ": ", "  ");
    for (std::size_t i = 0; i < std::min(details.size(), most); ++i)
      text_ += details.list()[i].substr(1) + "\n";
    add_places(places);
    for (std::size_t i = 0; i < std::min(hints.size(), most); ++i)
      line(hints.list()[i], "  " + style_.cyan("hint") + ": ", "    ");
    for (const auto* finding : cut)
      text_ += fmt::format("and {} more [{}] (-v lists all)\n", finding->more, to_string(finding->code));
  }

  void add_places(const Texts& places) {
    constexpr std::size_t usual = 4;
    const auto most = options_.is_verbose ? places.size() : std::min(places.size(), usual);
    for (std::size_t i = 0; i < most; ++i) line(places.list()[i], "  in ", "     ");
    if (places.size() > most) line(fmt::format("and in {} more (-v lists all)", places.size() - most), "  ");
  }

  const Examination& examination_;
  const ReportOptions& options_;
  Style style_;
  std::size_t width_;
  std::string text_;
};

nlohmann::ordered_json to_json(const Cause& cause, const Examination& examination) {
  return {{"message", cause.message},
          {"severity", to_string(cause.severity)},
          {"kind", to_string(cause.kind)},
          {"hint", string_or_null(examination.findings[cause.findings.front()].hint)}};
}

nlohmann::ordered_json to_json(const LoadStep& step) {
  return {{"link", to_string(step.link)},
          {"name", printable(step.name)},
          {"package", string_or_null(step.package)}};
}

/// Adds the way to what fails to the finding that it belongs to.
void add_to(nlohmann::ordered_json& finding, const LoadPath& path) {
  auto& chain = finding["chain"] = nlohmann::ordered_json::array();
  for (const auto& step : path.steps) chain.push_back(to_json(step));
  if (path.out_of_reach) finding["out_of_reach"] = to_json(*path.out_of_reach);
}

}  // namespace

std::string report(const Examination& examination, const ReportOptions& options) {
  return Report(examination, options).text();
}

nlohmann::ordered_json to_json(const Examination& examination) {
  auto causes = nlohmann::ordered_json::array();
  auto findings = to_json(examination.findings);
  for (const auto& cause : examination.causes) {
    for (const auto number : cause.findings) {
      findings[number]["kind"] = to_string(kind_of(examination.findings[number]));
      findings[number]["cause"] = causes.size();
    }
    causes.push_back(to_json(cause, examination));
  }
  for (const auto& path : examination.load_paths) add_to(findings[path.finding], path);
  nlohmann::ordered_json document = {{"verdict",
                                      {{"text", verdict(examination)},
                                       {"loads", !has_error(examination.findings)},
                                       {"wheels", examination.wheels},
                                       {"libraries", examination.libraries},
                                       {"modules", examination.modules},
                                       {"failing", examination.failing},
                                       {"causes", examination.failing_causes},
                                       {"hygiene", hygiene(examination)},
                                       {"ignored", examination.ignored},
                                       {"python", string_or_null(examination.python)},
                                       {"system", string_or_null(examination.system)}}},
                                     {"causes", std::move(causes)},
                                     {"findings", std::move(findings)}};
  if (!examination.environment.empty()) document["patched"] = examination.patched;
  return document;
}

}  // namespace cli
