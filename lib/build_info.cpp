#include <fmt/core.h>
#include <isa-l.h>
#include <libdeflate.h>
#include <openssl/crypto.h>
#include <zip.h>
#include <zlib.h>

#include <wheelfix/build_info.hpp>

#include "toml/toml_table.hpp"

namespace wheelfix {

std::string version_string() {
  return WHEELFIX_VERSION;
}

std::vector<std::pair<std::string, std::string>> library_versions() {
  return {{"libzip", zip_libzip_version()},
          {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
          {"libdeflate", LIBDEFLATE_VERSION_STRING},
          {"ISA-L", WHEELFIX_ISAL_VERSION},
          {"zlib", zlibVersion()},
          {"toml++", toml_library_version()},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)}};
}

}  // namespace wheelfix
