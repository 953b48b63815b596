#include "repair/preload_module.hpp"

#include <fmt/format.h>

#include <wheelfix/error.hpp>
#include <wheelfix/imports.hpp>

#include "base/hidden_character.hpp"
#include "base/text.hpp"
#include "environment/python_loads.hpp"
#include "python/import_place.hpp"

namespace wheelfix {
namespace {

constexpr std::string_view mark = "# Made by `wheelfix repair --preload`";
constexpr std::string_view import_statement = "from . import _wheelfix_preload";

// The scope of a loaded library stays local, ctypes' default: glibc uses a loaded library for a needed name
// by its soname in any scope, and a global one would expose its symbols to all others.
constexpr std::string_view head = R"py(, which replaces it when it runs again.
"""Loads libraries that this package's own need, and that the dynamic loader would not find by itself, because they are in
other wheels. Once loaded, a library serves all that need one of its soname (DT_SONAME), though its symbols stay local.

One that is missing or fails stops nothing, because it may be optional. `failures` lists it, also when the package's
import fails in the end: sys.modules["<package>._wheelfix_preload"].failures. WHEELFIX_PRELOAD_VERBOSE=1 in the
environment has everything printed.
"""

import os
import sys

# Below the folder that the package is in or one of sys.path; each after those that it needs.
LIBRARIES = [
)py";

constexpr std::string_view tail = R"py(]

failures = []


def _say(text):
    if os.environ.get("WHEELFIX_PRELOAD_VERBOSE"):
        sys.stderr.write("%s: %s\n" % (__name__, text))


def _fail(text):
    failures.append(text)
    _say(text)


def _folders():
    own = os.path.abspath(__file__)
    for _ in __name__.split("."):
        own = os.path.dirname(own)
    return [own] + [folder for folder in sys.path if isinstance(folder, str)]


def _load(library, folders):
    paths = [os.path.abspath(os.path.join(folder, library)) for folder in folders]
    paths = [path for path in paths if os.path.isfile(path)]
    for path in paths:
        try:
            import ctypes  # here, because some Pythons don't have it

            ctypes.CDLL(path)
        except (ImportError, OSError) as error:
            _fail("%s: %s" % (library, error))
        else:
            _say("loaded " + path)
            return
    if not paths:
        _fail(library + ": not found on sys.path")


def _load_all():
    folders = _folders()
    for library in LIBRARIES:
        _load(library, folders)


if sys.platform.startswith("linux"):
    _load_all()
)py";

std::string python_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : escaped(text)) {
    if (c == '"') literal += '\\';
    literal += c;
  }
  return literal + "\"";
}

std::string subject(const WheelEdit& wheel, const std::string& entry) {
  return fmt::format("{}: {}", wheel.wheel().path().string(), printable(entry));
}

void import_first(WheelEdit& wheel, const std::string& init) {
  auto text = python_code(wheel, init);
  const auto place = python::import_place(python::read_source(text, subject(wheel, init)));
  if (std::string_view(text).substr(place.offset).starts_with(import_statement)) return;
  text.insert(place.offset, fmt::format("{}{}{}", place.before, import_statement, place.after));
  wheel.set_content(init, std::move(text));
}

}  // namespace

std::string preload_module(const std::vector<std::string>& libraries) {
  std::string text = fmt::format("{}{}", mark, head);
  for (const auto& library : libraries) text += fmt::format("    {},\n", python_literal(library));
  return text.append(tail);
}

void put_preload_module(WheelEdit& wheel, const std::string& package,
                        const std::vector<std::string>& libraries) {
  const auto entry = package + std::string(preload_module_name);
  if (wheel.contains(entry) && !python_code(wheel, entry).starts_with(mark))
    throw Error(ErrorCode::bad_wheel, subject(wheel, entry), "exists, and wheelfix did not make it",
                "rename or remove it, or repair without --preload");
  import_first(wheel, package + "__init__.py");
  wheel.set_content(entry, preload_module(libraries));
}

}  // namespace wheelfix
