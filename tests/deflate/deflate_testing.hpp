#pragma once

#include <isa-l.h>
#include <libdeflate.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "deflate/deflate_stream.hpp"

/// Raw DEFLATE streams by other libraries, and what these read of one, so that a test doesn't stand on what
/// it tests.
namespace test {

/// Text of `letters` letters, with repeats of what came before from near and far, and now and then a run of
/// zeros, as libraries have them.
inline std::string sample(std::size_t size, unsigned letters = 40, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string content;
  content.reserve(size + 5000);
  while (content.size() < size) {
    if (const auto kind = random() % 40; kind == 0) {
      content.append(1 + random() % 4000, '\0');
    } else if (kind < 15 && !content.empty()) {
      const auto distance = 1 + random() % std::min<std::size_t>(content.size(), kind < 5 ? 32768 : 300);
      for (auto count = 3 + random() % 60; count > 0; --count) content += content[content.size() - distance];
    } else {
      for (auto count = 1 + random() % 80; count > 0; --count)
        content += static_cast<char>(random() % letters * 256 / letters);
    }
  }
  content.resize(size);
  return content;
}

struct ZlibOptions {
  int level = 6;
  int strategy = Z_DEFAULT_STRATEGY;
  int memory = 8;              ///< deflateInit2's memLevel: blocks are smaller where it is
  std::size_t flush_each = 0;  ///< bytes of content between flushes
  int flush = Z_SYNC_FLUSH;
};

inline std::string by_zlib(std::string_view content, const ZlibOptions& options = {}) {
  z_stream stream{};
  deflateInit2(&stream, options.level, Z_DEFLATED, -15, options.memory, options.strategy);
  std::string out;
  const auto put = [&](std::string_view piece, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    do {
      char buffer[4096];
      stream.next_out = reinterpret_cast<Bytef*>(buffer);
      stream.avail_out = sizeof buffer;
      deflate(&stream, flush);
      out.append(buffer, sizeof buffer - stream.avail_out);
    } while (stream.avail_out == 0);
  };
  if (options.flush_each > 0) {
    for (; content.size() > options.flush_each; content.remove_prefix(options.flush_each))
      put(content.substr(0, options.flush_each), options.flush);
  }
  put(content, Z_FINISH);
  deflateEnd(&stream);
  return out;
}

/// Stored, fixed and dynamic blocks of many sizes in turns, as zopfli chooses them.
inline std::string by_zlib_in_turns(std::string_view content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  std::string out(content.size() + content.size() / 8 + 100'000, '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  constexpr struct {
    int level, strategy;
  } kinds[] = {{9, Z_DEFAULT_STRATEGY}, {0, Z_DEFAULT_STRATEGY}, {9, Z_FIXED}, {1, Z_DEFAULT_STRATEGY}};
  for (std::size_t i = 0; !content.empty(); ++i) {
    const auto piece = content.substr(0, 500 + i * 7919 % 30'000);
    content.remove_prefix(piece.size());
    deflateParams(&stream, kinds[i % 4].level, kinds[i % 4].strategy);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    deflate(&stream, Z_NO_FLUSH);
  }
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string by_libdeflate(std::string_view content, int level) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  std::string out(libdeflate_deflate_compress_bound(compressor.get(), content.size()), '\0');
  out.resize(
      libdeflate_deflate_compress(compressor.get(), content.data(), content.size(), out.data(), out.size()));
  return out;
}

inline std::string by_isal(std::string_view content, unsigned level) {
  const auto stream = std::make_unique<isal_zstream>();
  isal_deflate_init(stream.get());
  std::vector<std::uint8_t> level_buffer(ISAL_DEF_LVL3_DEFAULT);
  stream->level = level;
  stream->level_buf = level_buffer.data();
  stream->level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
  stream->end_of_stream = 1;
  stream->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(content.data()));
  stream->avail_in = static_cast<std::uint32_t>(content.size());
  std::string out(content.size() + content.size() / 8 + 1000, '\0');
  stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream->avail_out = static_cast<std::uint32_t>(out.size());
  if (isal_deflate(stream.get()) != COMP_OK) std::abort();
  out.resize(stream->total_out);
  return out;
}

struct NamedStream {
  std::string name;
  std::string bytes;
};

/// The content as streams of all kinds: stored, fixed and dynamic blocks, small ones, big ones and empty
/// ones.
inline std::vector<NamedStream> all_streams(std::string_view content) {
  std::vector<NamedStream> streams;
  for (int level = 0; level <= 9; ++level)
    streams.push_back({"zlib " + std::to_string(level), by_zlib(content, {.level = level})});
  streams.push_back({"zlib fixed", by_zlib(content, {.strategy = Z_FIXED})});
  streams.push_back({"zlib Huffman only", by_zlib(content, {.strategy = Z_HUFFMAN_ONLY})});
  streams.push_back({"zlib RLE", by_zlib(content, {.strategy = Z_RLE})});
  streams.push_back({"zlib small blocks", by_zlib(content, {.level = 9, .memory = 1})});
  streams.push_back({"zlib small fixed blocks", by_zlib(content, {.strategy = Z_FIXED, .memory = 1})});
  streams.push_back({"zlib small stored blocks", by_zlib(content, {.level = 0, .memory = 1})});
  streams.push_back({"zlib sync flushes", by_zlib(content, {.flush_each = 1500})});
  streams.push_back(
      {"zlib partial flushes", by_zlib(content, {.flush_each = 700, .flush = Z_PARTIAL_FLUSH})});
  streams.push_back({"zlib full flushes", by_zlib(content, {.flush_each = 40000, .flush = Z_FULL_FLUSH})});
  streams.push_back({"zlib in turns", by_zlib_in_turns(content)});
  for (int level = 0; level <= 12; ++level)
    streams.push_back({"libdeflate " + std::to_string(level), by_libdeflate(content, level)});
  for (unsigned level = ISAL_DEF_MIN_LEVEL; level <= ISAL_DEF_MAX_LEVEL; ++level)
    streams.push_back({"isa-l " + std::to_string(level), by_isal(content, level)});
  return streams;
}

struct Block {
  std::uint64_t bit = 0;      ///< where its header begins in the stream
  std::uint64_t content = 0;  ///< where its content begins
  bool operator==(const Block&) const = default;
};

struct ZlibReading {
  bool is_sound = false;
  std::string content;
  std::vector<Block> blocks;  ///< the starts, and then the stream's end
};

/// What zlib makes of a stream, block by block.
inline ZlibReading read_by_zlib(std::string_view stream) {
  z_stream state{};
  inflateInit2(&state, -15);
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stream.data()));
  state.avail_in = static_cast<uInt>(stream.size());
  ZlibReading reading{.is_sound = false, .content = {}, .blocks = {{0, 0}}};
  int status = Z_OK;
  while (status == Z_OK) {
    char buffer[65536];
    state.next_out = reinterpret_cast<Bytef*>(buffer);
    state.avail_out = sizeof buffer;
    status = inflate(&state, Z_BLOCK);
    reading.content.append(buffer, sizeof buffer - state.avail_out);
    if (status == Z_OK && (state.data_type & 128) != 0) {
      const auto bit = state.total_in * 8 - static_cast<unsigned>(state.data_type & 7);
      reading.blocks.push_back({bit, state.total_out});
    }
    if (status == Z_BUF_ERROR) break;
  }
  reading.is_sound = status == Z_STREAM_END;
  inflateEnd(&state);
  return reading;
}

