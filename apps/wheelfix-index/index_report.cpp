#include "wheelfix-index/index_report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <wheelfix/finding.hpp>

namespace cli {

using namespace wheelfix;

namespace {

std::string counts(const IndexReport& report, bool is_check) {
  const auto plural = [](std::size_t n, const char* word) {
    return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
  };
  auto text = fmt::format("{} of {}: ", plural(report.files, "file"), plural(report.projects, "project"));
  if (report.changes.empty()) return text + (is_check ? "nothing would change" : "nothing changed");
  const char* separator = "";
  for (const auto how : {IndexChange::How::added, IndexChange::How::changed, IndexChange::How::removed,
                         IndexChange::How::rewritten}) {
    const auto count = std::ranges::count(report.changes, how, &IndexChange::how);
    if (count == 0) continue;
    text += fmt::format("{}{} {}{}", separator, count, is_check ? "would be " : "", to_string(how));
    separator = ", ";
  }
  return text;
}

std::string listing(const IndexReport& report) {
  std::string text;
  for (const auto& change : report.changes)
    text += fmt::format("{:<9}  {}\n", to_string(change.how), printable(change.path));
  return text;
}

nlohmann::ordered_json to_json(const IndexReport& report, const std::string& url) {
  auto changed = nlohmann::ordered_json::array(), left_out = nlohmann::ordered_json::array();
  for (const auto& change : report.changes)
    changed.push_back({{"path", change.path}, {"how", to_string(change.how)}});
  for (const auto& file : report.left_out)
    left_out.push_back({{"path", file.path}, {"message", file.message}, {"hint", string_or_null(file.hint)}});
  return {{"output", report.output.string()}, {"url", string_or_null(url)},
          {"projects", report.projects},      {"files", report.files},
          {"changed", std::move(changed)},    {"left_out", std::move(left_out)}};
}

void tell_note(const UpstreamNote& note) {
  const auto subject = printable(note.subject);
  if (note.kind == UpstreamNote::Kind::shadowed) {
    print_warning(fmt::format("{}: is another file than upstream's of that name, and hides it", subject));
    print_line("hint: `wheelfix patch --suffix LABEL` gives a changed wheel a version of its own");
  } else if (note.kind == UpstreamNote::Kind::other_project) {
    print_warning(fmt::format("{}: upstream's files are left out: it has none of these versions", subject));
    print_line(fmt::format(
        "hint: if it is the same project, --upstream-project {0}; if it is yours alone, --private {0}",
        subject));
  } else if (note.kind == UpstreamNote::Kind::newer) {
    print_warning(fmt::format("{}: its pages are of a newer version of the index API", subject));
    print_line("hint: something that they say may be missing; is there a newer wheelfix?");
  } else {
    print_warning(fmt::format("{}: has none of these projects", subject));
    print_line("hint: is it the URL of a simple index, like https://pypi.org/simple?");
  }
}

}  // namespace

void tell(const IndexReport& report, const CommandLine& line) {
  const bool is_check = line.has("check");
  for (const auto& file : report.left_out) {
    print_warning(fmt::format("{}: {}; left out", printable(file.path), file.message));
    if (!file.hint.empty()) print_line("hint: " + file.hint);
  }
  for (const auto& note : report.notes) tell_note(note);
  if (line.verbosity() == Verbosity::verbose && !is_check) say(listing(report));
  if (line.verbosity() != Verbosity::quiet) print_line(counts(report, is_check));
}

void print_result(const IndexReport& report, const std::string& url, const CommandLine& line) {
  if (line.json())
    print_json(to_json(report, url));
  else if (line.has("check"))
    print(listing(report));
  else
    print((url.empty() ? report.output.string() : url) + "\n");
}

}  // namespace cli
