#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Makes ZIP archives byte by byte, sound ones and broken ones, with zlib and nothing of wheelfix, so that a
/// test's input doesn't stand on what it tests. Field names are APPNOTE.TXT's.
namespace test {

inline void put16(std::string& out, unsigned value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
}
inline void put32(std::string& out, std::uint64_t value) {
  put16(out, static_cast<unsigned>(value & 0xFFFF));
  put16(out, static_cast<unsigned>(value >> 16 & 0xFFFF));
}
inline void put64(std::string& out, std::uint64_t value) {
  put32(out, value & 0xFFFFFFFF);
  put32(out, value >> 32);
}

inline std::string raw_deflate(const std::string& content, int level = 6, int strategy = Z_DEFAULT_STRATEGY) {
  z_stream stream{};
  deflateInit2(&stream, level, Z_DEFLATED, -15, 8, strategy);
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

struct ZipItem {
  std::string name;
  std::string content = {};
  enum class Descriptor { none, plain, with_signature, zip64, zip64_with_signature };

  unsigned method = 8;
  unsigned flags = 0;
  unsigned mode = 0100644;
  unsigned dos_time = 0x6000;
  unsigned dos_date = 0x5721;
  Descriptor descriptor = Descriptor::none;
  bool size_is_deferred =
      true;            ///< where there is a descriptor: else the local header has the content's size
  bool zip64 = false;  ///< sizes and offset in ZIP64 fields, though they'd fit
  std::string local_extra = {};
  std::string central_extra = {};
  std::string local_name = {};    ///< if it is to differ
  std::string prefix = {};        ///< bytes before the local header, of no entry
  std::uint64_t stated_size = 0;  ///< in both headers, if it is to lie
  unsigned made_by = 3;           ///< Unix
};

class ZipBuilder {
 public:
  std::string comment;
  bool zip64_end = false;

  void add(const ZipItem& item) {
    out_ += item.prefix;
    const auto offset = out_.size();
    const std::string data = item.method == 8 ? raw_deflate(item.content) : item.content;
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(item.content.data()),
                             static_cast<uInt>(item.content.size()));
    const auto size = item.stated_size != 0 ? item.stated_size : item.content.size();
    using Descriptor = ZipItem::Descriptor;
    const bool deferred = item.descriptor != Descriptor::none;
    const unsigned flags = item.flags | (deferred ? 8U : 0U);

    std::string local_extra = item.local_extra;
    if (item.zip64) {
      put16(local_extra, 1);
      put16(local_extra, 16);
      put64(local_extra, deferred ? 0 : size);
      put64(local_extra, deferred ? 0 : data.size());
    }
    const std::string& local_name = item.local_name.empty() ? item.name : item.local_name;
    out_ += "PK\3\4";
    put16(out_, item.zip64 ? 45 : 20);
    put_common(out_, item, flags, deferred ? 0 : crc,
               item.zip64 ? 0xFFFFFFFF
               : deferred ? 0
                          : data.size(),
               item.zip64                          ? 0xFFFFFFFF
               : deferred && item.size_is_deferred ? 0
                                                   : size);
    put16(out_, static_cast<unsigned>(local_name.size()));
    put16(out_, static_cast<unsigned>(local_extra.size()));
    out_ += local_name + local_extra + data;
    if (item.descriptor == Descriptor::with_signature || item.descriptor == Descriptor::zip64_with_signature)
      out_ += "PK\7\x08";
    if (deferred) put32(out_, crc);
    if (item.descriptor == Descriptor::plain || item.descriptor == Descriptor::with_signature)
      put32(out_, data.size()), put32(out_, size);
    if (item.descriptor == Descriptor::zip64 || item.descriptor == Descriptor::zip64_with_signature)
      put64(out_, data.size()), put64(out_, size);

    std::string central_extra = item.central_extra;
    if (item.zip64) {
      put16(central_extra, 1);
      put16(central_extra, 24);
      put64(central_extra, size);
      put64(central_extra, data.size());
      put64(central_extra, offset);
    }
    central_ += "PK\1\2";
    put16(central_, item.made_by << 8 | 20);
    put16(central_, item.zip64 ? 45 : 20);
    put_common(central_, item, flags, crc, item.zip64 ? 0xFFFFFFFF : data.size(),
               item.zip64 ? 0xFFFFFFFF : size);
    put16(central_, static_cast<unsigned>(item.name.size()));
    put16(central_, static_cast<unsigned>(central_extra.size()));
    put16(central_, 0);
    put16(central_, 0);
    put16(central_, 0);
    put32(central_, static_cast<std::uint64_t>(item.mode) << 16);
    put32(central_, item.zip64 ? 0xFFFFFFFF : offset);
    central_ += item.name + central_extra;
    ++count_;
  }

  std::string finish() const {
    std::string out = out_ + central_;
    if (zip64_end) {
      out += "PK\6\6";
      put64(out, 44);
      put16(out, 45);
      put16(out, 45);
      put32(out, 0);
      put32(out, 0);
      for (const std::uint64_t value : {count_, count_, static_cast<std::uint64_t>(central_.size()),
                                        static_cast<std::uint64_t>(out_.size())})
        put64(out, value);
      out += "PK\6\7";
      put32(out, 0);
      put64(out, out_.size() + central_.size());
      put32(out, 1);
    }
    out += "PK\5\6";
    put32(out, 0);
    put16(out, zip64_end ? 0xFFFF : static_cast<unsigned>(count_));
    put16(out, zip64_end ? 0xFFFF : static_cast<unsigned>(count_));
    put32(out, zip64_end ? 0xFFFFFFFF : central_.size());
    put32(out, zip64_end ? 0xFFFFFFFF : out_.size());
    put16(out, static_cast<unsigned>(comment.size()));
    return out + comment;
  }

 private:
  static void put_common(std::string& out, const ZipItem& item, unsigned flags, std::uint64_t crc,
                         std::uint64_t compressed, std::uint64_t size) {
    put16(out, flags);
    put16(out, item.method);
    put16(out, item.dos_time);
    put16(out, item.dos_date);
    put32(out, crc);
    put32(out, compressed);
    put32(out, size);
  }

  std::string out_;
  std::string central_;
  std::uint64_t count_ = 0;
};

inline std::string make_zip(const std::vector<ZipItem>& items) {
  ZipBuilder builder;
  for (const auto& item : items) builder.add(item);
  return builder.finish();
}

}  // namespace test