/// The content by libdeflate, for a stream that must be sound and end where it ends.
inline std::string read_by_libdeflate(std::string_view stream, std::size_t size) {
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string content(size + 1, '\0');
  std::size_t consumed = 0;
  std::size_t produced = 0;
  const auto status = libdeflate_deflate_decompress_ex(decompressor.get(), stream.data(), stream.size(),
                                                       content.data(), content.size(), &consumed, &produced);
  if (status != LIBDEFLATE_SUCCESS) return "libdeflate refuses it";
  if (consumed != stream.size()) return "libdeflate leaves bytes of it";
  content.resize(produced);
  return content;
}

/// A stream in a file without a name, after and before other bytes.
class StreamFile {
 public:
  StreamFile(const std::string& stream, std::string_view content)
      : file_(in_memory("in front " + stream + " and after")),
        stream_{.file = &file_,
                .offset = 9,
                .size = stream.size(),
                .content_size = content.size(),
                .content_crc32 = crc_of(content),
                .subject = "test.whl: entry"} {}
  StreamFile(const StreamFile&) = delete;
  StreamFile& operator=(const StreamFile&) = delete;
  ~StreamFile() = default;

  const wheelfix::DeflateStream& stream() const { return stream_; }

  /// Zeros the stream's first bytes, so that whoever reads them again is found out.
  void wipe(std::size_t count) const {
    const std::string zeros(count, '\0');
    if (pwrite(file_.fd(), zeros.data(), count, 9) != static_cast<ssize_t>(count)) std::abort();
  }

  static std::uint32_t crc_of(std::string_view content) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()));
  }

 private:
  static wheelfix::File in_memory(const std::string& bytes) {
    const wheelfix::Descriptor memory(memfd_create("test", MFD_CLOEXEC));
    if (write(memory.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    return wheelfix::File::from_descriptor(memory.get(), "test.whl");
  }

  wheelfix::File file_;
  wheelfix::DeflateStream stream_;
};

}  // namespace test
