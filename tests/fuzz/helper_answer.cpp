// Whatever a helper process says is either an answer, whole and of one kind, or none.
#include "binary/helper_answer.hpp"

#include "fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto answer = wheelfix::parse_helper_answer(text);
  if (!answer) return 0;
  const int kinds = answer->failure.has_value() + answer->library.has_value() + !answer->readings.empty();
  CHECK_PROPERTY(kinds == 1);
  CHECK_PROPERTY(!wheelfix::parse_helper_answer(text.substr(0, size - 1)));
  CHECK_PROPERTY(!wheelfix::parse_helper_answer(std::string(text) + "\n"));
  return 0;
}
