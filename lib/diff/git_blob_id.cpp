#include "diff/git_blob_id.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <iterator>
#include <memory>
#include <wheelfix/error.hpp>

namespace wheelfix {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string git_blob_id(std::string_view content) {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const std::string header = fmt::format("blob {}", content.size());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), header.c_str(), header.size() + 1) != 1 ||
      EVP_DigestUpdate(context.get(), content.data(), content.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    throw Error(ErrorCode::io, "OpenSSL", "has no SHA-1",
                "git's binary patches name files by it: check OpenSSL's configuration");
  }
  std::string id;
  for (unsigned i = 0; i < size; ++i) fmt::format_to(std::back_inserter(id), "{:02x}", digest[i]);
  return id;
}

}  // namespace wheelfix
