#include "repair/library_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <wheelfix/error.hpp>
#include <wheelfix/stub.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "loader/library_names.hpp"

namespace wheelfix {
std::vector<SuppliedLibrary> LibrarySupply::run() {
  if (options_.library_folders.empty() && !options_.auto_stub) return {};
  for (;;) {
    std::vector<AddedLibrary> found;
    for (const auto& missing : missing_libraries(set_)) {
      if (missing.wheel >= changeable_ || set_.wheels[missing.wheel].contains(missing.entry)) continue;
      if (!missing.is_certain && !missing.is_recorded && !is_for_supplied(missing)) continue;
      if (auto added = find(missing)) found.push_back(std::move(*added));
    }
    if (found.empty()) return std::move(supplied_);
    add_libraries(set_, found);
  }
}

/// Whether an added library needs it; that one may be out of reach of the libraries that it was added for.
bool LibrarySupply::is_for_supplied(const MissingLibrary& missing) const {
  return std::ranges::any_of(supplied_, [&](const SuppliedLibrary& supplied) {
    return supplied.wheel == missing.wheel && std::ranges::count(missing.needed_by, supplied.entry) > 0;
  });
}

std::optional<AddedLibrary> LibrarySupply::find(const MissingLibrary& missing) {
  auto added = from_folder(missing);
  return added ? added : stub(missing);
}

std::optional<AddedLibrary> LibrarySupply::from_folder(const MissingLibrary& missing) {
  for (const auto& folder : options_.library_folders) {
    const auto file = folder / file_name(missing.entry);
    if (!std::filesystem::is_regular_file(file)) continue;
    if (!can_load(set_.system, read_library_file(file).info))
      throw Error(ErrorCode::bad_recipe, file.string(),
                  fmt::format("is for another system than {}, which lacks {}",
                              set_.wheels[missing.wheel].wheel().path().string(), printable(missing.entry)),
                  fmt::format("give a --lib-dir with libraries for {}", set_.system.machine));
    supplied_.push_back({missing.wheel, missing.entry, file});
    return AddedLibrary{missing.wheel, missing.entry, read_file(file), How::added};
  }
  return std::nullopt;
}

std::optional<AddedLibrary> LibrarySupply::stub(const MissingLibrary& missing) {
  const bool is_linux = format_of(set_.system.kind) == BinaryFormat::elf;
  if (!options_.auto_stub || !is_linux || missing.entry != torch_global_deps) return std::nullopt;
  StubLibraries libraries;
  for (const auto& library : set_.libraries[missing.wheel].libraries)
    libraries.emplace(library.path, library.info);
  supplied_.push_back({missing.wheel, missing.entry, {}});
  return AddedLibrary{missing.wheel, missing.entry, make_stub(torch_global_deps_template(), libraries),
                      How::stub};
}

}  // namespace wheelfix
