// A journal is read to what is written again, or is nothing.
#include "site/journal.hpp"

#include "base/hash.hpp"
#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wheelfix;
  const auto text = as_text(data, size);
  CHECK_PROPERTY(!parse_journal(text) || text.size() > 64);
  if (const auto journal = parse_journal(sealed(std::string(text))))
    CHECK_PROPERTY(parse_journal(to_text(*journal)) == journal);
  return 0;
}
