// The one file that includes LIEF. It is for LIEF 0.9 to 1.0, whose interfaces differ: what is used here is
// in all of them, numbers are compared as such since the enumerations moved, and a null is checked for
// wherever a version returns one.

#include "wheelfix-lief/lief_jobs.hpp"

#include <LIEF/version.h>
#include <LIEF/ELF.hpp>
#include <LIEF/MachO.hpp>
#include <LIEF/PE.hpp>
#include <LIEF/logging.hpp>

#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace lief_helper {
namespace {

// Values from the formats' own documents.
constexpr std::uint64_t dt_null = 0, dt_needed = 1, dt_soname = 14, dt_rpath = 15, dt_runpath = 29;
constexpr std::uint64_t et_exec = 2, dt_flags_1 = 0x6FFFFFFB, df_1_pie = 0x08000000;
constexpr std::uint64_t lc_id_dylib = 0xD;
constexpr std::uint64_t mh_execute = 2;
constexpr std::uint64_t pe32_plus = 0x20B, image_is_dll = 0x2000;
constexpr std::uint64_t cpu_arch_abi64 = 0x01000000;

template <class T>
std::uint64_t number(T value) {
  return static_cast<std::uint64_t>(value);
}

const char* yes_or_no(bool value) {
  return value ? "yes" : "no";
}

void silence_lief() {
#if __has_include(<LIEF/errors.hpp>)  // 0.11 on
  LIEF::logging::disable();
#else
  LIEF::Logger::disable();
#endif
}

std::string magic_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic(4, '\0');
  file.read(magic.data(), 4);
  magic.resize(static_cast<std::size_t>(file.gcount()));
  return magic;
}

bool is_macho(std::string_view magic) {
  using namespace std::string_view_literals;
  for (const auto known : {"\xFE\xED\xFA\xCE"sv, "\xFE\xED\xFA\xCF"sv, "\xCE\xFA\xED\xFE"sv,
                           "\xCF\xFA\xED\xFE"sv, "\xCA\xFE\xBA\xBE"sv, "\xCA\xFE\xBA\xBF"sv}) {
    if (magic == known) return true;
  }
  return false;
}

// The dynamic section up to the DT_NULL that ends it, where 0.9 goes on.
std::vector<LIEF::ELF::DynamicEntry*> dynamic_entries(LIEF::ELF::Binary& binary) {
  std::vector<LIEF::ELF::DynamicEntry*> entries;
  for (auto& entry : binary.dynamic_entries()) {
    if (number(entry.tag()) == dt_null) break;
    entries.push_back(&entry);
  }
  return entries;
}

bool is_program(LIEF::ELF::Binary& binary) {
  if (number(binary.header().file_type()) == et_exec) return true;
  for (const auto* entry : dynamic_entries(binary)) {
    if (number(entry->tag()) == dt_flags_1) return (number(entry->value()) & df_1_pie) != 0;
  }
  return false;
}

std::unique_ptr<LIEF::ELF::Binary> parse_elf(const std::string& path) {
  auto binary = LIEF::ELF::Parser::parse(path);
  if (!binary) throw std::runtime_error("LIEF says that it is not an ELF file");
  // 0.9 gives what it has by then if a header is damaged, and no error.
  if (number(binary->header().machine_type()) == 0) throw std::runtime_error("LIEF finds no machine in it");
  return binary;
}

void read_elf(const std::string& path, Answer& answer) {
  const auto binary = parse_elf(path);
  const auto& header = binary->header();
  answer.put("format", "elf");
  answer.put("machine", number(header.machine_type()));
  answer.put("bits", number(header.identity_class()) == 2 ? 64 : 32);
  answer.put("big-endian", yes_or_no(number(header.identity_data()) == 2));
  answer.put("dynamic", yes_or_no(binary->dynamic_entries().begin() != binary->dynamic_entries().end()));
  answer.put("program", yes_or_no(is_program(*binary)));
  for (auto* entry : dynamic_entries(*binary)) {
    if (const auto* soname = dynamic_cast<LIEF::ELF::DynamicSharedObject*>(entry))
      answer.put("soname", soname->name());
    if (const auto* needed = dynamic_cast<LIEF::ELF::DynamicEntryLibrary*>(entry))
      answer.put("needed", needed->name());
    if (const auto* rpath = dynamic_cast<LIEF::ELF::DynamicEntryRpath*>(entry))
      answer.put("rpath", rpath->rpath());
    if (const auto* runpath = dynamic_cast<LIEF::ELF::DynamicEntryRunPath*>(entry))
      answer.put("runpath", runpath->runpath());
  }
  for (const auto& file : binary->symbols_version_requirement()) {
    answer.put("versions-of", file.name());
    for (const auto& version : file.auxiliary_symbols()) answer.put("version", version.name());
  }
}

void read_pe(const std::string& path, Answer& answer) {
  const auto binary = LIEF::PE::Parser::parse(path);
  if (!binary) throw std::runtime_error("LIEF says that it is not a PE file");
  if (number(binary->header().machine()) == 0) throw std::runtime_error("LIEF finds no machine in it");
  answer.put("format", "pe");
  answer.put("machine", number(binary->header().machine()));
  answer.put("bits", number(binary->type()) == pe32_plus ? 64 : 32);
  answer.put("dynamic", yes_or_no(true));
  answer.put("program", yes_or_no((number(binary->header().characteristics()) & image_is_dll) == 0));
  for (const auto& import : binary->imports()) answer.put("needed", import.name());
}

