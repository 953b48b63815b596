#include "loader/symbol_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_map>

#include "loader/definition_rules.hpp"

namespace wheelfix {
namespace {

class Binding {
 public:
  Binding(const LoaderSystem& system, SymbolIndex& index, const std::vector<SymbolObject>& objects,
          const BindRequest& request)
      : is_glibc_(system.kind == LoaderKind::glibc),
        system_(system),
        rules_(definition_rules(system.kind)),
        index_(index),
        objects_(objects),
        request_(request),
        local_(local_scope(objects, request.root)) {
    for (const auto object : request.global_scope) enter(object);
    for (const auto object : local_) enter(object);
  }

  std::optional<SymbolFailure> run() {
    if (is_glibc_)
      if (auto failure = check_versions()) return failure;
    for (const auto object : order())
      if (auto failure = bind(object)) return failure;
    return std::nullopt;
  }

 private:
  static constexpr auto nowhere = std::numeric_limits<std::uint32_t>::max();

  bool is_new(std::size_t object) const { return object >= request_.first_new; }
  const SymbolFile& file_of(std::size_t object) const { return index_.file(*objects_[object].file); }

  /// Adds an object to what is searched.
  void enter(std::size_t object) {
    const auto file = objects_[object].file;
    has_c_library_ = has_c_library_ || is_c_library(objects_[object]);
    if (!file) {
      const auto& path = objects_[object].path;
      if (is_glibc_ && path == system_.loader) return;
      const bool is_promised = objects_[object].is_promised && !system_.unversioned.contains(path) &&
                               !system_.driver.contains(path);
      (is_promised ? has_promised_ : has_unknown_) = true;
      return;
    }
    if (*file >= places_.size()) places_.resize(*file + std::size_t{1}, nowhere);
    if (places_[*file] != nowhere) return;
    searched_.push_back(object);
    places_[*file] = static_cast<std::uint32_t>(searched_.size());
    if (is_glibc_ && index_.file(*file).versions.empty())
      unversioned_.insert(objects_[object].names.begin(), objects_[object].names.end());
  }

  static bool is_c_library(const SymbolObject& object) {
    return std::ranges::any_of(object.names, [](std::string_view name) { return name.starts_with("libc."); });
  }

  std::optional<SymbolFailure> check_versions() const {
    std::unordered_map<std::string_view, std::size_t> named;  // the first that has it
    for (std::size_t object = 0; object < objects_.size(); ++object) {
      named.emplace(objects_[object].path, object);
      for (const auto& name : objects_[object].names) named.emplace(name, object);
    }
    for (const auto object : local_) {
      if (!is_new(object) || !objects_[object].file) continue;
      for (const auto& need : file_of(object).symbols->versions_needed) {
        const auto provider = named.find(need.file);
        if (provider == named.end() && may_be_around(need.file)) continue;
        if (provider == named.end()) return no_file(object, need.file);
        if (auto failure = check_versions(object, need, objects_[provider->second])) return failure;
      }
    }
    return std::nullopt;
  }

  /// The loader itself always is, and an interpreter that isn't known may have loaded what the system has.
  bool may_be_around(std::string_view file) const {
    return file == system_.loader ||
           (!request_.has_program && (system_.promised.contains(file) || system_.cache.contains(file)));
  }

  static SymbolFailure no_file(std::size_t object, std::string_view file) {
    return {.kind = SymbolFailure::Kind::abort,
            .message =
                "Inconsistency detected by ld.so: dl-version.c: _dl_check_map_versions: Assertion `needed "
                "!= NULL' failed!",
            .object = object,
            .symbol = {},
            .version = std::string(file)};
  }

  /// A library without versions passes.
  std::optional<SymbolFailure> check_versions(std::size_t object, const elf::VersionsOfFile& need,
                                              const SymbolObject& provider) const {
    if (!provider.file) return std::nullopt;
    const auto& defined = index_.file(*provider.file).symbols->versions_defined;
    if (defined.empty()) return std::nullopt;
    for (const auto& version : need.versions) {
      if (version.is_weak ||
          std::ranges::find(defined, version.name, &elf::DefinedVersion::name) != defined.end())
        continue;
      return SymbolFailure{.kind = SymbolFailure::Kind::missing_version,
                           .message = fmt::format("{}: version `{}' not found (required by {})",
                                                  provider.path, version.name, objects_[object].path),
                           .object = object,
                           .symbol = {},
                           .version = std::string(version.name)};
    }
    return std::nullopt;
  }

  /// The new objects as they are relocated.
  std::vector<std::size_t> order() const {
    if (is_glibc_) return needed_first();
    std::vector<std::size_t> all;
    for (auto object = request_.first_new; object < objects_.size(); ++object) all.push_back(object);
    return all;
  }

