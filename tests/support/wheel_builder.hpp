#pragma once

#include <openssl/evp.h>

#include <string>
#include <vector>

#include "support/temp_folder.hpp"
#include "support/zip_builder.hpp"

namespace test {

/// `sha256=…` as RECORD has it, by OpenSSL's own base64 with the alphabet changed.
inline std::string sha256_row_hash(const std::string& content) {
  unsigned char digest[32];
  EVP_Digest(content.data(), content.size(), digest, nullptr, EVP_sha256(), nullptr);
  char text[64];
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text), digest, 32);
  std::string hash(text, static_cast<std::size_t>(size));
  for (char& c : hash) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return "sha256=" + hash.substr(0, hash.find('='));
}

inline std::string record_row(const std::string& path, const std::string& content) {
  return path + "," + sha256_row_hash(content) + "," + std::to_string(content.size()) + "\n";
}

/// A wheel of text: METADATA, WHEEL and RECORD are made for what isn't given.
struct WheelText {
  std::string name = "demo";
  std::string version = "1.0";
  std::string tag = "py3-none-any";
  std::string build = {};
  std::vector<ZipItem> files = {{.name = "demo/__init__.py", .content = "one = 1\ntwo = 2\nthree = 3\n"}};
  std::string metadata = {};
  std::string wheel_file = {};
  std::string record = {};
  std::string record_tail = {};      ///< rows after those that are right
  std::vector<ZipItem> behind = {};  ///< entries after RECORD

  std::string dist_info() const { return name + "-" + version + ".dist-info"; }
  std::string file_name() const {
    return name + "-" + version + "-" + (build.empty() ? "" : build + "-") + tag + ".whl";
  }

  std::vector<ZipItem> items() const {
    auto items = files;
    items.push_back({.name = dist_info() + "/METADATA",
                     .content = metadata.empty() ? "Metadata-Version: 2.1\nName: " + name +
                                                       "\nVersion: " + version + "\n\nA body.\n"
                                                 : metadata});
    items.push_back({.name = dist_info() + "/WHEEL",
                     .content = wheel_file.empty()
                                    ? "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: " +
                                          tag + "\n" + (build.empty() ? "" : "Build: " + build + "\n")
                                    : wheel_file});
    std::string rows;
    for (const auto& item : items) {
      if (!item.name.ends_with('/')) rows += record_row(item.name, item.content);
    }
    items.push_back({.name = dist_info() + "/RECORD",
                     .content = record.empty() ? rows + record_tail + dist_info() + "/RECORD,,\n" : record});
    items.insert(items.end(), behind.begin(), behind.end());
    return items;
  }

  std::filesystem::path write(const TempFolder& folder) const {
    return folder.write(file_name(), make_zip(items()));
  }
};

}  // namespace test
