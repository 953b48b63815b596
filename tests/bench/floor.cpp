// Floors: entries inflated whole by libdeflate, the biggest first, on as many threads. Of `wheelfix verify`
// that is every entry, hashed by OpenSSL's SHA-256; of an edit of all libraries these alone, with their
// hashes; of `wheelfix inspect` the same without. Usage: bench_floor verify|edit|inspect WHEEL JOBS
#include <libdeflate.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/workers.hpp"
#include "zip/archive.hpp"

namespace {

using namespace wheelfix;

bool inflate(const zip::Archive& archive, const zip::Entry& entry, bool hashes) {
  const auto data = archive.file().read(entry.data_offset, entry.compressed_size);
  const std::unique_ptr<char[]> content(new char[entry.size + 1]);
  const char* bytes = data.data();
  if (entry.method == 8) {
    const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> inflater(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    std::size_t size = 0;
    if (libdeflate_deflate_decompress(inflater.get(), data.data(), data.size(), content.get(), entry.size,
                                      &size) != LIBDEFLATE_SUCCESS)
      return false;
    bytes = content.get();
  }
  if (!hashes) return true;
  unsigned char digest[EVP_MAX_MD_SIZE];
  return EVP_Digest(bytes, entry.size, digest, nullptr, EVP_sha256(), nullptr) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view kind = argc == 4 ? argv[1] : "";
  if (kind != "verify" && kind != "edit" && kind != "inspect")
    return std::fprintf(stderr, "usage: %s verify|edit|inspect WHEEL JOBS\n", argv[0]), 2;
  const auto archive = zip::Archive::open(argv[2], {});
  auto entries = archive.entries();
  if (kind != "verify") {
    std::erase_if(entries, [](const zip::Entry& entry) {
      return entry.path.find(".so") == std::string::npos || entry.path.ends_with(".py");
    });
  }
  std::ranges::stable_sort(entries, std::greater{}, &zip::Entry::size);
  std::atomic<int> failures = 0;
  for_each_parallel(entries.size(), static_cast<unsigned>(std::atoi(argv[3])),
                    [&](std::size_t i) { failures += !inflate(archive, entries[i], kind != "inspect"); });
  return failures == 0 ? 0 : 1;
}
