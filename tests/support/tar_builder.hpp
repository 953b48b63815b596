#pragma once

#include <zlib.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

/// Makes tar archives block by block, sound ones and broken ones, with nothing of wheelfix.
namespace test {

struct TarItem {
  std::string name;
  std::string content = {};
  char kind = '0';
  std::string prefix = {};
  std::string size_field = {};  ///< if it isn't the content's size in octal
};

inline std::string tar_header(const TarItem& item) {
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { block.replace(at, text.size(), text); };
  char octal[32];
  put(0, item.name.substr(0, 100));
  put(100, "0000644");
  std::snprintf(octal, sizeof octal, "%011zo", item.content.size());
  put(124, item.size_field.empty() ? std::string(octal) : item.size_field);
  put(136, "14371573333");
  block[156] = item.kind;
  put(257, std::string("ustar\0", 6) + "00");
  put(345, item.prefix);
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  std::snprintf(octal, sizeof octal, "%06o", sum);
  put(148, octal + std::string("\0 ", 2));
  return block;
}

inline std::string make_tar(const std::vector<TarItem>& items) {
  std::string out;
  for (const auto& item : items) {
    out += tar_header(item) + item.content;
    out.resize((out.size() + 511) / 512 * 512, '\0');
  }
  return out + std::string(1024, '\0');
}

inline std::string pax_record(const std::string& key, const std::string& value) {
  const auto rest = " " + key + "=" + value + "\n";
  auto size = rest.size() + 1;
  while (std::to_string(size).size() + rest.size() != size) ++size;
  return std::to_string(size) + rest;
}

inline std::string gzip(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace test