// The kinds of file that dyld maps.
bool is_loaded(std::uint64_t file_type) {
  return file_type == mh_execute || (file_type >= 6 && file_type <= 9);
}

const char* needed_kind(std::uint64_t command) {
  switch (command & 0xFF) {
    case 0x18:
      return "weak";
    case 0x1F:
      return "reexport";
    case 0x20:
      return "lazy";
    case 0x23:
      return "upward";
    default:
      return "load";
  }
}

void read_dylib(const LIEF::MachO::DylibCommand& dylib, Answer& answer) {
  if (number(dylib.command()) == lc_id_dylib) return answer.put("soname", dylib.name());
  answer.put("needed", dylib.name());
  answer.put("kind", needed_kind(number(dylib.command())));
}

void read_slice(LIEF::MachO::Binary& binary, Answer& answer) {
  const auto machine = number(binary.header().cpu_type()) & 0xFFFFFFFF;
  answer.put("format", "macho");
  answer.put("machine", machine);
  answer.put("subtype", number(binary.header().cpu_subtype()) & 0xFFFFFFFF);
  answer.put("bits", (machine & cpu_arch_abi64) != 0 ? 64 : 32);
  const auto file_type = number(binary.header().file_type());
  answer.put("program", yes_or_no(file_type == mh_execute));
  answer.put("dynamic", yes_or_no(is_loaded(file_type)));
  answer.put("signature", yes_or_no(binary.has_code_signature()));
  for (auto& command : binary.commands()) {
    if (const auto* dylib = dynamic_cast<LIEF::MachO::DylibCommand*>(&command)) read_dylib(*dylib, answer);
    if (const auto* rpath = dynamic_cast<LIEF::MachO::RPathCommand*>(&command))
      answer.put("rpath", rpath->path());
  }
}

void read_macho(const std::string& path, Answer& answer) {
  const auto fat = LIEF::MachO::Parser::parse(path, LIEF::MachO::ParserConfig::quick());
  if (!fat || fat->size() == 0) throw std::runtime_error("LIEF finds no Mach-O in it");
  for (auto& slice : *fat) read_slice(slice, answer);
}

// Leaves just `count` of the entries with this tag. They are added by `add`, in no order that counts, for
// each is written over later.
template <class Add>
void resize(LIEF::ELF::Binary& binary, std::uint64_t tag, std::size_t count, Add add) {
  std::size_t found = 0;
  for (bool removed = true; removed;) {
    removed = false;
    found = 0;
    for (auto* entry : dynamic_entries(binary)) {
      if (number(entry->tag()) != tag || ++found <= count) continue;
      binary.remove(*entry);
      removed = true;
      break;  // the rest may have moved
    }
  }
  for (; found < count; ++found) add();
}

void resize_dynamic(LIEF::ELF::Binary& binary, const Wanted& wanted) {
  using namespace LIEF::ELF;
  const std::string name;
  resize(binary, dt_needed, wanted.needed.size(), [&] { binary.add(DynamicEntryLibrary(name)); });
  resize(binary, dt_soname, wanted.soname ? 1 : 0, [&] { binary.add(DynamicSharedObject(name)); });
  resize(binary, dt_rpath, wanted.rpath ? 1 : 0, [&] { binary.add(DynamicEntryRpath(name)); });
  resize(binary, dt_runpath, wanted.runpath ? 1 : 0, [&] { binary.add(DynamicEntryRunPath(name)); });
}

}  // namespace

void read_library(const std::string& path, Answer& answer) {
  silence_lief();
  const auto magic = magic_of(path);
  if (magic ==
      "\x7F"
      "ELF")
    return read_elf(path, answer);
  if (magic.starts_with("MZ")) return read_pe(path, answer);
  if (is_macho(magic)) return read_macho(path, answer);
  throw std::runtime_error("it is neither ELF nor PE nor Mach-O");
}

void write_library(const std::string& path, const Wanted& wanted, Answer& answer) {
  silence_lief();
  const auto binary = parse_elf(path);
  resize_dynamic(*binary, wanted);
  auto next_needed = wanted.needed.begin();
  for (auto* entry : dynamic_entries(*binary)) {
    if (auto* soname = dynamic_cast<LIEF::ELF::DynamicSharedObject*>(entry)) soname->name(*wanted.soname);
    if (auto* needed = dynamic_cast<LIEF::ELF::DynamicEntryLibrary*>(entry)) needed->name(*next_needed++);
    if (auto* rpath = dynamic_cast<LIEF::ELF::DynamicEntryRpath*>(entry)) rpath->rpath(*wanted.rpath);
    if (auto* runpath = dynamic_cast<LIEF::ELF::DynamicEntryRunPath*>(entry))
      runpath->runpath(*wanted.runpath);
  }
  const auto bytes = binary->raw();
  answer.put("library", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string lief_version() {
  const std::string_view text = LIEF_VERSION;  // `0.9.0-` and a commit's hash, if it has one
  return std::string(text.substr(0, text.find('-')));
}

}  // namespace lief_helper
