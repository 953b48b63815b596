#include "binary/macho_signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <vector>
#include <wheelfix/error.hpp>

#include "base/bytes.hpp"
#include "binary/checked_bytes.hpp"

namespace wheelfix::macho {
namespace {

// All numbers are big-endian.
constexpr std::uint32_t superblob_magic = 0xFADE0CC0, directory_magic = 0xFADE0C02;
constexpr std::uint32_t slot_of_directory = 0, first_other_directory = 0x1000, last_other_directory = 0x1004,
                        slot_of_certificates = 0x10000;
constexpr std::uint32_t is_ad_hoc = 2;
constexpr std::uint32_t version_with_scatter = 0x20100, version_with_large_limit = 0x20300;
constexpr std::uint32_t most_blobs = 64;
constexpr std::size_t superblob_header = 12, blob_header = 8, index_entry = 8;
constexpr unsigned largest_page_bits = 20;

/// Places in a CodeDirectory.
constexpr std::size_t version_at = 8, flags_at = 12, hashes_at = 16, code_slots_at = 28, limit_at = 32,
                      hash_size_at = 36, hash_type_at = 37, page_bits_at = 39, scatter_at = 44,
                      large_limit_at = 56;

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes.at(at + i) = static_cast<char>(value >> (24 - 8 * i) & 0xFF);
}

struct Blob {
  std::uint32_t slot = 0;
  std::string bytes;
};

[[noreturn]] void refuse_form(const std::string& subject, std::string_view what) {
  throw Error(ErrorCode::cannot_edit, subject, fmt::format("its code signature has {}", what),
              "remove the signature with Apple's `codesign --remove-signature`, edit, and sign it again");
}

/// SHA-1, SHA-256, SHA-256 cut to 20 bytes, SHA-384.
std::string digest(std::uint8_t type, std::size_t size, std::string_view bytes, const std::string& subject) {
  constexpr std::array<const EVP_MD* (*)(), 5> algorithms = {nullptr, EVP_sha1, EVP_sha256, EVP_sha256,
                                                             EVP_sha384};
  if (type == 0 || type >= algorithms.size()) refuse_form(subject, fmt::format("hashes of kind {}", type));
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), result.data(), &length, algorithms.at(type)(), nullptr) != 1)
    refuse_form(subject, "hashes that can't be made here");
  if (size > length) refuse_form(subject, fmt::format("hashes of {} bytes", size));
  return {reinterpret_cast<const char*>(result.data()), size};
}

/// A CodeDirectory whose hashes of edited pages are made again.
class Directory {
 public:
  Directory(std::string bytes, const std::string& subject)
      : bytes_(std::move(bytes)), fields_(bytes_, true), subject_(subject) {}

  std::string renewed(std::uint64_t changed_end, const ReadRange& read) {
    put_u32(bytes_, flags_at, fields_.u32(flags_at) | is_ad_hoc);
    if (fields_.u32(version_at) >= version_with_scatter && fields_.u32(scatter_at) != 0)
      refuse_form(subject_, "scattered pages");
    const auto bits = static_cast<std::uint8_t>(bytes_.at(page_bits_at));
    if (bits > largest_page_bits) refuse_form(subject_, fmt::format("pages of 2^{} bytes", bits));
    const auto page = bits == 0 ? limit() : std::uint64_t{1} << bits;
    const std::uint64_t count = fields_.u32(code_slots_at);
    for (std::uint64_t i = 0; i < count && i * page < std::min(changed_end, limit()); ++i)
      renew(i, read(i * page, std::min(page, limit() - i * page)));
    return std::move(bytes_);
  }

 private:
  std::uint64_t limit() const {
    const bool has_large = fields_.u32(version_at) >= version_with_large_limit;
    const auto large = has_large ? fields_.u64(large_limit_at) : 0;
    return large != 0 ? large : fields_.u32(limit_at);
  }

  void renew(std::uint64_t slot, std::string_view page) {
    const auto size = static_cast<std::uint8_t>(bytes_.at(hash_size_at));
    const auto at = fields_.u32(hashes_at) + slot * size;
    if (at > bytes_.size() || size > bytes_.size() - at) throw OutOfBytes("a hash beyond the directory");
    const auto type = static_cast<std::uint8_t>(bytes_.at(hash_type_at));
    bytes_.replace(at, size, digest(type, size, page, subject_));
  }

  std::string bytes_;
  Fields fields_;
  const std::string& subject_;
};

bool is_directory(std::uint32_t slot) {
  return slot == slot_of_directory || (slot >= first_other_directory && slot <= last_other_directory);
}

std::vector<Blob> blobs_of(const std::string& signature, const std::string& subject) {
  const Fields fields(signature, true);
  if (fields.u32(0) != superblob_magic) refuse_form(subject, "another form than that of a SuperBlob");
  const auto count = fields.u32(8);
  if (count > most_blobs) refuse_form(subject, fmt::format("{} parts", count));
  std::vector<Blob> blobs;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto entry = superblob_header + i * index_entry;
    const auto at = fields.u32(entry + 4);
    const auto size = fields.u32(at + 4);
    if (size < blob_header || size > signature.size() - at) throw OutOfBytes("a part beyond the signature");
    blobs.push_back({fields.u32(entry), signature.substr(at, size)});
  }
  return blobs;
}

std::string superblob_of(const std::vector<Blob>& blobs) {
  auto at = superblob_header + blobs.size() * index_entry;
  std::string text(at, '\0');
  put_u32(text, 0, superblob_magic);
  put_u32(text, 8, static_cast<std::uint32_t>(blobs.size()));
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    put_u32(text, superblob_header + i * index_entry, blobs[i].slot);
    put_u32(text, superblob_header + i * index_entry + 4, static_cast<std::uint32_t>(text.size()));
    text += blobs[i].bytes;
  }
  put_u32(text, 4, static_cast<std::uint32_t>(text.size()));
  return text;
}

}  // namespace

std::string renewed_signature(std::string signature, std::uint64_t changed_end, const ReadRange& read,
                              const std::string& subject) {
  try {
    auto blobs = blobs_of(signature, subject);
    // Of an ad hoc signature that part is there too, and empty.
    std::erase_if(blobs, [](const Blob& blob) {
      return blob.slot == slot_of_certificates && blob.bytes.size() > blob_header;
    });
    for (auto& blob : blobs) {
      if (!is_directory(blob.slot)) continue;
      if (Fields(blob.bytes, true).u32(0) != directory_magic) refuse_form(subject, "no CodeDirectory");
      blob.bytes = Directory(std::move(blob.bytes), subject).renewed(changed_end, read);
    }
    auto renewed = superblob_of(blobs);
    if (renewed.size() > signature.size()) refuse_form(subject, "parts that overlap");
    renewed.resize(signature.size(), '\0');
    return renewed;
  } catch (const std::out_of_range&) {
    refuse_binary(subject, "its code signature is cut short");
  }
}

}  // namespace wheelfix::macho
