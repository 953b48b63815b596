#pragma once

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <wheelfix/error.hpp>

namespace test {

/// The main loop of a tool for the tests in Python: a request a line on stdin, an answer a line on stdout,
/// both JSON. An Error becomes an answer with `error` and `hint`.
template <typename Answer>
void answer_lines(Answer answer) {
  using nlohmann::json;
  for (std::string line; std::getline(std::cin, line);) {
    json reply;
    try {
      reply = answer(json::parse(line));
    } catch (const wheelfix::Error& error) {
      reply = {{"error", error.what()}, {"hint", error.hint()}};
    }
    std::cout << reply.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
}

}  // namespace test
