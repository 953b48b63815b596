#include "doctor/program_checks.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "environment/required_wheels.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
namespace {

class ProgramChecker {
 public:
  ProgramChecker(const WheelSet& set, std::size_t wheel, const LibraryIndex& names)
      : set_(set), wheel_(wheel), names_(names), edit_(set.wheels[wheel]) {}

  std::vector<Finding> run() {
    if (set_.system.kind == LoaderKind::windows) return {};
    for (const auto& library : set_.placed.libraries())
      if (library.wheel == wheel_ && is_started(library)) check(library);
    return std::move(findings_);
  }

 private:
  /// pip makes all scripts executable. Those of old linkers aren't marked as programs.
  bool is_started(const PlacedLibrary& library) const {
    const auto& info = set_.placed.info(library);
    const bool fits =
        info.format == format_of(set_.system.kind) && slice_for(info, set_.system.machine) != nullptr;
    const bool is_executable = info.is_program && (edit_.mode(library.entry) & 0111U) != 0;
    return fits && (is_script(library) || is_executable);
  }

  bool is_script(const PlacedLibrary& library) const {
    const auto& data = edit_.wheel().data_dir();
    return data && library.entry.starts_with(*data + "/scripts/");
  }

  void check(const PlacedLibrary& program) {
    auto environment = set_.environment;
    environment.program.clear();  // it runs in a process of its own, not in the interpreter's
    Process process(set_.placed.files(), set_.system, std::move(environment));
    const auto started = process.start(program.path);
    if (started.ok()) return;
    const auto& failure = started.failures.front();
    findings_.push_back({.code = FindingCode::program_fails,
                         .severity = is_script(program) ? Severity::error : Severity::warning,
                         .wheel = edit_.wheel().path().string(),
                         .path = program.entry,
                         .message = printable_message(failure),
                         .hint = hint_for(program, failure)});
  }

  std::string hint_for(const PlacedLibrary& program, const LoadFailure& failure) const {
    const auto* library = names_.best(failure.name, set_.system);
    if (library == nullptr) return advice_for_absent(set_, wheel_, failure.name);
    return fmt::format("{} has it as {}, and no search path of the program leads there from {}",
                       set_.wheels[library->wheel].wheel().name().distribution(), printable(library->entry),
                       is_script(program) ? "bin, where it is installed" : "its folder");
  }

  const WheelSet& set_;
  std::size_t wheel_;
  const LibraryIndex& names_;
  const WheelEdit& edit_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_programs(const WheelSet& set, std::size_t wheel, const LibraryIndex& names) {
  return ProgramChecker(set, wheel, names).run();
}

}  // namespace wheelfix
