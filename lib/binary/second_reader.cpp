#include "binary/second_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <csignal>
#include <system_error>
#include <wheelfix/finding.hpp>

#include "base/file.hpp"
#include "binary/helper_answer.hpp"
#include "binary/helper_place.hpp"
#include "binary/read_binary.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;
using Failure = SecondReaderFailure;

constexpr auto helper_name = "wheelfix-lief";
// The helper's exit status if it was refused memory.
constexpr int status_out_of_memory = 12;
// More than any library says about itself, and the most that a rewritten one may grow by.
constexpr std::uint64_t max_answer = 1 << 20;

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

/// What one run may use.
struct Allowance {
  std::uint64_t memory;
  std::chrono::seconds cpu_time;
  HelperLimits limits;
};

Allowance allowance_to_read(const SecondReaderLimits& limits, std::uint64_t size) {
  Allowance given;
  given.memory = limits.memory + limits.memory_per_byte * size;
  given.cpu_time = limits.cpu_time + std::chrono::seconds(size / limits.bytes_per_second);
  given.limits = {given.cpu_time * limits.time_per_cpu_time, max_answer};
  return given;
}

Allowance allowance_to_write(const SecondReaderLimits& limits, std::uint64_t size) {
  auto given = allowance_to_read(limits, size);
  given.cpu_time *= limits.cpu_time_to_write;
  given.limits = {given.cpu_time * limits.time_per_cpu_time, max_answer + 4 * size};
  return given;
}

Failure died(const HelperEnd& end, const Allowance& given) {
  const auto text = [&] {
    switch (end.kind) {
      case HelperEnd::Kind::took_too_long:
        return fmt::format("took longer than {} s", std::chrono::duration<double>(given.limits.time).count());
      case HelperEnd::Kind::said_too_much:
        return fmt::format("said more than {} bytes", given.limits.output);
      case HelperEnd::Kind::killed:
        if (end.number == SIGXCPU)
          return fmt::format("took more than {} s of CPU time", given.cpu_time.count());
        return fmt::format("died of {}", signal_name(end.number));
      default:
        if (end.number == status_out_of_memory)
          return fmt::format("requested more than {} MB of memory", given.memory >> 20);
        return fmt::format("ended with status {}", end.number);
    }
  }();
  return {Failure::Kind::died, text};
}

std::variant<HelperAnswer, Failure> ask(const fs::path& program, std::vector<std::string> arguments,
                                        const MemoryFile& library, const Allowance& given) {
  for (const auto& [option, value] : {std::pair{"--memory", given.memory},
                                      {"--seconds", static_cast<std::uint64_t>(given.cpu_time.count())},
                                      {"--parent", static_cast<std::uint64_t>(::getpid())}}) {
    arguments.emplace_back(option);
    arguments.push_back(std::to_string(value));
  }
  const auto end = run_helper(program, arguments, library, given.limits);
  if (end.kind == HelperEnd::Kind::not_started)
    return Failure{Failure::Kind::absent, fmt::format("can't be started: {}: {}", program.string(),
                                                      std::generic_category().message(end.number))};
  if (end.kind != HelperEnd::Kind::exited || end.number != 0) return died(end, given);
  auto answer = parse_helper_answer(end.output);
  if (!answer) return Failure{Failure::Kind::died, "gave an invalid answer"};
  if (answer->failure)
    return Failure{Failure::Kind::unreadable, fmt::format("gives up: {}", printable(*answer->failure))};
  return std::move(*answer);
}

Failure no_resources(const std::system_error& error) {
  return {Failure::Kind::absent, fmt::format("can't be started: {}", error.what())};
}

std::vector<std::string> write_arguments(const BinaryInfo& wanted) {
  std::vector<std::string> arguments = {"write"};
  const auto add = [&](const char* option, const std::string& value) {
    arguments.emplace_back(option);
    arguments.push_back(value);
  };
  if (wanted.soname) add("--soname", *wanted.soname);
  for (const auto& name : wanted.needed) add("--needed", name);
  if (!wanted.rpath.empty()) add("--rpath", join_search_path(wanted.rpath));
  if (!wanted.runpath.empty()) add("--runpath", join_search_path(wanted.runpath));
  return arguments;
}

/// How the readings of a file's slices, or of the file if it has none, differ from ours.
std::optional<std::string> differences_of_all(const BinaryInfo& ours,
                                              const std::vector<BinaryInfo>& readings) {
  const auto parts = parts_of(ours);
  if (readings.size() != parts.size()) return fmt::format("finds {} libraries in it", readings.size());
  std::vector<std::string> found;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const auto& difference : differences(parts[i], readings[i]))
      found.push_back(parts.size() == 1 ? difference : fmt::format("{} {}", parts[i].machine, difference));
  }
  if (found.empty()) return std::nullopt;
  return fmt::format("reads it differently: {}", fmt::join(found, "; "));
}

