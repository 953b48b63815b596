#include "doctor/installation.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "base/path_within.hpp"
#include "base/text.hpp"
#include "doctor/interpreter.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> items_of(const fs::path& folder) {
  std::vector<fs::path> items;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    items.push_back(it->path());
  std::ranges::sort(items);
  return items;
}

bool is_package(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "__init__.py", ignored);
}

/// What Python can import from a folder, or what says that something is installed in it.
bool is_package_or_information(const fs::path& item) {
  const auto name = item.filename().string();
  if (name.ends_with(".dist-info") || name.ends_with(".egg-info") || name.ends_with(".pth")) return true;
  return name.ends_with(".py") || extension_suffix(name) || is_package(item);
}

bool has_packages(const fs::path& folder) {
  return !is_package(folder) && std::ranges::any_of(items_of(folder), is_package_or_information);
}

/// Whether a folder below it, which is named like a package, has modules: a namespace package, which has no
/// `__init__.py`. Those of `google.cloud` are two folders below.
bool has_namespace_package(const fs::path& folder, int depth = 0) {
  constexpr int deepest = 2;
  return std::ranges::any_of(items_of(folder), [&](const fs::path& item) {
    const bool may_be_package = item.filename().string().find_first_of(".-") == std::string::npos;
    if (!may_be_package || !is_folder(item)) return false;
    return has_packages(item) || (depth < deepest && has_namespace_package(item, depth + 1));
  });
}

/// The folders of packages of a prefix, `lib/python3.11/site-packages`, and Windows' `Lib/site-packages`. The
/// lib64 of a venv is a link to lib.
std::vector<fs::path> site_folders(const fs::path& prefix) {
  std::vector<fs::path> folders;
  std::vector<const char*> libs = {"lib"};
  std::error_code ignored;
  if (!fs::equivalent(prefix / "lib", prefix / "lib64", ignored)) libs.push_back("lib64");
  for (const auto* lib : libs)
    for (const auto& python : items_of(prefix / lib))
      if (python.filename().string().starts_with("python"))
        for (const auto* name : {"site-packages", "dist-packages"})
          if (is_folder(python / name)) folders.push_back(python / name);
  if (is_folder(prefix / "Lib/site-packages")) folders.push_back(prefix / "Lib/site-packages");
  return folders;
}

/// The interpreter of a prefix; `version`: of the folder of packages, `3.13t`, or empty.
fs::path program_of(const fs::path& prefix, const std::string& version) {
  std::vector<std::string> names = {"python", "python3"};
  if (!version.empty()) names.insert(names.begin(), "python" + version);
  for (const auto& name : names)
    if (auto program = prefix / "bin" / name; is_executable_file(program)) return program;
  for (const auto& item : items_of(prefix / "bin")) {
    const auto name = item.filename().string();
    const bool is_versioned = name.starts_with("python3.") && name.find('-') == std::string::npos;
    if (is_versioned && is_executable_file(item)) return item;
  }
  return {};
}

/// `3.13t` of `…/lib/python3.13t/site-packages`; empty for other folders.
std::string version_in_path(const fs::path& folder) {
  constexpr std::string_view python = "python";
  const auto name = fs::absolute(folder).lexically_normal().parent_path().filename().string();
  return name.starts_with(python) ? name.substr(python.size()) : std::string();
}

/// The nearest folder of packages: the one that a package is in, or one below; empty if there is none.
fs::path nearest_packages(const fs::path& path) {
  auto above = fs::absolute(path).lexically_normal();
  if (!above.has_filename()) above = above.parent_path();
  if (is_package(above)) {
    while (is_package(above) && above.has_relative_path()) above = above.parent_path();
    const auto here = path.is_relative() ? path_within(above, fs::current_path()) : std::nullopt;
    if (has_packages(above)) return here.value_or(above);
  }
  for (const auto& item : items_of(path)) {
    if (!is_folder(item)) continue;
    if (const auto sites = site_folders(item); !sites.empty()) return sites.front();
    if (item.filename() == "site-packages" || item.filename() == "dist-packages") return item;
  }
  const auto beside = site_folders(path.parent_path());
  return beside.empty() ? fs::path() : beside.front();
}

bool has_wheels(const fs::path& folder) {
  return std::ranges::any_of(items_of(folder),
                             [](const fs::path& item) { return item.extension() == ".whl"; });
}

class InstallationFinder {
 public:
  explicit InstallationFinder(const std::optional<std::string>& python) : given_python_(python) {}

  Installation run(const std::vector<fs::path>& paths) {
    if (given_python_) use_given();
    if (paths.empty()) add_default();
    for (const auto& path : paths) add(path, path.string());
    return std::move(found_);
  }

 private:
  void use_given() {
    if (!is_executable_file(*given_python_)) {
      found_.python = python_target(*given_python_);
      return;
    }
    given_ = ask_environment(*given_python_);
    use(*given_);
  }

  void add_default() {
    if (given_) {
      found_.name = given_->program.string();
      found_.prefixes.push_back(given_->prefix);
      add_folders(given_->folders);
      return;
    }
    auto program = find_on_path("python3");
    if (program.empty()) program = find_on_path("python");
    if (program.empty())
      throw Error(ErrorCode::usage, "python3", "is not on PATH, so there is no environment to examine",
                  "give wheels, a folder of packages, or --env PREFIX");
    add_interpreter(ask_environment(program));
    found_.name = found_.program.string();
  }

