#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <wheelfix/doctor.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>
#include <wheelfix/platform_tag.hpp>
#include <wheelfix/preload_order.hpp>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "doctor/cuda_checks.hpp"
#include "doctor/cuda_host_checks.hpp"
#include "doctor/editable_checks.hpp"
#include "doctor/examination.hpp"
#include "doctor/examined_packages.hpp"
#include "doctor/installed_checks.hpp"
#include "doctor/installed_set.hpp"
#include "doctor/load_paths.hpp"
#include "doctor/other_systems.hpp"
#include "doctor/overridden_checks.hpp"
#include "doctor/program_checks.hpp"
#include "doctor/python_target.hpp"
#include "doctor/read_set.hpp"
#include "doctor/tag_checks.hpp"
#include "environment/library_index.hpp"
#include "environment/missing_libraries.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"
#include "wheel/contents.hpp"

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
    SetReader reader(options_);
    open_wheels(reader);
    if (reader.has_wheels()) check_set(reader.read());
    auto result = finish();
    if (set_) reader.keep(*set_);
    return result;
  }

  Examination run_installed() {
    auto installed = read_installed(inputs_, options_, limits_);
    python_ = std::move(installed.python);
    result_.environment = std::move(installed.environment);
    findings_.add(std::move(installed.findings));
    if (installed.set) check_set(std::move(installed.set));
    return finish();
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
    missing_ = missing_libraries(*set_);
    predict_imports(roots);
    for (std::size_t i = 0; i < set_->wheels.size(); ++i) {
      const auto& unread = set_->libraries[i].findings;
      findings_.add(unread);
      if (!check_names(i)) continue;
      for (const auto& predicted : imports_) {
        if (predicted.root.wheel == i) check_import(predicted);
      }
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
    findings_.add(check_tags(source, set_->libraries[wheel]));
    if (!is_examined(*set_, wheel)) {
      findings_.add(not_examined(*set_, wheel));
      return false;
    }
    findings_.add(check_search_paths(source, set_->libraries[wheel], options_.layout, limits_));
    return true;
  }

  /// What the findings are about.
  void describe(const std::vector<ImportRoot>& roots) {
    result_.wheels = set_->wheels.size();
    result_.modules = roots.size();
    result_.libraries = count_libraries(*set_, roots);
    result_.python = python_ ? python_->name : python_of(*set_, roots);
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
        auto finding = to_finding(error, FindingCode::unreadable, path);
        finding.message = message_without(error, path.string());
        findings_.add(std::move(finding));
      }
    }
  }

  /// An error's message, with its subject unless that is only the wheel.
  static std::string message_without(const Error& error, const std::string& wheel) {
    std::string_view subject = error.subject();
    if (!subject.starts_with(wheel)) return error.what();
    subject.remove_prefix(wheel.size());
    if (subject.starts_with(": ")) subject.remove_prefix(2);
    return subject.empty() ? error.message() : fmt::format("{}: {}", subject, error.message());
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
    auto scene = set_->scene();
    if (set_->placed.files().has_source()) scene.names = &*names_;
    for (const auto& root : roots) {
      const auto& last = imports_.emplace_back(predict_import(scene, root));
      if (last.failure && last.works_after.empty()) failures_.insert(line_of(*last.failure));
    }
  }

  static std::string line_of(const LoadFailure& failure) {
    return std::string(first_line(printable_message(failure)));
  }

  void fail(const ImportRoot& root, std::string message, std::string hint) {
    const auto line = std::string(first_line(message));
    Finding finding{FindingCode::import_fails,
                    Severity::error,
                    set_->wheels[root.wheel].wheel().path().string(),
                    root.entry,
                    std::move(message),
                    std::move(hint)};
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
          printable_message(failure),
          fmt::format("it works if {} is imported before, which brings the library; the package "
                      "doesn't do that itself",
                      printable(predicted.works_after.front().entry)));
      return;
    }
    if (predicted.is_optional)
      add(FindingCode::import_fails, Severity::warning, root.wheel, root.entry, printable_message(failure),
          "its package catches the ImportError and goes on without it; " + hint_for(predicted));
    else
      fail(root, printable_message(failure), hint_for(predicted));
  }

  std::filesystem::path sysroot() const { return options_.sysroot.empty() ? "/" : options_.sysroot; }

  std::string project(std::size_t wheel) const { return set_->wheels[wheel].wheel().name().distribution(); }

  /// The entry of a wheel at a path that the loader wrote, or that path.
  std::string entry_at(const std::string& path) const {
    const auto* library = set_->placed.find_loaded(path);
    return library == nullptr ? path : library->entry;
  }

  std::string hint_for(const PredictedImport& predicted) const {
    std::string hint;
    const auto chain = predicted.failure->chain.paths();
    for (auto path = chain.rbegin(); path != chain.rend(); ++path)
      hint += fmt::format("{}{}", hint.empty() ? "needed by " : ", by ", printable(entry_at(*path)));
    if (!predicted.failed_in.empty())
      hint += fmt::format("{}loaded by {}", hint.empty() ? "" : ", ", printable(predicted.failed_in));
    if (!hint.empty()) hint += "; ";
    const auto* library = names_->best(predicted.failure->name, set_->system);
    if (library == nullptr) return hint + advice_for(predicted);
    if (set_->wheels[library->wheel].wheel().installation() != nullptr)
      return hint + fmt::format("it is at {}, where the loader doesn't look; {}", printable(library->path),
                                advice_to_reinstall(*set_, predicted.root.wheel));
    hint += project(library->wheel) + " has it, ";
    const auto& info = set_->placed.info(*library);
    if (can_load(set_->system, info)) return hint + way_to(*library, predicted.failure->name);
    return hint + fmt::format("as {}, but for {}; {} is needed", printable(library->entry),
                              printable(info.machine), set_->system.machine);
  }

  /// For a library that no wheel has.
  std::string advice_for(const PredictedImport& predicted) const {
    const auto& chain = predicted.failure->chain.paths();
    const auto* needs = chain.empty() ? nullptr : set_->placed.find_loaded(chain.back());
    const auto wheel = needs == nullptr ? predicted.root.wheel : needs->wheel;
    const auto line = line_of(*predicted.failure);
    for (const auto& library : missing_) {
      if (library.wheel != wheel || first_line(library.message) != line) continue;
      const bool has_place = library.is_recorded || !library.loaded_by.empty();
      return (has_place ? fmt::format("its place is {}; ", printable(library.entry)) : "") +
             remedy_for(*set_, library) + (has_place ? "" : advice_for_system());
    }
    return advice_for_absent(*set_, wheel, predicted.failure->name) + advice_for_system();
  }

  /// For what may be the system's, although the tags don't promise it: PyQt6's libEGL.so.1.
  const char* advice_for_system() const {
    const bool is_linux = format_of(set_->system.kind) == BinaryFormat::elf;
    return is_linux && !set_->system.promised.empty()
               ? "; if this system has it, `wheelfix doctor --sysroot /` finds it"
               : "";
  }

  std::string way_to(const PlacedLibrary& library, const std::string& name) const {
    switch (set_->system.kind) {
      case LoaderKind::dyld:
        if (!name.starts_with("@rpath/"))
          return fmt::format(
              "as {}, but that name doesn't lead there: `install_name_tool -change` changes it",
              printable(library.entry));
        return fmt::format(
            "as {}, but no LC_RPATH that applies leads there: `install_name_tool -add_rpath` gives a library "
            "one",
            printable(library.entry));
      case LoaderKind::windows:
        return fmt::format("as {}, in a folder that isn't searched: pass it to os.add_dll_directory",
                           printable(library.entry));
      default:
        return way_on_linux(library, name);
    }
  }

  std::string way_on_linux(const PlacedLibrary& library, const std::string& name) const {
    const auto repair = "`wheelfix repair --layout " + options_.layout.to_string();
    if (file_name(library.path) == name) return fmt::format("out of reach in this layout: {}`", repair);
    return named_otherwise(library) +
           (set_->system.kind == LoaderKind::musl
                ? "; `wheelfix patch --add` gives the wheel a copy of that name"
                : "; " + repair + " --preload` loads it first, and then its soname counts");
  }

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
    fail(root, fmt::format("{}: cannot open shared object file: No such file or directory", printable(name)),
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
