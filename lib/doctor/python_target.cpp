#include "doctor/python_target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <wheelfix/error.hpp>
#include <wheelfix/platform_tag.hpp>

#include "base/file.hpp"
#include "base/text.hpp"

namespace wheelfix {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr const char* forms =
    "give a version, like 3.11 or 3.13t, a tag, like cp311, cp313t or pp310, or an interpreter, like python3 "
    "or "
    "/usr/bin/python3";

std::string nodot(PythonVersion version) {
  return fmt::format("{}{}", version.major, version.minor);
}

/// What every Python 3 takes, except the interpreter's own name with `none`.
void add_generic(Pairs& tags, PythonVersion version) {
  tags.emplace_back("py" + nodot(version), "none");
  tags.emplace_back(fmt::format("py{}", version.major), "none");
  for (unsigned minor = version.minor; minor-- > 0;)
    tags.emplace_back(fmt::format("py{}{}", version.major, minor), "none");
}

Pairs cpython_tags(const CPythonTag& python, const std::vector<std::string>& abis) {
  Pairs tags;
  const auto own = "cp" + nodot(python.version);
  for (const auto& abi : abis) tags.emplace_back(own, abi);
  const std::string stable = python.free_threaded ? "abi3t" : "abi3";
  if (python.version >= first_abi3) tags.emplace_back(own, stable);
  tags.emplace_back(own, "none");
  for (unsigned minor = python.version.minor; python.version >= first_abi3 && minor-- > first_abi3.minor;)
    tags.emplace_back(fmt::format("cp{}{}", python.version.major, minor), stable);
  add_generic(tags, python.version);
  return tags;
}

std::string cpython_abi(const CPythonTag& python, bool has_pymalloc) {
  constexpr PythonVersion last_pymalloc{3, 7};
  return fmt::format("cp{}{}{}{}", nodot(python.version), python.free_threaded ? "t" : "",
                     python.debug ? "d" : "", has_pymalloc && python.version <= last_pymalloc ? "m" : "");
}

/// A debug build loads what is built for the other, since 3.8.
std::vector<std::string> cpython_abis(const CPythonTag& python, bool has_pymalloc) {
  constexpr PythonVersion first{3, 8};
  std::vector<std::string> abis = {cpython_abi(python, has_pymalloc)};
  if (python.debug && python.version >= first)
    abis.push_back(cpython_abi({python.version, python.free_threaded, false}, false));
  return abis;
}

Pairs pypy_tags(PythonVersion version, const std::string& abi) {
  const auto own = "pp" + nodot(version);
  Pairs tags = {{own, abi}, {own, "none"}};
  add_generic(tags, version);
  tags.emplace_back("pp3", "none");
  return tags;
}

/// `2.36`, and what a distribution puts after it.
std::optional<PythonVersion> parse_dotted(std::string_view text) {
  const auto parts = split(text, '.');
  PythonVersion version;
  if (parts.size() < 2) return std::nullopt;
  for (const auto& [part, into] :
       {std::pair(parts[0], &version.major), std::pair(parts[1], &version.minor)}) {
    const auto digits = part.substr(0, part.find_first_not_of("0123456789"));
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    *into = static_cast<unsigned>(std::stoul(std::string(digits)));
  }
  return version;
}

class Answer {
 public:
  Answer(std::string_view text, const std::string& name) : name_(name) {
    for (const auto line : split(text, '\n')) {
      const auto equals = line.find('=');
      if (equals != std::string_view::npos)
        values_.emplace(line.substr(0, equals), trim(line.substr(equals + 1)));
    }
    if (values_.contains("old"))
      refuse(fmt::format("is Python {}: Python 3.4 or later is needed", printable(get("old"))));
    if (!values_.contains("end")) refuse("didn't answer like a Python");
  }

  PythonTarget target() const {
    PythonTarget target{name_, {}, Version::try_parse(get("version")), {}, platforms()};
    if (!target.full_version || target.full_version->release().size() < 2) refuse("gave no valid version");
    const auto& release = target.full_version->release();
    if (release[0] != 3 || release[1] > 999) refuse("is not a Python 3");
    target.version = {3, static_cast<unsigned>(release[1])};
    const auto& implementation = get("implementation");
    if (implementation == "cpython") {
      const CPythonTag python{target.version, get("free_threaded") == "1", get("debug") == "1"};
      target.tags = cpython_tags(python, cpython_abis(python, get("pymalloc") == "1"));
    } else if (implementation == "pypy") {
      target.tags = pypy_tags(target.version, soabi());
    } else {
      refuse("is neither CPython nor PyPy, but " + printable(implementation));
    }
    return target;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw Error(ErrorCode::usage, "python '" + printable(name_) + "'", message, forms);
  }

