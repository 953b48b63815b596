#include "wheelfix/compatibility_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/terminal.hpp"

namespace cli {

namespace {

using namespace wheelfix;

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// At most that many columns; all of it for 0.
std::string cut(const std::string& text, std::size_t width) {
  constexpr std::string_view dots = "...";
  if (width == 0 || text.size() <= width) return text;
  return text.substr(0, std::max(width, dots.size()) - dots.size()) + std::string(dots);
}

class CompatibilityReport {
 public:
  CompatibilityReport(const Compatibility& compatibility, Verbosity verbosity)
      : compatibility_(compatibility),
        verbosity_(verbosity),
        style_(Style::of(STDOUT_FILENO)),
        width_(width_of(STDOUT_FILENO)) {}

  std::string text() {
    if (verbosity_ != Verbosity::quiet) add_verdict();
    add_table();
    if (verbosity_ == Verbosity::verbose) add_all_failures();
    for (const auto& finding : compatibility_.findings) add(finding);
    if (verbosity_ != Verbosity::quiet) add_the_rest();
    return std::move(text_);
  }

 private:
  void line(std::string_view text, const std::string& first = {}, const std::string& rest = {}) {
    text_ += wrapped(text, first, rest, width_);
  }

  void add_verdict() {
    const auto text = verdict(compatibility_);
    const auto colon = text.rfind(": ") + 2;
    const bool works = std::ranges::any_of(compatibility_.versions, [](const ComparedVersion& version) {
      return version.outcome == LoadOutcome::loads;
    });
    const auto outcome = text.substr(colon);
    line(style_.bold(text.substr(0, colon)) + (works ? style_.green(outcome) : style_.red(outcome)));
  }

  bool has_requirement() const {
    return std::ranges::any_of(compatibility_.versions, [](const ComparedVersion& version) {
      return version.is_required.has_value();
    });
  }

  void add_table() {
    const auto& versions = compatibility_.versions;
    if (versions.empty()) return;
    auto width = compatibility_.project.size();
    for (const auto& version : versions) width = std::max(width, version.label.size());
    const auto required = [&](std::string_view text) {
      return has_requirement() ? fmt::format("{:<10}", text) : std::string();
    };
    text_ +=
        style_.dim(fmt::format("  {:<{}}  {}result", compatibility_.project, width, required("required"))) +
        "\n";
    const auto before = 2 + width + 2 + required("").size();
    for (const auto& version : versions) {
      const auto is_required = version.is_required.value_or(false) ? "yes" : "no";
      text_ += fmt::format("  {:<{}}  {}{}\n", version.label, width,
                           required(version.is_required ? is_required : ""), result_of(version, before));
    }
  }

  std::string result_of(const ComparedVersion& version, std::size_t before) const {
    const std::string outcome(to_string(version.outcome));
    if (version.outcome == LoadOutcome::loads) return style_.green(outcome);
    const auto& first = version.failures.front();
    const auto why = first.code == FindingCode::undefined_symbol ? "undefined symbol: " + first.name
                                                                 : first_line(first.message);
    const auto used = before + outcome.size() + 2;
    const auto left = width_ == 0 ? 0 : std::max(width_, used + 10) - used;
    const auto mark = version.outcome == LoadOutcome::fails ? style_.red(outcome) : style_.yellow(outcome);
    return mark + ": " + cut(why, left);
  }

  void add(const VersionFailure& failure, const std::string& first) {
    line(fmt::format("{} {}", first_line(failure.message),
                     style_.dim(fmt::format("[{}]", to_string(failure.code)))),
         first, "    ");
    line(printable(failure.path), "    in ", "       ");
    if (!failure.hint.empty()) line(failure.hint, "    " + style_.cyan("hint") + ": ", "      ");
  }

  void add_all_failures() {
    for (const auto& version : compatibility_.versions) {
      if (version.failures.empty()) continue;
      line(style_.bold(
          fmt::format("{} {} {}:", compatibility_.project, version.label, to_string(version.outcome))));
      for (const auto& failure : version.failures) add(failure, "  ");
    }
  }

  void add(const Finding& finding) {
    line(fmt::format("{} {}", style_.bold(finding.message),
                     style_.dim(fmt::format("[{}]", to_string(finding.code)))),
         style_.severity(to_string(finding.severity)) + ": ", "  ");
    line(printable(finding.wheel.value_or("")), "  in ", "     ");
    if (!finding.hint.empty()) line(finding.hint, "  " + style_.cyan("hint") + ": ", "    ");
  }

  void add_the_rest() {
    const bool is_verbose = verbosity_ == Verbosity::verbose;
    const auto& always = compatibility_.always;
    if (!always.empty() && is_verbose) {
      line(style_.bold("whatever the version:"));
      for (const auto& failure : always) add(failure, "  ");
    } else if (!always.empty()) {
      line(
          fmt::format("{} of its libraries load{} with no version, because files are missing (-v lists them)",
                      always.size(), always.size() == 1 ? "s" : ""));
    }
    const auto& left_out = compatibility_.left_out;
    if (left_out.empty()) return;
    const auto count = left_out.size();
    line(fmt::format("{} wheel{} for another Python or system {} left out{}", count, count == 1 ? "" : "s",
                     count == 1 ? "is" : "are", is_verbose ? ":" : " (-v lists them)"));
    if (!is_verbose) return;
    for (const auto& path : left_out) line(printable(path), "  ");
  }

  const Compatibility& compatibility_;
  Verbosity verbosity_;
  Style style_;
  std::size_t width_;
  std::string text_;
};

nlohmann::ordered_json to_json(const std::vector<VersionFailure>& failures) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& failure : failures)
    list.push_back({{"code", to_string(failure.code)},
                    {"path", printable(failure.path)},
                    {"message", failure.message},
                    {"name", failure.name},
                    {"hint", string_or_null(failure.hint)},
                    {"is_doubtful", failure.is_doubtful}});
  return list;
}

nlohmann::ordered_json to_json(const ComparedVersion& version) {
  return {{"version", version.version},
          {"wheel", printable(version.wheel)},
          {"outcome", to_string(version.outcome)},
          {"is_required", version.is_required ? nlohmann::ordered_json(*version.is_required) : nullptr},
          {"failures", to_json(version.failures)}};
}

}  // namespace

std::string report(const Compatibility& compatibility, Verbosity verbosity) {
  return CompatibilityReport(compatibility, verbosity).text();
}

nlohmann::ordered_json to_json(const Compatibility& compatibility) {
  auto versions = nlohmann::ordered_json::array();
  for (const auto& version : compatibility.versions) versions.push_back(to_json(version));
  auto left_out = nlohmann::ordered_json::array();
  for (const auto& path : compatibility.left_out) left_out.push_back(printable(path));
  return {{"verdict",
           {{"text", verdict(compatibility)},
            {"wheel", printable(compatibility.wheel)},
            {"name", compatibility.name},
            {"version", compatibility.version},
            {"tags", compatibility.tags},
            {"project", compatibility.project},
            {"requirement", string_or_null(compatibility.requirement)}}},
          {"versions", std::move(versions)},
          {"always", to_json(compatibility.always)},
          {"left_out", std::move(left_out)},
          {"findings", to_json(compatibility.findings)}};
}

}  // namespace cli
