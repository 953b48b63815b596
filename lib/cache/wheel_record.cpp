#include "cache/wheel_record.hpp"

#include "base/hash.hpp"
#include "base/packed.hpp"

namespace wheelfix {

template <>
constexpr auto last_value<Severity> = Severity::note;
template <>
constexpr auto last_value<BinaryFormat> = BinaryFormat::macho;
template <>
constexpr auto last_value<NeededKind> = NeededKind::upward;
template <>
constexpr auto last_value<python::ImportStep::Kind> = python::ImportStep::Kind::define;

template <>
constexpr auto packed_fields<Finding> = [](auto& io, auto& finding) {
  auto& [code, severity, wheel, path, message, hint, more] = finding;
  io(code, severity, wheel, path, message, hint, more);
};

template <>
constexpr auto packed_fields<WheelEntry> = [](auto& io, auto& entry) {
  auto& [path, size, compressed_size, mode, crc32] = entry;
  io(path, size, compressed_size, mode, crc32);
};

template <>
constexpr auto packed_fields<KnownWheel> = [](auto& io, auto& wheel) {
  auto& [dist_info, data_dir, metadata, wheel_file, record, warnings, entries] = wheel;
  io(dist_info, data_dir, metadata, wheel_file, record, warnings, entries);
};

template <>
constexpr auto packed_fields<VersionsNeeded> = [](auto& io, auto& needed) {
  auto& [file, versions] = needed;
  io(file, versions);
};

template <>
constexpr auto packed_fields<MinimumOs> = [](auto& io, auto& minimum) {
  auto& [platform, version] = minimum;
  io(platform, version);
};

template <>
constexpr auto packed_fields<BinaryInfo> = [](auto& io, auto& info) {
  auto& [format, machine, bits, big_endian, is_dynamic, is_program, soname, needed, needed_kinds,
         delay_needed, rpath, runpath, versions_needed, minimum_os, has_signature, slices] = info;
  io(format, machine, bits, big_endian, is_dynamic, is_program, soname, needed, needed_kinds, delay_needed,
     rpath, runpath, versions_needed, minimum_os, has_signature, slices);
};

template <>
constexpr auto packed_fields<WheelLibrary> = [](auto& io, auto& library) {
  // Symbols are read again if they are needed: those of torch have 40 MB.
  [[maybe_unused]] auto& [path, info, cuda_archs, is_module, symbols] = library;
  io(path, info, cuda_archs, is_module);
};

template <>
constexpr auto packed_fields<python::LoadedName> = [](auto& io, auto& name) {
  auto& [text, in_wheel, is_listed] = name;
  io(text, in_wheel, is_listed);
};

template <>
constexpr auto packed_fields<python::LibraryLoad> = [](auto& io, auto& load) {
  auto& [begin, call, function, names, is_complete, is_caught, is_for_file_there, on_import, is_global] =
      load;
  io(begin, call, function, names, is_complete, is_caught, is_for_file_there, on_import, is_global);
};

template <>
constexpr auto packed_fields<FileLoads> = [](auto& io, auto& file) {
  auto& [entry, dll_folders, loads, literals] = file;
  io(entry, dll_folders, loads, literals);
};

template <>
constexpr auto packed_fields<python::ImportStep> = [](auto& io, auto& step) {
  auto& [kind, module, names, load, body, handler, catches_import_error, catches_os_error] = step;
  io(kind, module, names, load, body, handler, catches_import_error, catches_os_error);
};

template <>
constexpr auto packed_fields<python::PythonPlatform> = [](auto& io, auto& platform) {
  auto& [sys_platform, os_name, platform_system] = platform;
  io(sys_platform, os_name, platform_system);
};

template <>
constexpr auto packed_fields<python::WrittenImport> = [](auto& io, auto& written) {
  auto& [module, names, is_caught] = written;
  io(module, names, is_caught);
};

template <>
constexpr auto packed_fields<WheelCode> = [](auto& io, auto& code) {
  [[maybe_unused]] auto& [loads, steps, platform, caught, is_whole] = code;  // only what is whole is kept
  io(loads, steps, platform, caught);
};

namespace {

std::vector<Finding> without_wheel(std::vector<Finding> findings) {
  for (auto& finding : findings) finding.wheel.reset();
  return findings;
}

/// A function of an Unpacker and a value takes that from the bytes, all of them.
template <class T>
std::optional<T> parse(std::string_view bytes, auto unpack) {
  try {
    auto value = std::make_optional<T>();
    Unpacker unpacker(bytes);
    unpack(unpacker, *value);
    if (!unpacker.is_at_end()) value.reset();
    return value;
  } catch (const OutOfBytes&) {
    return std::nullopt;
  }
}

}  // namespace

std::string pack_record(const KnownWheel& wheel, const WheelLibraries& libraries, const WheelCode& code) {
  Packer packer;
  packer(wheel, libraries.libraries, without_wheel(libraries.findings), code);
  return sealed(packer.bytes());
}

std::optional<WheelRecord> parse_record(std::string_view bytes) {
  const auto content = unsealed(bytes);
  if (!content) return std::nullopt;
  return parse<WheelRecord>(*content, [](Unpacker& unpacker, WheelRecord& record) {
    unpacker(record.wheel, record.libraries.libraries, record.libraries.findings, record.code);
  });
}

std::string pack_files_record(const WheelLibraries& libraries, const WheelCode& code) {
  Packer packer;
  packer(libraries.libraries, without_wheel(libraries.findings), code);
  return packer.bytes();
}

std::optional<FilesRecord> parse_files_record(std::string_view bytes) {
  return parse<FilesRecord>(bytes, [](Unpacker& unpacker, FilesRecord& record) {
    unpacker(record.libraries.libraries, record.libraries.findings, record.code);
  });
}

std::string pack_records(const std::map<std::string, std::string>& records) {
  Packer packer;
  packer(records);
  return sealed(packer.bytes());
}

std::optional<std::map<std::string, std::string>> parse_records(std::string_view bytes) {
  using Records = std::map<std::string, std::string>;
  const auto content = unsealed(bytes);
  if (!content) return std::nullopt;
  return parse<Records>(*content, [](Unpacker& unpacker, Records& records) { unpacker(records); });
}

std::size_t amount(const WheelCode& code) {
  return code.steps.size() + (code.loads ? 1U : 0U) + (code.caught ? 1U : 0U);
}

}  // namespace wheelfix