std::string shown(bool value) {
  return value ? "yes" : "no";
}
std::string shown(unsigned value) {
  return std::to_string(value);
}
std::string shown(BinaryFormat value) {
  return std::string(to_string(value));
}
std::string shown(const std::string& value) {
  return printable(value);
}
std::string shown(const std::optional<std::string>& value) {
  return value ? printable(*value) : "none";
}
std::string shown(const std::vector<std::string>& values) {
  return values.empty() ? "none" : printable(fmt::format("{}", fmt::join(values, ", ")));
}
std::string shown(const std::vector<NeededKind>& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(to_string(value));
  return shown(names);
}
std::string shown(const std::vector<VersionsNeeded>& values) {
  std::vector<std::string> files;
  for (const auto& value : values)
    files.push_back(fmt::format("{} ({})", value.file, fmt::join(value.versions, " ")));
  return shown(files);
}

}  // namespace

PieceSource piece(std::string_view content) {
  return [content](const PieceSink& sink) { sink(content); };
}

PieceSource pieces(ByteSource& content) {
  return [&content](const PieceSink& sink) {
    constexpr std::uint64_t longest = 1 << 20;
    for (std::uint64_t offset = 0; offset < content.size(); offset += longest)
      sink(content.read_up_to(offset, longest));
  };
}

SecondReader SecondReader::find(const std::optional<fs::path>& program, const SecondReaderLimits& limits) {
  if (program) {
    if (is_executable_file(*program)) return {*program, std::nullopt, limits};
    return {*program, fmt::format("{} is not a program", program->string()), limits};
  }
  auto place = find_helper(helper_name);
  return {std::move(place.program), std::move(place.absence), limits};
}

std::variant<std::vector<BinaryInfo>, Failure> SecondReader::read(const PieceSource& library) const {
  if (absence_) return Failure{Failure::Kind::absent, *absence_};
  try {
    const MemoryFile file(library);
    auto answer = ask(program_, {"read"}, file, allowance_to_read(limits_, file.size()));
    if (auto* failure = std::get_if<Failure>(&answer)) return std::move(*failure);
    auto& said = std::get<HelperAnswer>(answer);
    if (said.library) return Failure{Failure::Kind::died, "gave an invalid answer"};
    return std::move(said.readings);
  } catch (const std::system_error& error) {
    return no_resources(error);
  }
}

SecondOpinion SecondReader::opinion(const BinaryInfo& ours, const PieceSource& library) const {
  using Outcome = SecondOpinion::Outcome;
  const auto theirs = read(library);
  if (const auto* failure = std::get_if<Failure>(&theirs)) {
    if (failure->kind == Failure::Kind::absent)
      return {Outcome::absent, "no second reading: " + failure->text};
    const auto died = failure->kind == Failure::Kind::died;
    return {died ? Outcome::died : Outcome::disagrees, "LIEF " + failure->text};
  }
  const auto found = differences_of_all(ours, std::get<std::vector<BinaryInfo>>(theirs));
  if (!found) return {Outcome::agrees, {}};
  return {Outcome::disagrees, "LIEF " + *found};
}

std::variant<std::string, Failure> SecondReader::write(std::string_view library,
                                                       const BinaryInfo& wanted) const {
  if (absence_) return Failure{Failure::Kind::absent, *absence_};
  if (library.size() > max_written)
    return Failure{Failure::Kind::unreadable,
                   fmt::format("is not asked to write more than {} MB", max_written >> 20)};
  try {
    const MemoryFile file(piece(library));
    auto answer = ask(program_, write_arguments(wanted), file, allowance_to_write(limits_, file.size()));
    if (auto* failure = std::get_if<Failure>(&answer)) return std::move(*failure);
    auto& said = std::get<HelperAnswer>(answer);
    if (!said.library) return Failure{Failure::Kind::died, "gave an invalid answer"};
    return std::move(*said.library);
  } catch (const std::system_error& error) {
    return no_resources(error);
  }
}

std::vector<std::string> differences(const BinaryInfo& ours, const BinaryInfo& theirs) {
  std::vector<std::string> found;
  const auto compare = [&](const char* name, const auto& mine, const auto& other) {
    if (mine != other) found.push_back(fmt::format("{}: {} against {}", name, shown(mine), shown(other)));
  };
  compare("format", ours.format, theirs.format);
  compare("machine", ours.machine, theirs.machine);
  compare("bits", ours.bits, theirs.bits);
  compare("big-endian", ours.big_endian, theirs.big_endian);
  compare("dynamic section", ours.is_dynamic, theirs.is_dynamic);
  compare("program", ours.is_program, theirs.is_program);
  compare("soname", ours.soname, theirs.soname);
  compare("needed", ours.needed, theirs.needed);
  compare("kinds of needed", ours.needed_kinds, theirs.needed_kinds);
  compare("rpath", ours.rpath, theirs.rpath);
  compare("runpath", ours.runpath, theirs.runpath);
  compare("versions needed", ours.versions_needed, theirs.versions_needed);
  if (ours.format == BinaryFormat::macho) compare("signature", ours.has_signature, theirs.has_signature);
  return found;
}

}  // namespace wheelfix