  void add(const fs::path& path, const std::string& name) {
    if (path.empty())
      throw Error(ErrorCode::usage, "--env", "is empty",
                  "give an interpreter, the prefix of an environment or a folder of packages");
    found_.name += (found_.name.empty() ? "" : ", ") + name;
    std::error_code error;
    const auto status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) return add_interpreter(ask_environment(named(path)));
    if (is_executable_file(path)) return add_interpreter(ask_environment(path));
    if (!is_folder(path))
      throw Error(ErrorCode::usage, name, "is neither an interpreter nor a folder",
                  "give an interpreter, the prefix of an environment or a folder of packages");
    if (fs::exists(path / "conda-meta", error) || fs::exists(path / "pyvenv.cfg", error) ||
        !site_folders(path).empty())
      return add_prefix(path, name);
    if (has_packages(path)) return add_site(path);
    const auto nearest = nearest_packages(path);
    if (nearest.empty() && has_namespace_package(path)) return add_site(path);
    refuse(path, name, nearest);
  }

  /// The interpreter that a name is on PATH, `python3.11`. A folder's name that is mistyped must start
  /// nothing.
  static fs::path named(const fs::path& name) {
    const auto text = name.string();
    const bool is_name =
        text.find('/') == text.npos && (text.starts_with("python") || text.starts_with("pypy"));
    auto program = is_name ? find_on_path(text) : fs::path();
    if (program.empty())
      throw Error(ErrorCode::io, text, "doesn't exist",
                  "give an interpreter, a prefix or a folder of packages");
    return program;
  }

  [[noreturn]] static void refuse(const fs::path& path, const std::string& name, const fs::path& nearest) {
    throw Error(ErrorCode::usage, name,
                is_package(path) ? "is a package, and not a folder that packages are installed in"
                                 : "has no installed packages",
                !nearest.empty()   ? "give " + printable(nearest.string())
                : has_wheels(path) ? "give its wheels: " + printable((path / "*.whl").string())
                                   : "give the prefix of an environment, or its site-packages");
  }

  void add_prefix(const fs::path& prefix, const std::string& name) {
    const auto sites = site_folders(prefix);
    const auto program = program_of(prefix, sites.empty() ? "" : version_in_path(sites.front()));
    if (!program.empty())
      if (const auto asked = try_to_ask(program)) return add_interpreter(*asked);
    if (program.empty() && is_venv(prefix) && !sites.empty()) add_lost_program(prefix);
    if (sites.empty())
      throw Error(ErrorCode::usage, name, "has neither a Python that answers nor a site-packages folder",
                  "give a folder of packages");
    for (const auto& site : sites) add_site(site);
  }

  static bool is_venv(const fs::path& prefix) {
    std::error_code ignored;
    return fs::exists(prefix / "pyvenv.cfg", ignored);
  }

  void add_lost_program(const fs::path& prefix) {
    std::error_code failure;
    const auto link = prefix / "bin/python";
    const auto target = fs::read_symlink(link, failure);
    found_.findings.push_back(
        {FindingCode::python_fails, Severity::error, prefix.string(), "bin/python",
         failure ? std::string("doesn't exist")
                 : fmt::format("leads to {}, which doesn't exist", printable(target.string())),
         fmt::format(
             "its packages are examined without it; `rm {0}/bin/python*; python3 -m venv --upgrade {0}` "
             "gives the venv the Python that runs this",
             printable(prefix.string()))});
  }

  /// A folder by itself: its Python is the one of the prefix that it is in.
  void add_site(const fs::path& folder) {
    if (!found_.python) {
      const auto version = version_in_path(folder);
      const auto prefix = fs::absolute(folder).lexically_normal().parent_path().parent_path().parent_path();
      const auto program = version.empty() ? fs::path() : program_of(prefix, version);
      if (!program.empty())
        if (const auto asked = try_to_ask(program)) use(*asked);
      if (!found_.python) found_.python = target_of(version);
    }
    found_.prefixes.push_back(folder);
    add_folders({{folder, true}});
  }

  static std::optional<PythonTarget> target_of(const std::string& version) {
    std::string tag = "cp";
    std::ranges::copy_if(version, std::back_inserter(tag), [](char c) { return c != '.'; });
    return parse_python_target(tag);
  }

  void use(const Interpreter& interpreter) {
    if (found_.python) return;
    found_.python = interpreter.target;
    found_.program = interpreter.program;
  }

  void add_interpreter(const Interpreter& interpreter) {
    found_.prefixes.push_back(interpreter.prefix);
    add_folders(interpreter.folders);
    use(interpreter);
  }

  std::optional<Interpreter> try_to_ask(const fs::path& program) {
    try {
      return ask_environment(program);
    } catch (const Error& error) {
      found_.findings.push_back(
          {FindingCode::python_fails, Severity::error, program.string(), std::nullopt, error.message(),
           fmt::format("its packages are examined without it; `{} -S -c 1` shows its words",
                       printable(program.string()))});
      return std::nullopt;
    }
  }

  void add_folders(const std::vector<SysPathFolder>& folders) {
    found_.folders.insert(found_.folders.end(), folders.begin(), folders.end());
  }

  const std::optional<std::string>& given_python_;
  std::optional<Interpreter> given_;
  Installation found_;
};

}  // namespace

Installation find_installation(const std::vector<fs::path>& paths, const std::optional<std::string>& python) {
  return InstallationFinder(python).run(paths);
}

}  // namespace wheelfix