  const std::string& get(const char* key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) refuse(fmt::format("didn't say its {}", key));
    return found->second;
  }

  /// `.pypy310-pp73-x86_64-linux-gnu.so` as `pypy310_pp73`.
  std::string soabi() const {
    const auto parts = split(get("suffix"), '-');
    if (parts.size() < 2 || parts[0].size() < 2) refuse("gave no valid suffix of modules");
    return std::string(parts[0].substr(1)) + "_" + std::string(parts[1]);
  }

  std::vector<std::string> platforms() const {
    auto text = get("platform");
    for (auto& c : text)
      if (c == '-' || c == '.' || c == ' ') c = '_';
    constexpr std::string_view linux = "linux_";
    if (!text.starts_with(linux)) return {text};
    auto machine = text.substr(linux.size());
    if (get("bits") == "32" && machine == "x86_64") machine = "i686";
    if (get("bits") == "32" && machine == "aarch64") machine = "armv8l";
    const auto libc = values_.find("libc");
    const auto words = split(libc == values_.end() ? std::string_view() : libc->second, ' ');
    const auto version = words.size() == 2 ? parse_dotted(words[1]) : std::nullopt;
    LinuxPlatform platform{machine, {}, {}};
    (words[0] == "musl" ? platform.musl : platform.glibc) = version;
    return linux_platforms(platform);
  }

  const std::string& name_;
  std::map<std::string, std::string, std::less<>> values_;
};

void add_manylinux(std::vector<std::string>& tags, const std::string& machine, PythonVersion glibc) {
  if (glibc.major != 2) return;
  PlatformTag tag{.system = PlatformTag::System::manylinux,
                  .machine = machine == "armv8l" ? "armv7l" : machine,
                  .version = PlatformVersion{2, glibc.minor}};
  for (auto& minor = tag.version->minor; tag.is_of_some_machine(); --minor) {
    tags.push_back(fmt::format("manylinux_2_{}_{}", minor, machine));
    if (minor == 17) tags.push_back("manylinux2014_" + machine);
    if (minor == 12) tags.push_back("manylinux2010_" + machine);
    if (minor == 5) tags.push_back("manylinux1_" + machine);
  }
}

/// A program's file: a path, or the first of that name in PATH, else in the working folder. Empty if there is
/// none.
std::filesystem::path program_named(std::string_view text) {
  if (text.find('/') == text.npos)
    if (auto found = find_on_path(text); !found.empty()) return found;
  std::error_code error;
  return std::filesystem::is_regular_file(text, error) ? std::filesystem::path(text) : "";
}

}  // namespace

/// Any Python since 3.4 runs it, and Python 2 as far as its version. A musl says its version when its loader
/// is run alone.
const char* const interpreter_script = R"(import os, platform, struct, subprocess, sys, sysconfig
def say(key, value):
    print(key + "=" + str(value))
if sys.version_info < (3,):
    say("old", platform.python_version())
    sys.exit()
say("implementation", sys.implementation.name)
say("version", platform.python_version().rstrip("+"))
say("free_threaded", int(bool(sysconfig.get_config_var("Py_GIL_DISABLED"))))
say("debug", int(hasattr(sys, "gettotalrefcount")))
say("pymalloc", int(sysconfig.get_config_var("WITH_PYMALLOC") not in (0, "0")))
say("suffix", sysconfig.get_config_var("EXT_SUFFIX") or "")
say("platform", sysconfig.get_platform())
say("bits", struct.calcsize("P") * 8)
try:
    say("libc", os.confstr("CS_GNU_LIBC_VERSION") or "")
except (AttributeError, OSError, ValueError):
    with open("/proc/self/maps") as maps:
        loaders = [line.split()[-1] for line in maps if "/ld-musl-" in line or "/libc.musl-" in line]
    if loaders:
        text = subprocess.Popen([loaders[0]], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL).communicate()[1]
        say("libc", "musl " + text.decode().split("Version", 1)[1].split()[0])
say("end", 1)
)";

