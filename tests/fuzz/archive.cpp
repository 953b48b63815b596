// An archive's directory, local headers and audit, over bytes that claim to be a ZIP: nothing may crash, and
// what both readers accept must be readable or refused with an Error.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <wheelfix/error.hpp>

#include "zip/archive.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const Descriptor memory(::memfd_create("fuzz", MFD_CLOEXEC));
  if (::write(memory.get(), data, size) != static_cast<ssize_t>(size)) return 0;
  const Limits limits{.max_entry_size = 1 << 20, .max_entries = 1000};
  try {
    const auto archive = zip::Archive::open(File::from_descriptor(memory.get(), "fuzz.zip"), limits);
    if (has_error(archive.findings())) return 0;
    Inflater inflater;
    for (const auto& entry : archive.entries()) {
      try {
        archive.stream(entry, inflater, [](std::string_view) {});
        archive.read(entry);
      } catch (const Error&) {
      }
    }
  } catch (const Error&) {
  }
  return 0;
}
