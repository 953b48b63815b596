#include <algorithm>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/loader.hpp>

#include "loader/loaded_set.hpp"
#include "loader/search_entry.hpp"
#include "loader/search_rules.hpp"
#include "loader/symbol_process.hpp"

namespace wheelfix {
namespace {

std::unique_ptr<SearchRules> rules_of(const LoaderContext& context) {
  switch (context.system.kind) {
    case LoaderKind::glibc:
      return glibc_rules(context);
    case LoaderKind::musl:
      return musl_rules(context);
    case LoaderKind::dyld:
      return dyld_rules(context);
    case LoaderKind::windows:
      return windows_rules(context);
  }
  throw Error(ErrorCode::usage, "loader", "has an unknown kind");
}

std::unique_ptr<SymbolProcess> symbol_process_of(const LoaderSystem& system, SymbolTables& tables) {
  switch (system.kind) {
    case LoaderKind::glibc:
    case LoaderKind::musl:
      return elf_symbol_process(system, tables);
    case LoaderKind::dyld:
      return dyld_symbol_process(system, tables);
    case LoaderKind::windows:
      return pe_symbol_process(system, tables);
  }
  throw Error(ErrorCode::usage, "loader", "has an unknown kind");
}

}  // namespace

std::string absolute_path(const LoaderContext& context, const std::string& path) {
  return path.starts_with('/') ? path : context.environment.working_directory + "/" + path;
}

const TreeNode* find_path(const LoaderContext& context, const std::string& path) {
  return context.files.find(absolute_path(context, path));
}

FoundFile promised_library(const LoaderContext& context, const std::string& name, FoundBy found_by) {
  auto content = std::make_shared<FileContent>();
  content->info.machine = context.system.machine;
  content->info.bits = context.system.bits;
  content->info.is_dynamic = true;
  content->info.soname = name;
  return {.path = name, .node = nullptr, .content = std::move(content), .found_by = found_by};
}

Answer already_loaded(const NameRequest& request, std::size_t object, const FoundFile* found) {
  Resolution resolution{.name = request.name, .needed_by = request.needed_by, .object = object};
  resolution.found_by = found != nullptr ? FoundBy::loaded_file : FoundBy::loaded_name;
  if (found != nullptr) {
    resolution.path = found->path;
    resolution.path_of = found->path_of;
    resolution.entry = found->entry;
  }
  return {.loaded = std::move(resolution)};
}

struct Process::State {
  State(const FileTree& tree, const LoaderSystem& its_system, LoaderEnvironment its_environment,
        SymbolTables* its_symbols)
      : files(tree),
        system(its_system),
        environment(std::move(its_environment)),
        symbols(its_symbols),
        rules(rules_of({files, system, environment})) {
    if (symbols != nullptr) binding = symbol_process_of(system, *symbols);
  }
  State(const State& other) : State(other.files, other.system, other.environment, other.symbols) {
    loaded = other.loaded;
    if (other.binding) binding = other.binding->copy();
  }

  /// Maps what was found and returns its number.
  std::size_t map(const NameRequest& request, const FoundFile& found) {
    const bool is_program = found.found_by == FoundBy::start;  // the kernel reports its path without symlinks
    const auto origin = is_program ? folder_of(found.node->path()) : rules->origin_of(found);
    const auto object = loaded.add({.path = found.path,
                                    .file = found.node,
                                    .content = found.content,
                                    .needed_by = request.needed_by,
                                    .slice = found.slice},
                                   origin, request.caller);
    rules->enter(object, request, found.found_by, loaded);
    return object;
  }

  void settle(const NameRequest& request, Answer answer, LoadResult& result) {
    if (answer.loaded) {
      result.resolutions.push_back(std::move(*answer.loaded));
    } else if (answer.found) {
      auto& found = *answer.found;
      const auto object = map(request, found);
      result.resolutions.push_back({.name = request.name,
                                    .needed_by = request.needed_by,
                                    .object = object,
                                    .found_by = found.found_by,
                                    .path = found.path,
                                    .path_of = found.path_of,
                                    .entry = std::move(found.entry)});
    } else if (!answer.failure.empty()) {
      result.failures.push_back({.message = std::move(answer.failure), .name = request.name});
      needing.push_back(request.needed_by);
    }
  }

  /// Adds to each failure what needs its name. What needs something in a request was mapped by it.
  void add_chains(LoadResult& result) {
    if (result.ok()) return;
    auto links = std::make_shared<std::vector<LoadChain::Link>>();
    for (const auto& object : result.mapped) {
      links->push_back({.path = object.path, .needed_by = object.needed_by});
      if (object.needed_by) *links->back().needed_by -= result.first_object;
    }
    for (std::size_t i = 0; i < result.failures.size(); ++i)
      if (needing[i]) result.failures[i].chain = LoadChain(links, *needing[i] - result.first_object);
  }

  /// Loads all that an object itself needs.
  void load_direct(std::size_t object, bool at_start, const LoadOptions& options, LoadResult& result) {
    const auto content =
        loaded.objects()[object].content;  // kept, because the list of objects moves when it grows
    const auto& info = loaded.objects()[object].info();
    for (std::size_t i = 0; i < info.needed.size(); ++i) {
      NameRequest request{.name = info.needed[i], .needed_by = object, .caller = {}, .at_start = at_start};
      if (i < info.needed_kinds.size()) request.kind = info.needed_kinds[i];
      if (request.kind == NeededKind::lazy) continue;
      files.count_question();
      settle(request, rules->resolve(request, loaded), result);
      if (is_over(options, result)) return;
    }
  }

