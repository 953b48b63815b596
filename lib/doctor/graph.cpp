#include <fmt/format.h>

#include <map>
#include <set>
#include <wheelfix/doctor.hpp>
#include <wheelfix/imports.hpp>

#include "base/hidden_character.hpp"
#include "base/text.hpp"
#include "doctor/read_set.hpp"
#include "environment/library_index.hpp"

namespace wheelfix {
namespace {

/// A text as a quoted DOT string; labels have HTML's entities.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : escaped(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
    if (c == '&') out += "amp;";
  }
  return out + '"';
}

/// What the extension modules of a set need, and what Python files load on import, in Graphviz's language.
class Graph {
 public:
  explicit Graph(const WheelSet& set) : set_(set), names_(set.placed) {
    for (const auto& root : import_roots(set.placed)) add(root.path);
    for (const auto& load : set.loads.by_path) {
      if (set.placed.find(load.on_import) != nullptr) add(load.on_import);
    }
  }

  std::string to_string() const {
    std::string out =
        "digraph wheels {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  node [shape=box, "
        "fontname=\"sans-serif\"];\n";
    for (const auto& [wheel, entries] : nodes_) {
      const auto& name = set_.wheels[wheel].wheel().name();
      out += fmt::format("  subgraph cluster_{} {{\n    label={};\n", wheel,
                         dot_string(name.distribution() + " " + name.version_text()));
      for (const auto& entry : entries) {
        const bool is_module = extension_suffix(entry).has_value();
        out += fmt::format("    {} [label={}{}];\n", node(wheel, entry),
                           dot_string(is_module ? entry : file_name(entry)), is_module ? ", style=bold" : "");
      }
      out += "  }\n";
    }
    for (const auto& name : missing_)
      out += fmt::format("  {} [label={}, color=red, fontcolor=red, style=dashed];\n",
                         dot_string("missing:" + name), dot_string(name));
    for (const auto& [id, name] : brought_)
      out += fmt::format("  {} [label={}, style=dashed];\n", dot_string(id), dot_string(name));
    for (const auto& [edge, is_broken] : edges_)
      out += fmt::format("  {} -> {}{};\n", edge.first, edge.second, is_broken ? " [color=red]" : "");
    return out + "}\n";
  }

 private:
  static std::string node(std::size_t wheel, const std::string& entry) {
    return dot_string(fmt::format("{}:{}", wheel, entry));
  }

  /// The node of the library at a path, added if missing; empty for what isn't in the wheels.
  std::string node_at(const std::string& path) {
    const auto* library = set_.placed.find_loaded(path);
    if (library == nullptr) return {};
    nodes_[library->wheel].insert(library->entry);
    return node(library->wheel, library->entry);
  }

  void add(const std::string& path) {
    Process process(set_.placed.files(), set_.system, set_.environment);
    const auto loaded = process.load(path, {.caller = {}, .on_failure = LoadOptions::OnFailure::go_on});
    node_at(path);
    const auto& objects = process.objects();
    for (const auto& resolution : loaded.resolutions) {
      if (!resolution.needed_by) continue;
      const auto from = node_at(objects.at(*resolution.needed_by).path);
      if (is_brought(resolution.found_by)) {
        const auto id = fmt::format("{}:{}", wheelfix::to_string(resolution.found_by), resolution.name);
        brought_[id] = resolution.name;
        edges_[std::pair(from, dot_string(id))] = false;
      } else if (const auto to = node_at(objects.at(resolution.object).path); !from.empty() && !to.empty()) {
        edges_[std::pair(from, to)] = false;
      }
    }
    for (const auto& failure : loaded.failures) {
      if (failure.chain.empty()) continue;
      const auto from = node_at(failure.chain.back());
      if (const auto* library = names_.best(failure.name, set_.system)) {
        edges_[std::pair(from, node_at(library->path))] = true;
        continue;
      }
      missing_.insert(failure.name);
      edges_[std::pair(from, dot_string("missing:" + failure.name))] = true;
    }
  }

  const WheelSet& set_;
  LibraryIndex names_;
  std::map<std::size_t, std::set<std::string>> nodes_;
  std::set<std::string> missing_;
  std::map<std::string, std::string> brought_;                 ///< names by node
  std::map<std::pair<std::string, std::string>, bool> edges_;  ///< true for a broken one
};

}  // namespace

std::string dependency_graph(const std::vector<std::filesystem::path>& wheels, const DoctorOptions& options) {
  return Graph(*read_set(wheels, options)).to_string();
}

}  // namespace wheelfix
