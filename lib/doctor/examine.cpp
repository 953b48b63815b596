#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <wheelfix/applied_changes.hpp>
#include <wheelfix/doctor.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/preload_order.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "doctor/absent_python_symbols.hpp"
#include "doctor/cuda_checks.hpp"
#include "doctor/cuda_host_checks.hpp"
#include "doctor/editable_checks.hpp"
#include "doctor/examination.hpp"
#include "doctor/examined_packages.hpp"
#include "doctor/import_hints.hpp"
#include "doctor/installed_checks.hpp"
#include "doctor/installed_set.hpp"
#include "doctor/load_paths.hpp"
#include "doctor/opened_libraries.hpp"
#include "doctor/other_systems.hpp"
#include "doctor/overridden_checks.hpp"
#include "doctor/program_checks.hpp"
#include "doctor/python_target.hpp"
#include "doctor/read_set.hpp"
#include "doctor/stable_abi_checks.hpp"
#include "doctor/symbol_failures.hpp"
#include "doctor/symbol_search.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"
#include "environment/set_symbols.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

class Examiner {
 public:
  Examiner(const std::vector<std::filesystem::path>& inputs, const DoctorOptions& options)
      : inputs_(inputs), options_(options), limits_(options.limits), findings_({}, options.limits.max_alike) {
    findings_.ignore(options.ignore);
    // A check's own counts say nothing of what a glob covers.
    if (!options.ignore.empty()) limits_.max_alike = FindingSink::no_limit;
  }

  Examination run() {
    if (options_.python) python_ = python_target(*options_.python);
    SetReader reader(options_, python_ ? described(*python_) : "");
    open_wheels(reader);
    if (reader.has_wheels()) {
      auto set = reader.read();
      binds_ = reader.is_known_to_bind();
      check_set(std::move(set));
    }
    auto result = finish();
    if (set_) reader.keep(*set_, binds_);
    return result;
  }

  Examination run_installed() {
    auto installed = read_installed(inputs_, options_, limits_);
    python_ = std::move(installed.python);
    result_.environment = std::move(installed.environment);
    findings_.add(std::move(installed.findings));
    if (installed.set) check_set(std::move(installed.set));
    auto result = finish();
    if (set_) installed.cache->keep(*set_);
    return result;
  }

 private:
  Examination finish() {
    result_.ignored = findings_.ignored();
    result_.findings = findings_.take();
    result_.causes = causes_of(result_.findings);
    if (set_) result_.load_paths = load_paths({*set_, *names_, imports_, missing_}, result_.findings);
    if (set_ && options_.lists_packages) result_.packages = examined_packages(*set_);
    return std::move(result_);
  }

  void check_set(std::unique_ptr<WheelSet> set) {
    set_ = std::move(set);
    names_.emplace(*set_);
    const auto cuda = read_cuda_wheels(*set_);
    ask_host(cuda);
    if (set_->other_sysroot) findings_.add(other_sysroot(*set_, options_.sysroot));
    auto roots = import_roots(set_->placed);
    std::erase_if(roots, [&](const ImportRoot& root) { return !is_examined(*set_, root.wheel); });
    describe(roots);
    missing_ = missing_libraries(*set_, *names_);
    search_.emplace(*set_, sysroot());
    doubts_.emplace(*set_, *names_, *search_);
    predict_imports(roots);
    for (std::size_t i = 0; i < set_->wheels.size(); ++i) {
      const auto& unread = set_->libraries[i].findings;
      findings_.add(unread);
      if (!check_names(i)) continue;
      for (const auto& predicted : imports_) {
        if (predicted.root.wheel == i) check_import(predicted);
      }
      for (const auto& predicted : loads_)
        if (predicted.root.wheel == i) check_load(predicted);
      findings_.add(check_programs(*set_, i, *names_));
      for (const auto& library : missing_) {
        if (library.wheel == i) check_missing(library);
      }
    }
    findings_.add(check_overridden(*set_, imports_, sysroot()));
    findings_.add(check_cuda(*set_, cuda, missing_));
    if (host_) findings_.add(check_host_cuda(*set_, cuda, *host_, options_.needs_gpu));
    result_.failing = failing_.size();
    result_.failing_causes = causes_.size();
    result_.ignored_modules = ignored_modules_.size();
  }

  /// What tags, suffixes and search paths say. Returns whether the wheel's libraries are to be examined too.
  bool check_names(std::size_t wheel) {
    const auto& source = set_->wheels[wheel].wheel();
    if (source.installation() != nullptr) {
      findings_.add(check_editable(source, sysroot(), limits_));
      if (python_) findings_.add(check_installed(source, set_->libraries[wheel], *python_));
      return true;
    }
    if (python_) findings_.add(check_python(source, *python_));
    findings_.add(check_tags(source, set_->libraries[wheel], &*names_, &*set_));
    if (!is_examined(*set_, wheel)) {
      findings_.add(not_examined(*set_, wheel));
      return false;
    }
    findings_.add(check_stable_abi(*set_, wheel));
    findings_.add(check_search_paths(source, set_->libraries[wheel], options_.layout, limits_));
    return true;
  }