  /// Loads all that the objects from `first` on need.
  void load_needed(std::size_t first, bool at_start, const LoadOptions& options, LoadResult& result) {
    std::vector<std::size_t> waiting;  // the next one last
    for (auto object = first; object < loaded.objects().size();) {
      const auto before = loaded.objects().size();
      load_direct(object, at_start, options, result);
      if (is_over(options, result)) return;
      if (!rules->is_depth_first()) {
        ++object;
        continue;
      }
      for (auto added = loaded.objects().size(); added > before; --added) waiting.push_back(added - 1);
      if (waiting.empty()) return;
      object = waiting.back();
      waiting.pop_back();
    }
  }

  /// Loads the libraries that others forward symbols to. One that isn't found is no failure of the search:
  /// the symbol is missing then.
  void load_forwarded(const LoadOptions& options, LoadResult& result) {
    std::set<SymbolProcess::NameOfObject> asked;
    for (bool is_done = false; !is_done && !is_over(options, result);) {
      take_mapped(result);
      is_done = true;
      const auto before = loaded.objects().size();
      for (const auto& forward : binding->forwards(result)) {
        if (!asked.insert(forward).second) continue;
        const NameRequest request{.name = forward.first, .needed_by = forward.second, .caller = {}};
        auto answer = rules->resolve(request, loaded);
        if (answer.failure.empty()) settle(request, std::move(answer), result);
        is_done = false;
      }
      load_needed(before, false, options, result);
    }
  }

  void take_mapped(LoadResult& result) const {
    const auto& objects = loaded.objects();
    result.mapped.assign(objects.begin() + static_cast<std::ptrdiff_t>(result.first_object), objects.end());
  }

  static bool is_over(const LoadOptions& options, const LoadResult& result) {
    return !result.ok() && options.on_failure == LoadOptions::OnFailure::give_up;
  }

  /// Binds the symbols of what was loaded, as far as that didn't fail before.
  void bind(bool at_start, const LoadOptions& options, LoadResult& result) {
    if (is_over(options, result)) return;
    const auto failure = binding->load(result, {.at_start = at_start, .is_global = options.is_global});
    if (!failure || options.on_failure == LoadOptions::OnFailure::go_on) return;
    const bool is_version = failure->kind != SymbolFailure::Kind::undefined_symbol;
    result.failures.push_back({.message = failure->message,
                               .name = is_version ? failure->version : failure->symbol,
                               .kind = is_version ? LoadFailure::Kind::version : LoadFailure::Kind::symbol});
    needing.push_back(failure->object);
  }

  LoadResult request(const NameRequest& request, Answer answer, const LoadOptions& options) {
    LoadResult result{
        .first_object = loaded.objects().size(), .mapped = {}, .resolutions = {}, .failures = {}};
    needing.clear();
    settle(request, std::move(answer), result);
    if (result.ok()) load_needed(result.first_object, request.at_start, options, result);
    if (binding && result.ok()) load_forwarded(options, result);
    take_mapped(result);
    if (binding) bind(request.at_start, options, result);
    add_chains(result);
    if (is_over(options, result)) loaded.truncate(result.first_object);
    return result;
  }

  const FileTree& files;
  const LoaderSystem& system;
  const LoaderEnvironment environment;
  LoadedSet loaded;
  SymbolTables* symbols;
  std::unique_ptr<SymbolProcess> binding;  ///< of the same objects
  std::unique_ptr<SearchRules> rules;
  std::vector<std::optional<std::size_t>> needing;  ///< by the request's failures: the object
};

std::vector<std::string> LoadChain::paths() const {
  std::vector<std::string> paths;
  if (empty()) return paths;
  for (auto at = std::optional(last_); at; at = (*links_)[*at].needed_by)
    paths.push_back((*links_)[*at].path);
  std::reverse(paths.begin(), paths.end());
  return paths;
}

Process::Process(const FileTree& files, const LoaderSystem& system, LoaderEnvironment environment,
                 SymbolTables* symbols)
    : state_(std::make_unique<State>(files, system, std::move(environment), symbols)) {
  if (const auto& program = state_->environment.program; !program.empty())
    start(program, {.caller = {}, .on_failure = LoadOptions::OnFailure::go_on});
}

Process::Process(const Process& other) : state_(std::make_unique<State>(*other.state_)) {}

Process::~Process() = default;

LoadResult Process::start(const std::string& program, const LoadOptions& options) {
  auto& state = *state_;
  if (!state.loaded.objects().empty())
    throw Error(ErrorCode::usage, program, "can't be started in a process that has loaded something");
  const NameRequest request{.name = program, .needed_by = {}, .caller = {}, .at_start = true};
  auto answer = state.rules->resolve(request, state.loaded);
  if (answer.found) {
    answer.found->found_by = FoundBy::start;
    state.loaded.set_program();
  }
  return state.request(request, std::move(answer), options);
}

LoadResult Process::load(const std::string& name, const LoadOptions& options) {
  auto& state = *state_;
  const auto caller = options.caller ? options.caller : state.loaded.program();
  const NameRequest request{.name = name, .needed_by = {}, .caller = caller};
  return state.request(request, state.rules->resolve(request, state.loaded), options);
}

const std::vector<LoadedObject>& Process::objects() const {
  return state_->loaded.objects();
}

}  // namespace wheelfix