  /// Depth first, from the last object of the local scope on; the root comes last, whatever needs it.
  std::vector<std::size_t> needed_first() const {
    std::vector<std::size_t> done;
    std::vector<bool> visited(objects_.size());
    visited[request_.root] = true;
    for (auto start = local_.rbegin(); start != local_.rend(); ++start) visit(*start, visited, done);
    done.push_back(request_.root);
    std::erase_if(done, [&](std::size_t object) { return !is_new(object); });
    return done;
  }

  void visit(std::size_t start, std::vector<bool>& visited, std::vector<std::size_t>& done) const {
    struct Step {
      std::size_t object;
      std::size_t next = 0;
    };
    std::vector<Step> steps;
    const auto enter_step = [&](std::size_t object) {
      if (visited[object]) return;
      visited[object] = true;
      steps.push_back({object});
    };
    enter_step(start);
    while (!steps.empty()) {
      auto& step = steps.back();
      const auto& needed = objects_[step.object].needed;
      if (step.next < needed.size()) {
        enter_step(needed[step.next++]);
        continue;
      }
      done.push_back(step.object);
      steps.pop_back();
    }
  }

  std::optional<SymbolFailure> bind(std::size_t object) {
    if (!objects_[object].file) return std::nullopt;
    const auto file = *objects_[object].file;
    if (const auto& known = index_.bound_by(file); known && has(*known) && !may_abort(object))
      return std::nullopt;
    bound_by_ = {};
    bound_by_.absent_in_python = request_.absent_in_python;
    if (auto failure = bind_all(object)) return failure;
    std::ranges::sort(bound_by_.files);
    bound_by_.files.erase(std::unique(bound_by_.files.begin(), bound_by_.files.end()), bound_by_.files.end());
    index_.bound_by(file) = bound_by_;
    return std::nullopt;
  }

  /// Whether what a file's symbols were bound by before is in the scope.
  bool has(const BoundBy& known) const {
    return known.absent_in_python == request_.absent_in_python &&
           (!known.needs_promised || has_promised_ || has_unknown_) &&
           (!known.needs_unknown || has_unknown_) &&
           std::ranges::all_of(known.files, [&](std::uint32_t file) {
             return file < places_.size() && places_[file] != nowhere;
           });
  }

  /// It needs versions of a file that has none at all: see has_lost_versions. If that one is searched earlier
  /// than before, it matters.
  bool may_abort(std::size_t object) const {
    const auto& needed = file_of(object).symbols->versions_needed;
    return !unversioned_.empty() && std::ranges::any_of(needed, [&](const elf::VersionsOfFile& need) {
      return unversioned_.contains(need.file);
    });
  }

  std::optional<SymbolFailure> bind_all(std::size_t object) {
    const auto& symbols = *file_of(object).symbols;
    const auto* first = &symbols.bound;
    const auto* then = &symbols.bound_calls;
    if (!is_glibc_) std::swap(first, then);
    auto& place = places_[*objects_[object].file];
    const auto place_for_others = place;
    if (is_glibc_ && symbols.is_symbolic) place = 0;
    for (const auto* numbers : {first, then})
      for (const auto number : *numbers)
        if (auto failure = bind(object, number)) return failure;
    place = place_for_others;
    return std::nullopt;
  }

  std::optional<SymbolFailure> bind(std::size_t object, std::uint32_t number) {
    const auto& file = file_of(object);
    const auto& symbol = file.symbols->symbols[number];
    if (symbol.binding == STB_LOCAL || (is_glibc_ && !is_visible(symbol))) return std::nullopt;
    const bool is_defined = !symbol.is_undefined && number >= file.symbols->first_exported;
    if (is_defined && rules_.is_definition(symbol) && (is_glibc_ || has_default_version(symbol)))
      return std::nullopt;  // it is in the scope itself
    const Wanted wanted{file.symbols->name_of(symbol), symbol.hash,
                        is_glibc_ ? file.versions.of(symbol) : nullptr};
    const auto found = find(wanted);
    if (found.aborts) return lost_versions(object, wanted);
    const bool may_be_missing = symbol.binding == STB_WEAK && (is_glibc_ || symbol.is_undefined);
    if (found.place != nowhere) bound_by_.files.push_back(found.file);
    if (found.place != nowhere || may_be_missing || may_be_elsewhere(wanted)) return std::nullopt;
    return undefined(object, wanted);
  }

  /// In what isn't known of the scope.
  bool may_be_elsewhere(const Wanted& wanted) {
    if (request_.absent_in_python != nullptr && request_.absent_in_python->contains(wanted.name))
      return false;
    const bool may_be_of_python =
        !request_.has_program && (wanted.name.starts_with("Py") || wanted.name.starts_with("_Py"));
    const bool is_of_loader =
        is_glibc_ && (wanted.name == "__tls_get_addr" ||
                      (wanted.version != nullptr && wanted.version->file == system_.loader));
    if (is_of_loader) return true;
    if (may_be_of_python || has_unknown_) {
      bound_by_.needs_unknown = bound_by_.needs_unknown || !may_be_of_python;
      return true;
    }
    bound_by_.needs_promised = true;
    if (wanted.version != nullptr) return has_promised_;
    const bool has_c_library = has_c_library_ && !has_promised_ && request_.has_program;
    return !has_c_library && is_promised(wanted.name);
  }

