#include "base/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <utility>
#include <wheelfix/error.hpp>

namespace wheelfix {

namespace {

struct Algorithm {
  HashAlgorithm id;
  std::string_view name;
  const EVP_MD* (*digest)();
};

constexpr std::array algorithms = {Algorithm{HashAlgorithm::sha256, "sha256", EVP_sha256},
                                   Algorithm{HashAlgorithm::sha384, "sha384", EVP_sha384},
                                   Algorithm{HashAlgorithm::sha512, "sha512", EVP_sha512}};

const Algorithm& info(HashAlgorithm id) {
  return algorithms.at(static_cast<std::size_t>(id));
}

#ifdef WHEELFIX_STATIC_PROGRAMS
/// OpenSSL's configuration on the system may name modules to load, and a static program can't load any.
[[maybe_unused]] const int without_configuration =
    ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
#endif

void check(int ok) {
  if (ok != 1)
    throw Error(ErrorCode::io, "OpenSSL", "a digest failed",
                "check OpenSSL's configuration (FIPS mode allows SHA-2)");
}

}  // namespace

std::optional<HashAlgorithm> hash_algorithm(std::string_view name) {
  for (const auto& algorithm : algorithms) {
    if (algorithm.name == name) return algorithm.id;
  }
  return std::nullopt;
}

void Hasher::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Hasher::Hasher(HashAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  begin();
}

Hasher::Hasher(const Hasher& other) : algorithm_(other.algorithm_), context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  check(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()));
}

Hasher& Hasher::operator=(Hasher other) noexcept {
  algorithm_ = other.algorithm_;
  context_ = std::move(other.context_);
  return *this;
}

void Hasher::begin() {
  check(EVP_DigestInit_ex(context_.get(), info(algorithm_).digest(), nullptr));
}

void Hasher::update(std::string_view bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Hasher::finish() {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size));
  begin();
  digest.resize(size);
  return digest;
}

std::string Hasher::finish_for_record() {
  return std::string(info(algorithm_).name) + "=" + urlsafe_base64(finish());
}

std::string Hasher::finish_as_hex() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char c : finish()) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {digits[byte >> 4], digits[byte & 15]};
  }
  return hex;
}

std::string record_hash(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish_for_record();
}

std::string sha256_hex(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish_as_hex();
}

std::string sealed(std::string content) {
  return content + sha256_hex(content);
}

std::optional<std::string_view> unsealed(std::string_view bytes) {
  constexpr std::size_t digest_size = 64;
  if (bytes.size() < digest_size) return std::nullopt;
  const auto content = bytes.substr(0, bytes.size() - digest_size);
  return sha256_hex(content) == bytes.substr(content.size()) ? std::optional(content) : std::nullopt;
}

std::string urlsafe_base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  unsigned pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      out.push_back(alphabet[pending >> bits & 63]);
    }
  }
  if (bits > 0) out.push_back(alphabet[pending << (6 - bits) & 63]);
  return out;
}

}  // namespace wheelfix
