// The records of a wheel and of what is installed in doctor's cache: what is read is written so that it is
// read again the same. The digest is made right here, so that what is before it is reached.
#include "cache/wheel_record.hpp"

#include "base/hash.hpp"
#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const std::string content(as_text(data, size));
  CHECK_PROPERTY(!parse_record(content));
  CHECK_PROPERTY(!parse_records(content));
  if (const auto records = parse_records(content + sha256_hex(content)))
    CHECK_PROPERTY(parse_records(pack_records(*records)) == records);
  if (const auto files = parse_files_record(content)) {
    const auto part = pack_files_record(files->libraries, files->code);
    CHECK_PROPERTY(parse_files_record(part));
  }
  const auto record = parse_record(content + sha256_hex(content));
  if (!record) return 0;
  const auto bytes = pack_record(record->wheel, record->libraries, record->code);
  const auto again = parse_record(bytes);
  CHECK_PROPERTY(again);
  CHECK_PROPERTY(pack_record(again->wheel, again->libraries, again->code) == bytes);
  return 0;
}
