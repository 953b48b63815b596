#include <doctest/doctest.h>

#include <wheelfix/error.hpp>
#include <wheelfix/ignore_rule.hpp>

#include "base/finding_sink.hpp"

using namespace wheelfix;

namespace {

Finding finding(FindingCode code, std::optional<std::string> wheel, std::optional<std::string> path) {
  return {code, Severity::warning, std::move(wheel), std::move(path), "message", ""};
}

Error refusal(const char* text) {
  try {
    IgnoreRule::parse(text, "--ignore");
  } catch (const Error& error) {
    return error;
  }
  FAIL("is accepted: " << text);
  return {ErrorCode::usage, "", ""};
}

const auto in_torch = finding(FindingCode::rpath_outside, "wheels/torch-2.1.0-cp311-cp311-linux_x86_64.whl",
                              "torch/lib/libc10.so");

}  // namespace

TEST_CASE("a code alone covers its findings everywhere, and no others") {
  const auto rule = IgnoreRule::parse("rpath-outside", "--ignore");
  CHECK(rule.covers(in_torch));
  CHECK(rule.covers(finding(FindingCode::rpath_outside, std::nullopt, std::nullopt)));
  CHECK(!rule.covers(finding(FindingCode::rpath_relative, in_torch.wheel, in_torch.path)));
}

TEST_CASE("a glob covers what it matches: the wheel's file name or the entry's path") {
  for (const auto* glob : {"torch-*", "torch/lib/*", "*.so", "torch-2.1.0-cp311-cp311-linux_x86_64.whl"})
    CHECK_MESSAGE(IgnoreRule::parse(std::string("rpath-outside=") + glob, "").covers(in_torch), glob);
  for (const auto* glob : {"wheels/*", "torch", "numpy-*", "libc10.so"})
    CHECK_MESSAGE(!IgnoreRule::parse(std::string("rpath-outside=") + glob, "").covers(in_torch), glob);
  CHECK(IgnoreRule::parse("rpath-outside=a=b", "").glob == "a=b");
}

TEST_CASE("an unknown code is refused with the one that is spelled like it") {
  const auto error = refusal("rpath-outsid=torch-*");
  CHECK(error.code() == ErrorCode::usage);
  CHECK(std::string(error.what()) == "--ignore: no finding has the code 'rpath-outsid'");
  CHECK(error.hint() == "is it rpath-outside? `wheelfix explain` lists them all");
  CHECK(refusal("xyzzy").hint() == "`wheelfix explain` lists them");
  CHECK(refusal("rpath-outside=").message() == "rpath-outside= has an empty glob");
}

TEST_CASE("what a rule covers is only counted, with those that its finding counts") {
  FindingSink sink("demo.whl");
  sink.ignore({IgnoreRule::parse("rpath-outside=*/libc10.so", "")});
  auto many = in_torch;
  many.more = 2;
  sink.add(many);
  sink.warning(FindingCode::rpath_outside, "torch/lib/libtorch.so", "message");
  CHECK(sink.ignored() == 3);
  const auto left = sink.take();
  REQUIRE(left.size() == 1);
  CHECK(left.front().path == "torch/lib/libtorch.so");
}