  /// Whether the C library, or another that the system promises, may define a symbol without a version. A
  /// library that was linked to one without versions, as an image for building has it, wants it so.
  bool is_promised(std::string_view name) const {
    if (system_.symbols.contains(name)) return true;
    return is_glibc_ && (name.starts_with("__") || is_of_standard_cxx(name));
  }

  struct Found {
    std::uint32_t place = nowhere;  ///< of the first object that has it
    std::uint32_t file = nowhere;   ///< its file
    bool aborts = false;
  };

  Found find(const Wanted& wanted) {
    Found best;
    auto file = nowhere;
    definitions_.clear();
    const auto settle = [&] {
      if (definitions_.empty()) return;
      const bool aborts = has_lost_versions(wanted, file);
      if (aborts || rules_.fits(wanted, index_.file(file), definitions_))
        best = {places_[file], file, aborts};
      definitions_.clear();
    };
    index_.for_each_definition(wanted.name, wanted.hash, [&](const SymbolIndex::Definition& definition) {
      if (definition.file != file) settle();
      file = definition.file;
      const auto& symbol = index_.symbol(definition);
      if (file < places_.size() && places_[file] < best.place && rules_.is_definition(symbol))
        definitions_.push_back(&symbol);
    });
    settle();
    return best;
  }

  /// The file is the one that a version is needed of, and has no versions at all.
  bool has_lost_versions(const Wanted& wanted, std::uint32_t file) const {
    if (wanted.version == nullptr || wanted.version->file.empty() || !index_.file(file).versions.empty() ||
        places_[file] == 0)
      return false;
    const auto& names = objects_[searched_[places_[file] - 1]].names;
    return std::ranges::find(names, wanted.version->file) != names.end();
  }

  static SymbolFailure lost_versions(std::size_t object, const Wanted& wanted) {
    return {.kind = SymbolFailure::Kind::abort,
            .message =
                "Inconsistency detected by ld.so: dl-lookup.c: check_match: Assertion `version->filename == "
                "NULL || ! _dl_name_match_p (version->filename, map)' failed!",
            .object = object,
            .symbol = std::string(wanted.name),
            .version = std::string(wanted.version->name)};
  }

  SymbolFailure undefined(std::size_t object, const Wanted& wanted) const {
    const auto& path = objects_[object].path;
    const std::string version(wanted.version == nullptr ? std::string_view() : wanted.version->name);
    const auto suffix = version.empty() ? "" : ", version " + version;
    return {.kind = SymbolFailure::Kind::undefined_symbol,
            .message = is_glibc_
                           ? fmt::format("{}: undefined symbol: {}{}", path, wanted.name, suffix)
                           : fmt::format("Error relocating {}: {}: symbol not found", path, wanted.name),
            .object = object,
            .symbol = std::string(wanted.name),
            .version = version};
  }

  bool is_glibc_;
  const LoaderSystem& system_;
  const DefinitionRules& rules_;
  SymbolIndex& index_;
  const std::vector<SymbolObject>& objects_;
  const BindRequest& request_;
  std::vector<std::size_t> local_;
  std::vector<std::size_t> searched_;  // one object a file, in their order
  std::vector<std::uint32_t> places_;  // by file: its place in that order, from 1 on
  std::set<std::string_view> unversioned_;  // names of those without any version; for glibc alone
  bool has_promised_ = false;  // something that the system promises, whose symbols without versions are known
  bool has_unknown_ = false;   // something that may define any symbol
  bool has_c_library_ = false;
  BoundBy bound_by_;         // of the file that is bound now
  Definitions definitions_;  // of one file
};

}  // namespace

std::vector<std::size_t> local_scope(const std::vector<SymbolObject>& objects, std::size_t root) {
  std::vector<std::size_t> scope = {root};
  std::vector<bool> known(objects.size());
  known[root] = true;
  for (std::size_t i = 0; i < scope.size(); ++i)
    for (const auto object : objects[scope[i]].needed) {
      if (!known[object]) scope.push_back(object);
      known[object] = true;
    }
  return scope;
}

std::optional<SymbolFailure> first_symbol_failure(const LoaderSystem& system, SymbolIndex& index,
                                                  const std::vector<SymbolObject>& objects,
                                                  const BindRequest& request) {
  return Binding(system, index, objects, request).run();
}

}  // namespace wheelfix
