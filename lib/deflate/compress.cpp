#include "deflate/compress.hpp"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace wheelfix {

std::string deflate(std::string_view content, int level) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  std::string out(libdeflate_deflate_compress_bound(compressor.get(), content.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor.get(), content.data(), content.size(), out.data(), out.size()));
  return out;
}

}  // namespace wheelfix
