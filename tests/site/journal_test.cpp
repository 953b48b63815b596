#include "site/journal.hpp"

#include <doctest/doctest.h>

#include "base/hash.hpp"

using namespace wheelfix;

TEST_CASE("a journal is read as it was written") {
  const Journal journal{{{.path = "a \"b\"/\xC3\xA9.py",
                          .before = FileStamp{1, -2, 3},
                          .after = FileStamp{18446744073709551615U, 5, 6},
                          .distribution = 1,
                          .is_record = true},
                         {.path = "../../../bin/gone", .before = FileStamp{7, 8, 9}, .after = {}},
                         {.path = "new", .before = {}, .after = FileStamp{}}}};
  CHECK(parse_journal(to_text(journal)) == journal);
  CHECK(parse_journal(to_text(Journal{})) == Journal{});
}

TEST_CASE("what isn't a whole journal of this format is nothing") {
  const auto text = to_text(Journal{{{.path = "a", .before = {}, .after = FileStamp{}}}});
  for (std::size_t size = 0; size < text.size(); ++size) CHECK(!parse_journal(text.substr(0, size)));
  auto other = text;
  other[other.find("\"a\"") + 1] = 'b';
  CHECK(!parse_journal(other));
  CHECK(!parse_journal(sealed("{\"format\":2,\"files\":[]}\n")));
  CHECK(!parse_journal(sealed("{\"format\":1}\n")));
  CHECK(!parse_journal(sealed("{\"format\":1,\"files\":[{\"path\":1}]}\n")));
  CHECK(!parse_journal(sealed("[")));
}
