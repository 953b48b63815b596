// The floor of `wheelfix verify`: every entry inflated whole by libdeflate and hashed by OpenSSL's SHA-256,
// the biggest first, on as many threads. Usage: bench_verify_floor WHEEL JOBS
#include <libdeflate.h>
#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>

#include "base/workers.hpp"
#include "zip/archive.hpp"

namespace {

using namespace wheelfix;

bool inflate_and_hash(const zip::Archive& archive, const zip::Entry& entry) {
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
  unsigned char digest[EVP_MAX_MD_SIZE];
  return EVP_Digest(bytes, entry.size, digest, nullptr, EVP_sha256(), nullptr) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: %s WHEEL JOBS\n", argv[0]), 2;
  const auto archive = zip::Archive::open(argv[1], {});
  const auto& entries = archive.entries();
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return entries[i].size; });
  std::atomic<int> failures = 0;
  for_each_parallel(order.size(), static_cast<unsigned>(std::atoi(argv[2])),
                    [&](std::size_t i) { failures += !inflate_and_hash(archive, entries[order[i]]); });
  return failures == 0 ? 0 : 1;
}
