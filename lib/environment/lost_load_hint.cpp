#include "environment/lost_load_hint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "loader/library_names.hpp"
#include "loader/search_entry.hpp"

namespace wheelfix {
namespace {

/// A path without the loader's detours.
std::string placed_at(const WheelSet& set, const std::string& path) {
  const auto* library = set.placed.find_loaded(path);
  return library == nullptr ? path : library->path;
}

/// The entry at a path that the loader wrote, or that path.
std::string entry_at(const WheelSet& set, const std::string& path) {
  const auto* library = set.placed.find_loaded(path);
  return library == nullptr ? path : library->entry;
}

const BinaryInfo* info_at(const WheelSet& set, const std::string& path) {
  const auto* library = set.placed.find_loaded(path);
  return library == nullptr ? nullptr : &set.placed.info(*library);
}

const PlacedLibrary* find_by_name(const WheelSet& set, std::string_view name) {
  const bool folds_case = set.system.kind == LoaderKind::windows;
  const auto wanted = folds_case ? ascii_lower(file_name(name)) : std::string(file_name(name));
  for (const auto& library : set.placed.libraries()) {
    const auto own = file_name(library.entry);
    if ((folds_case ? ascii_lower(own) : std::string(own)) == wanted) return &library;
  }
  return nullptr;
}

std::string chain_text(const WheelSet& set, const LoadFailure& failure, std::string_view loaded_by) {
  std::string text;
  const auto paths = failure.chain.paths();
  for (auto path = paths.rbegin(); path != paths.rend(); ++path)
    text += fmt::format("{}{}", text.empty() ? "needed by " : ", by ", printable(entry_at(set, *path)));
  if (!loaded_by.empty())
    text += fmt::format("{}loaded by {}", text.empty() ? "" : ", ", printable(loaded_by));
  return text.empty() ? text : text + "; ";
}

std::string way_to(const WheelSet& before, const WheelSet& after, const std::string& needs,
                   const PlacedLibrary& library) {
  if (format_of(after.system.kind) != BinaryFormat::elf)
    return fmt::format("the wheel has it as {}, where the loader no longer looks", printable(library.entry));
  const auto* was = info_at(before, needs);
  const auto* is = info_at(after, needs);
  const auto needing = printable(entry_at(after, needs));
  const auto advice =
      fmt::format("`--add-rpath '{}={}'`", needing, origin_entry(placed_at(after, needs), library.path));
  const bool is_cut_off = after.system.kind == LoaderKind::glibc && was != nullptr && is != nullptr &&
                          was->runpath.empty() && !is->runpath.empty();
  if (is_cut_off)
    return fmt::format(
        "{} has a RUNPATH now, so it inherits no RPATH: `--rpath-kind rpath` keeps that, or {} makes it "
        "search there itself",
        needing, advice);
  return fmt::format("the wheel has it as {}, but no search path that applies leads there any more: {}",
                     printable(library.entry), advice);
}

}  // namespace

std::string lost_load_hint(const WheelSet& before, const WheelSet& after, const LoadFailure& failure,
                           std::string_view loaded_by) {
  const auto chain = chain_text(after, failure, loaded_by);
  const auto* library = find_by_name(after, failure.name);
  if (library != nullptr && !failure.chain.empty())
    return chain + way_to(before, after, failure.chain.back(), *library);
  if (library != nullptr) return chain + "it is in the wheel, but can't be loaded";
  if (const auto* gone = find_by_name(before, failure.name))
    return chain + fmt::format("{} is no longer in the wheel: leave it there, or remove what needs it too",
                               printable(gone->entry));
  return chain +
         "neither the wheel nor what its tags promise has a library of that name: is it spelled correctly?";
}

}  // namespace wheelfix