  /// What the findings are about.
  void describe(const std::vector<ImportRoot>& roots) {
    result_.wheels = set_->wheels.size();
    result_.modules = roots.size();
    result_.libraries = count_libraries(*set_, roots);
    result_.python = python_ ? python_->name : python_of(*set_, roots);
    for (const auto& edit : set_->wheels)
      if (edit.wheel().installation() != nullptr && has_applied_changes(edit.wheel()))
        result_.patched.push_back(
            printable(edit.wheel().name().distribution() + " " + edit.wheel().name().version_text()));
    if (!result_.environment.empty()) {
      if (python_) result_.python = described(*python_);
      return;
    }
    result_.system = options_.sysroot.empty()
                         ? platform_of(*set_)
                         : fmt::format("the system below {}", printable(options_.sysroot.string()));
  }

  void open_wheels(SetReader& reader) {
    for (const auto& path : inputs_) {
      try {
        reader.open(path);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::usage) throw;
        findings_.add(unreadable_wheel(error, path));
      }
    }
  }

  void add(FindingCode code, Severity severity, std::size_t wheel, std::string path, std::string message,
           std::string hint) {
    findings_.add({code, severity, set_->wheels[wheel].wheel().path().string(), std::move(path),
                   std::move(message), std::move(hint)});
  }

  void ask_host(const std::vector<CudaWheel>& cuda) {
    if (options_.host && std::ranges::any_of(cuda, &CudaWheel::uses_cuda))
      host_ = ask_host_cuda(*options_.host);
  }

  void predict_imports(const std::vector<ImportRoot>& roots) {
    auto symbols = symbol_tables(*set_, sysroot());
    auto scene = set_->scene();
    if (!binds_) scene.symbols = &symbols;
    if (set_->placed.files().has_source()) scene.names = &*names_;
    AbsentPythonSymbols absent(*set_, python_);
    for (const auto& root : roots) {
      symbols.set_absent_in_python(absent.of(root.entry));
      const auto& last = imports_.emplace_back(predict_import(scene, root));
      if (!last.failure) continue;
      if (last.works_after.empty()) failures_.insert(line_of(*last.failure));
      if (last.failure->kind == LoadFailure::Kind::symbol) search_->expect(last.failure->name);
    }
    if (!binds_) predict_loads(scene);
    // What the tags don't promise of symbols is said again only if they are read again.
    binds_ = binds_ || (symbols.has_bound_all() && !needs_unversioned());
  }

  bool needs_unversioned() const {
    return std::ranges::any_of(set_->libraries, [](const WheelLibraries& of_wheel) {
      return std::ranges::any_of(of_wheel.libraries, [](const WheelLibrary& library) {
        return !newest_unversioned(library).empty();
      });
    });
  }

  /// Libraries that Python code opens are like modules if all files are found and symbols aren't.
  void predict_loads(const ImportScene& scene) {
    for (const auto& library : opened_libraries(*set_, *names_)) {
      auto predicted = predict_import(scene, library.root);
      if (!predicted.failure || predicted.failure->kind == LoadFailure::Kind::file) continue;
      predicted.is_optional = library.is_caught;
      loads_.push_back(std::move(predicted));
    }
  }

  /// Of a library that isn't a module.
  void check_load(const PredictedImport& predicted) {
    const auto& failure = *predicted.failure;
    add(code_of(failure), predicted.is_optional ? Severity::warning : Severity::error, predicted.root.wheel,
        predicted.root.entry, words_of(*set_, failure),
        (predicted.is_optional ? "the code that opens it may go on without it; " : "") + hint_for(predicted));
  }

  std::string hint_for(const PredictedImport& predicted) {
    return import_hint(predicted, *set_, *names_, missing_, *search_);
  }

  static std::string line_of(const LoadFailure& failure) {
    return std::string(first_line(printable_message(failure)));
  }

  void fail(FindingCode code, const ImportRoot& root, std::string message, std::string hint) {
    const auto line = std::string(first_line(message));
    Finding finding{code,       Severity::error,    set_->wheels[root.wheel].wheel().path().string(),
                    root.entry, std::move(message), std::move(hint)};
    if (findings_.ignores(finding)) {
      ignored_modules_.insert(root.path);
    } else {
      failing_.insert(root.path);
      causes_.insert(line);
    }
    findings_.add(std::move(finding));
  }

  /// What makes an import fail is reported there, and what only the RECORD of an installed package has by
  /// check_site_packages.
  void check_missing(const MissingLibrary& library) {
    const auto& source = set_->wheels[library.wheel].wheel();
    const bool has_record = source.installation() != nullptr && !source.dist_info().empty();
    if (has_record && library.message.empty()) return;
    const bool is_reported = without_hint(*set_, library).severity == Severity::error &&
                             failures_.contains(std::string(first_line(library.message)));
    if (!is_reported) findings_.add(to_finding(*set_, library));
  }

  void check_import(const PredictedImport& predicted) {
    const auto& root = predicted.root;
    note_brought(predicted);
    if (!predicted.failure) return;
    const auto& failure = *predicted.failure;
    if (!predicted.works_after.empty()) {
      add(FindingCode::needs_import_first, Severity::warning, root.wheel, root.entry,
          words_of(*set_, failure),
          fmt::format("it works if {} is imported before, which brings the library; the package "
                      "doesn't do that itself",
                      printable(predicted.works_after.front().entry)));
      return;
    }
    if (const auto doubt = doubts_->about(root, failure); !doubt.empty())
      add(code_of(failure), Severity::warning, root.wheel, root.entry, words_of(*set_, failure), doubt);
    else if (predicted.is_optional)
      add(code_of(failure), Severity::warning, root.wheel, root.entry, words_of(*set_, failure),
          "its package catches the ImportError and goes on without it; " + hint_for(predicted));
    else
      fail(code_of(failure), root, words_of(*set_, failure), hint_for(predicted));
  }

  std::filesystem::path sysroot() const { return options_.sysroot.empty() ? "/" : options_.sysroot; }

  /// One finding for each name and wheel, at the first library that needs it.
  void note_brought(const PredictedImport& predicted) {
    bool fails = false;
    for (const auto& [name, found_by, path] : predicted.brought) {
      const auto* library = set_->placed.find_loaded(path);
      if (library == nullptr) continue;
      if (is_known_driver(name)) {
        const bool is_found = host_->driver != DriverState::absent && !host_->driver_is_hidden;
        if (!is_found && !std::exchange(fails, true)) report_no_driver(predicted.root, name, *library);
        continue;
      }
      if (!noted_.emplace(library->wheel, name).second) continue;
      if (found_by == FoundBy::redistributable) {
        add(FindingCode::needs_redistributable, Severity::note, library->wheel, library->entry,
            fmt::format("needs {}, which comes with Microsoft's Visual C++ redistributable package",
                        printable(name)),
            "without that package it can't be loaded");
      } else {
        add(FindingCode::needs_driver, Severity::note, library->wheel, library->entry,
            fmt::format("needs {}, which comes with the NVIDIA driver", printable(name)),
            "without a driver it can't be loaded");
      }
    }
  }

  /// Whether the machine is known to have it or not.
  bool is_known_driver(const std::string& name) const {
    return host_ && host_->driver != DriverState::unknown && is_driver_interface(name);
  }

  void report_no_driver(const ImportRoot& root, const std::string& name, const PlacedLibrary& needs) {
    fail(FindingCode::import_fails, root,
         fmt::format("{}: cannot open shared object file: No such file or directory", printable(name)),
         fmt::format("needed by {}; it comes with the NVIDIA driver, {}", printable(needs.entry),
                     host_->driver_is_hidden ? fmt::format("and the loader doesn't look where that is: {}",
                                                           printable(host_->driver_name))
                                             : "which this machine doesn't have"));
  }

  const std::vector<std::filesystem::path>& inputs_;
  const DoctorOptions& options_;
  Limits limits_;
  std::optional<PythonTarget> python_;
  std::unique_ptr<WheelSet> set_;
  std::optional<LibraryIndex> names_;
  std::optional<HostCuda> host_;
  FindingSink findings_;
  std::set<std::pair<std::size_t, std::string>> noted_;
  Examination result_;
  std::vector<PredictedImport> imports_;
  std::vector<MissingLibrary> missing_;
  std::optional<SymbolSearch> search_;
  std::optional<SymbolDoubts> doubts_;
  bool binds_ = false;                               ///< it is known that all symbols are found
  std::vector<PredictedImport> loads_;               ///< of libraries that code opens, those that fail
  std::set<std::string> failures_;                   ///< the loader's words for modules
  std::set<std::string> causes_;                     ///< those that are reported
  std::set<std::string> failing_, ignored_modules_;  ///< paths
};

}  // namespace

Examination examine(const std::vector<std::filesystem::path>& wheels, const DoctorOptions& options) {
  return Examiner(wheels, options).run();
}

Examination examine_installed(const std::vector<std::filesystem::path>& paths, const DoctorOptions& options) {
  return Examiner(paths, options).run_installed();
}

std::vector<std::string> preload_entries(const std::vector<std::filesystem::path>& wheels,
                                         const DoctorOptions& options) {
  const auto set = read_set(wheels, options);
  std::vector<std::string> roots;
  for (const auto& root : import_roots(set->placed)) roots.push_back(root.path);
  const auto order = preload_order(set->placed, roots);
  std::vector<std::string> entries;
  for (const auto& library : order.libraries) entries.push_back(library.entry);
  return entries;
}

}  // namespace wheelfix
