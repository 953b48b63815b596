#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <wheelfix/doctor.hpp>

#include "common/console.hpp"
#include "common/cuda_runtime.hpp"
#include "common/options.hpp"
#include "wheelfix/commands.hpp"

namespace cli {

namespace {

using namespace wheelfix;

constexpr auto description =
    "Says what will fail to load in a set of wheels, and why, before anything is installed: follows the\n"
    "dynamic loader's rules for each extension module, and runs none of the wheels' code. Give all wheels "
    "of\n"
    "the set, as pip resolves it. In a folder of installed packages it compares the files with RECORD. Exit\n"
    "status 1 if it finds an error.\n";

constexpr auto example =
    "  pip download -d wheels torch==2.1.0\n"
    "  wheelfix doctor --layout split wheels/*.whl\n";

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
  /// The last goes first.
  void bring_forward() {
    if (!list_.empty()) std::rotate(list_.begin(), list_.end() - 1, list_.end());
  }

  const std::vector<std::string>& list() const { return list_; }
  std::size_t size() const { return list_.size(); }
  const std::string& operator[](std::size_t index) const { return list_[index]; }

 private:
  std::vector<std::string> list_;
  std::unordered_set<std::string> known_;
};

/// Findings that say the same in the first line of their messages, printed once with the places that have it.
struct Cause {
  Severity severity;
  std::string headline;
  Texts details = {};  // the lines after that one, which dyld has
  Texts codes = {}, hints = {}, places = {};
  std::vector<const Finding*> cut = {};  // those that are followed by more of their kind
};

/// The gravest first; else in the findings' order.
std::vector<Cause> group(const std::vector<Finding>& findings) {
  std::vector<Cause> causes;
  std::map<std::pair<Severity, std::string>, std::size_t> known;
  for (const auto& finding : findings) {
    const auto end = std::min(finding.message.find('\n'), finding.message.size());
    const auto headline = finding.message.substr(0, end);
    const auto [found, is_new] = known.emplace(std::pair(finding.severity, headline), causes.size());
    if (is_new) causes.push_back({finding.severity, headline});
    auto& cause = causes[found->second];
    cause.details.add(finding.message.substr(end));
    cause.codes.add(std::string(to_string(finding.code)));
    cause.hints.add(finding.hint);
    // The one that knows all that need a library goes first.
    if (finding.code == FindingCode::missing_library) cause.hints.bring_forward();
    cause.places.add(place(finding));
    if (finding.more > 0) cause.cut.push_back(&finding);
  }
  std::ranges::stable_sort(causes, {}, &Cause::severity);
  return causes;
}

std::string report(const std::vector<Finding>& findings, bool is_verbose) {
  const std::size_t most = is_verbose ? findings.size() : 4;
  std::string text;
  for (const auto& cause : group(findings)) {
    text += fmt::format("{}: {} [{}]\n", to_string(cause.severity), cause.headline,
                        fmt::join(cause.codes.list(), ", "));
    for (std::size_t i = 0; i < std::min(cause.details.size(), is_verbose ? most : 1); ++i)
      text += cause.details[i].substr(1) + "\n";
    for (std::size_t i = 0; i < std::min(cause.places.size(), most); ++i)
      text += fmt::format("  in {}\n", cause.places[i]);
    if (cause.places.size() > most)
      text += fmt::format("  and in {} more (-v lists all)\n", cause.places.size() - most);
    const auto hints = std::min(cause.hints.size(), is_verbose ? most : 1);
    for (std::size_t i = 0; i < hints; ++i) text += fmt::format("  hint: {}\n", cause.hints[i]);
    for (const auto* finding : cause.cut)
      text += fmt::format("and {} more [{}] (-v lists all)\n", finding->more, to_string(finding->code));
  }
  return text;
}

/// A graph and a preload order are printed in place of findings, and each in place of the other.
void refuse_unused(const CommandLine& line, bool is_graph) {
  const bool is_order = line.has("print-preload-order");
  if (is_graph && is_order) line.refuse("--format dot and --print-preload-order can't be combined");
  if (!is_graph && !is_order) return;
  for (const auto* option : {"host", "python", "json"}) {
    if (line.has(option))
      line.refuse(
          fmt::format("--{} is for findings, and can't be combined with a graph or a preload order", option));
  }
  if (is_order && line.has("sysroot"))
    line.refuse("--sysroot can't be combined with a preload order, which has only the wheels' libraries");
}

}  // namespace

int run_doctor(int argc, char** argv) {
  CommandLine line("wheelfix doctor", "[OPTION...] WHEEL|SITE_PACKAGES...", description, example);
  line.add(
      {{"layout", "layout of the wheels: shared (default), symlinks, split, or split:TEMPLATE with {name}",
        "LAYOUT"},
       {"python", "check whether this Python takes the wheels; a tag like cp313t, or a path", "TAG|PATH"},
       {"sysroot", "root folder of the system's files, / for this machine (default: what the tags promise)",
        "DIR"},
       {"format", "text (default), or dot: the dependency graph for Graphviz", "FORMAT"},
       {"host", "check whether this machine's NVIDIA driver and GPUs suit the wheels"},
       {"print-preload-order", "print the libraries that the modules need, each after those that it needs"}});
  line.add_jobs();
  line.add_limits();
  line.add_json();
  if (!line.parse(argc, argv)) return 0;
  if (line.positionals().empty()) line.refuse("no wheel is given");

  const std::vector<std::filesystem::path> wheels(line.positionals().begin(), line.positionals().end());
  const DoctorOptions options{
      .layout = Layout::parse(line.text("layout", "shared")),
      .python = line.has("python") ? std::optional(line.text("python")) : std::nullopt,
      .sysroot = line.text("sysroot"),
      .host =
          line.has("host") ? std::optional(HostCudaOptions{.own_runtime = own_cuda_runtime()}) : std::nullopt,
      .limits = line.limits(),
      .jobs = line.jobs(),
      .progress = progress_line(line.verbosity())};
  const auto format = line.text("format", "text");
  if (format != "text" && format != "dot")
    line.refuse(fmt::format("--format must be text or dot, not '{}'", format));
  refuse_unused(line, format == "dot");
  if (line.has("print-preload-order")) {
    for (const auto& entry : preload_entries(wheels, options)) print(printable(entry) + "\n");
    return 0;
  }
  if (format == "dot") return print(dependency_graph(wheels, options)), 0;
  const auto findings = examine(wheels, options).findings;
  if (line.json()) {
    print_json({{"findings", to_json(findings)}});
  } else if (!findings.empty()) {
    print(report(findings, line.verbosity() == Verbosity::verbose));
  } else if (line.verbosity() != Verbosity::quiet) {
    print("nothing found\n");
  }
  return has_error(findings) ? 1 : 0;
}

}  // namespace cli
