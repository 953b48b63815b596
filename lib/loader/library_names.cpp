#include "loader/library_names.hpp"

#include "base/text.hpp"

namespace wheelfix {

bool is_named_as_library(std::string_view path) {
  const auto name = file_name(path);
  return is_named_for(LoaderKind::glibc, name) || is_named_for(LoaderKind::dyld, name) ||
         is_named_for(LoaderKind::windows, name);
}

BinaryFormat format_of(LoaderKind kind) {
  if (kind == LoaderKind::windows) return BinaryFormat::pe;
  return kind == LoaderKind::dyld ? BinaryFormat::macho : BinaryFormat::elf;
}

bool can_load(const LoaderSystem& system, const BinaryInfo& info) {
  if (info.format != format_of(system.kind) || info.is_program) return false;
  if (slice_for(info, system.machine) == nullptr) return false;
  return info.format != BinaryFormat::elf || (info.is_dynamic && info.bits == system.bits);
}

bool is_named_for(LoaderKind kind, std::string_view path) {
  const auto name = file_name(path);
  switch (kind) {
    case LoaderKind::windows:
      return name.ends_with(".dll") || name.ends_with(".pyd");
    case LoaderKind::dyld:
      return name.ends_with(".dylib") || name.ends_with(".so");
    default:
      return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
  }
}

}  // namespace wheelfix
