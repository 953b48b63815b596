// The input is up to four overwrites (offset in three bytes, length and byte), the length of what is
// appended, and a stream. The splice of a stream that zlib inflates has the edited content, by zlib's word;
// any other stream is refused.
#include "deflate/splice.hpp"

#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "deflate/deflate_testing.hpp"
#include "deflate/splice_check.hpp"
#include "fuzz/check.hpp"

using namespace wheelfix;

namespace {

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  unsigned byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }

  ContentEdits edits(std::size_t content_size) {
    std::vector<ByteEdit> overwrites;
    for (auto count = byte() % 5; count > 0; --count) {
      const std::uint64_t offset = (byte() | byte() << 8 | byte() << 16) % (content_size + 1);
      const auto size = std::min<std::uint64_t>(byte(), content_size - offset);
      overwrites.push_back({offset, std::string(size, static_cast<char>(byte()))});
    }
    return {in_order(overwrites), std::string(byte(), 'a')};
  }

  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;  // up to 8 MB of content
  Input input(as_text(data, size));
  // The edits' bytes come first, but their offsets depend on the content, so that they always lie in it.
  Input measure = input;
  measure.edits(0);
  const std::string stream(measure.rest());
  const auto reading = test::read_by_zlib(stream);
  const auto edits = input.edits(reading.content.size());
  const test::StreamFile file(stream, reading.content);
  const bool has_all = reading.is_sound && (reading.blocks.back().bit + 7) / 8 == stream.size();
  try {
    ContentScan scan(file.stream());
    scan.finish();
    CHECK_PROPERTY(has_all);
    const auto made = splice(scan, edits, std::uint64_t{1} << 40);
    CHECK_PROPERTY(made.has_value());
    check_runs(scan, edits, *made);
    SpliceBytes bytes(*file.stream().file, *made);
    std::string spliced;
    for (auto piece = bytes.next(); !piece.empty(); piece = bytes.next()) spliced += piece;
    CHECK_PROPERTY(spliced.size() == made->size);
    const auto edited = apply_edits(reading.content, edits);
    CHECK_PROPERTY(test::read_by_libdeflate(spliced, edited.size()) == edited);
    CHECK_PROPERTY(made->content.hash == record_hash(edited));
    CHECK_PROPERTY(made->content.crc32 == test::StreamFile::crc_of(edited));
  } catch (const Error& error) {
    CHECK_PROPERTY(!has_all);
    CHECK_PROPERTY(error.code() == ErrorCode::bad_archive);
  }
  return 0;
}
