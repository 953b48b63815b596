#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace wheelfix {

/// The algorithms that RECORD may name: SHA-256 and stronger (packaging.python.org, "Recording installed
/// projects").
enum class HashAlgorithm { sha256, sha384, sha512 };

std::optional<HashAlgorithm> hash_algorithm(std::string_view name);

/// A running digest by OpenSSL's EVP. A copy goes on from the same bytes.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm = HashAlgorithm::sha256);
  Hasher(const Hasher& other);
  Hasher(Hasher&&) noexcept = default;
  Hasher& operator=(Hasher other) noexcept;
  ~Hasher() = default;

  void update(std::string_view bytes);
  /// The digest as RECORD writes it, `sha256=` and urlsafe base64 without padding. The hasher starts again.
  std::string finish_for_record();
  /// The digest in lower-case hexadecimal, as `sha256sum` writes it. The hasher starts again.
  std::string finish_as_hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  void begin();
  std::string finish();

  HashAlgorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string record_hash(std::string_view bytes);
/// SHA-256 in lower-case hexadecimal.
std::string sha256_hex(std::string_view bytes);

/// Content with its sha256_hex after it, for a file that this program reads again.
std::string sealed(std::string content);
/// The content of that; nothing if the bytes are others.
std::optional<std::string_view> unsealed(std::string_view bytes);

/// Base64 with `-` and `_`, without padding (RFC 4648, section 5).
std::string urlsafe_base64(std::string_view bytes);

}  // namespace wheelfix
