#include "cache/cache_settings.hpp"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <string_view>

#include "base/hash.hpp"

namespace wheelfix {
namespace {

/// The ELF notes of the program or library that this code is in, which tell builds apart by the linker's
/// build ID; empty if it has none.
std::string build_id() {
  constexpr std::string_view id_note("\3\0\0\0GNU", 8);
  std::string notes;
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* result) {
        auto& found = *static_cast<std::string*>(result);
        found.clear();
        const auto here = reinterpret_cast<ElfW(Addr)>(&build_id);
        bool is_here = false;
        for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) {
          const auto& segment = object->dlpi_phdr[i];
          const auto begin = object->dlpi_addr + segment.p_vaddr;
          is_here = is_here || (segment.p_type == PT_LOAD && here >= begin && here - begin < segment.p_memsz);
          if (segment.p_type == PT_NOTE)
            found.append(reinterpret_cast<const char*>(begin), segment.p_memsz);  // NOLINT
        }
        return is_here ? 1 : 0;
      },
      &notes);
  return notes.find(id_note) == notes.npos ? std::string() : notes;
}

}  // namespace

std::string cache_settings(const Limits& limits, bool with_cuda) {
  const auto build = build_id();
  if (build.empty()) return {};
  const auto& [max_entry_size, max_ratio, max_entries, max_document_size, max_alike] = limits;
  return fmt::format("{} {} {} {} {} {} {}", sha256_hex(build), with_cuda, max_entry_size, max_ratio,
                     max_entries, max_document_size, max_alike);
}

}  // namespace wheelfix