std::vector<std::string> linux_platforms(const LinuxPlatform& platform) {
  std::vector<std::string> machines = {platform.machine};
  if (platform.machine == "armv8l") machines.emplace_back("armv7l");
  std::vector<std::string> tags;
  for (const auto& machine : machines) tags.push_back("linux_" + machine);
  for (const auto& machine : machines) {
    if (platform.glibc) add_manylinux(tags, machine, *platform.glibc);
    for (unsigned minor = platform.musl ? platform.musl->minor + 1 : 0; minor-- > 0;)
      tags.push_back(fmt::format("musllinux_{}_{}_{}", platform.musl->major, minor, machine));
  }
  return tags;
}

std::optional<PythonTarget> parse_python_target(std::string_view tag) {
  PythonTarget target{std::string(tag), {}, std::nullopt, {}, std::nullopt};
  if (tag.starts_with("pp")) {
    const auto version = parse_nodot_version(tag.substr(2));
    if (!version || version->major != 3) return std::nullopt;
    target.version = *version;
    target.tags = pypy_tags(*version, fmt::format("pypy{}_pp73", nodot(*version)));
    return target;
  }
  const auto python = parse_cpython_tag(tag);
  constexpr PythonVersion first_free_threaded{3, 13};
  if (!python || python->version.major != 3 || python->version < first_abi3) return std::nullopt;
  if (python->free_threaded && python->version < first_free_threaded) return std::nullopt;
  target.version = python->version;
  target.tags = cpython_tags(*python, cpython_abis(*python, true));
  return target;
}

PythonTarget parse_interpreter_answer(std::string_view answer, const std::string& name) {
  return Answer(answer, name).target();
}

std::optional<std::string> failure_to_answer(const HelperEnd& end, std::chrono::milliseconds time) {
  switch (end.kind) {
    case HelperEnd::Kind::exited:
      return std::nullopt;
    case HelperEnd::Kind::not_started:
      return "can't be started: " + std::generic_category().message(end.number);
    case HelperEnd::Kind::took_too_long:
      return fmt::format("gave no answer in {} s", std::chrono::duration<double>(time).count());
    case HelperEnd::Kind::killed:
      return fmt::format("was ended by signal {}", end.number);
    case HelperEnd::Kind::said_too_much:
      return "didn't answer like a Python";
  }
  return std::nullopt;
}

std::filesystem::path find_on_path(std::string_view name) {
  const auto path = environment_variable("PATH");
  for (const auto folder : split(path, ':')) {
    auto program = std::filesystem::path(folder) / name;
    if (!folder.empty() && is_executable_file(program)) return program;
  }
  return {};
}

PythonTarget ask_interpreter(const std::filesystem::path& program, std::chrono::milliseconds time) {
  const MemoryFile nothing([](const PieceSink&) {});
  const auto end =
      run_helper(program, {"-I", "-c", interpreter_script}, nothing, {.time = time, .output = 65536});
  const auto refuse = [&](const std::string& message) {
    throw Error(ErrorCode::usage, "python '" + printable(program.string()) + "'", message, forms);
  };
  if (const auto failure = failure_to_answer(end, time)) refuse(*failure);
  if (end.number != 0) refuse(fmt::format("ended with status {}: Python 3.4 or later is needed", end.number));
  return parse_interpreter_answer(end.output, program.string());
}

std::optional<PythonTarget> parse_python_version(std::string_view text) {
  const bool is_free_threaded = text.ends_with('t');
  const auto parts = split(text.substr(0, text.size() - (is_free_threaded ? 1 : 0)), '.');
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_ascii_digit);
  };
  if (parts.size() < 2 || parts.size() > 3 || parts[0] != "3" || !std::ranges::all_of(parts, is_number))
    return std::nullopt;
  auto target = parse_python_target(fmt::format("cp{}{}{}", parts[0], parts[1], is_free_threaded ? "t" : ""));
  if (!target) return std::nullopt;
  target->name = fmt::format("Python {}", text);
  if (parts.size() == 3) target->full_version = Version::try_parse(fmt::format("{}", fmt::join(parts, ".")));
  return target;
}

PythonTarget python_target(std::string_view text) {
  if (auto target = parse_python_target(text)) return *target;
  if (auto target = parse_python_version(text)) return *target;
  const auto program = program_named(text);
  if (program.empty())
    throw Error(ErrorCode::usage, "python '" + printable(text) + "'",
                "is neither a version or tag of a Python nor a program, on PATH or as a file", forms);
  return ask_interpreter(program);
}

}  // namespace wheelfix
