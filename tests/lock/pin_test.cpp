#include "lock/pin.hpp"

#include <doctest/doctest.h>

#include "lock/named_wheels.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;

namespace {

/// What the versions of torch in a file are replaced by, with a space between them; `-` for one that stays.
std::string replaced_by(const std::vector<std::string>& versions, const PatchedWheels& wheels) {
  std::vector<Pin> pins;
  for (const auto& version : versions) pins.push_back({"torch", version, pins.size() + 1});
  std::string all;
  for (const auto* wheel : match_pins(pins, wheels, "lock"))
    all += (all.empty() ? "" : " ") + (wheel == nullptr ? "-" : wheel->version.to_string());
  return all;
}

}  // namespace

TEST_CASE("a wheel replaces its public version, and that with another label") {
  const auto wheels = named_wheels({"torch-2.1.0+stripe.5-py3-none-any.whl"});
  CHECK(replaced_by({"2.1.0"}, wheels) == "2.1.0+stripe.5");
  CHECK(replaced_by({"2.1.0+stripe.4"}, wheels) == "2.1.0+stripe.5");
  CHECK(replaced_by({"2.1.0+stripe.6"}, wheels) == "2.1.0+stripe.5");
  CHECK(replaced_by({"2.1.0+cu121"}, wheels) == "2.1.0+stripe.5");
  CHECK(replaced_by({"2.1.0+stripe.5"}, wheels) == "2.1.0+stripe.5");
  CHECK(replaced_by({"2.2.0", "2.1.0"}, wheels) == "- 2.1.0+stripe.5");
  CHECK(replaced_by({"2.1.0", "2.1.0"}, wheels) == "2.1.0+stripe.5 2.1.0+stripe.5");
}

TEST_CASE("of several pins it replaces the one whose label it extends") {
  const auto wheels = named_wheels({"torch-2.1.0+cu121.stripe.5-py3-none-any.whl"});
  CHECK(replaced_by({"2.1.0", "2.1.0+cu121"}, wheels) == "- 2.1.0+cu121.stripe.5");
  CHECK(replaced_by({"2.1.0+cpu", "2.1.0+cu121"}, wheels) == "- 2.1.0+cu121.stripe.5");
  CHECK(replaced_by({"2.1.0", "2.1.0+cu121.stripe.4"}, wheels) == "- 2.1.0+cu121.stripe.5");
  const auto plain = named_wheels({"torch-2.1.0+stripe.5-py3-none-any.whl"});
  CHECK(replaced_by({"2.1.0", "2.1.0+cu121"}, plain) == "2.1.0+stripe.5 -");
}

TEST_CASE("the newest of several wheels of one public version counts") {
  const auto wheels = named_wheels({"torch-2.1.0+s.10-py3-none-any.whl", "torch-2.1.0+s.9-py3-none-any.whl",
                                    "torch-2.2.0+s.1-py3-none-any.whl"});
  CHECK(replaced_by({"2.1.0", "2.2.0"}, wheels) == "2.1.0+s.10 2.2.0+s.1");
  CHECK(wheels.of("torch").size() == 2);
  CHECK(wheels.of("other").empty());
}

TEST_CASE("other versions, and a choice between two, are refused at their line") {
  const auto wheels = named_wheels({"torch-2.1.0+s.5-py3-none-any.whl"});
  CHECK(thrown([&] {
          replaced_by({"2.0", "2.2"}, wheels);
        }) ==
        "3 lock:1: pins torch 2.0, and the wheels are of 2.1.0+s.5\nhint: lock torch 2.1.0 first, or patch "
        "the wheel of 2.0");
  CHECK(thrown([&] { replaced_by({"what"}, wheels); }) ==
        "3 lock:1: pins torch what, and the wheels are of 2.1.0+s.5\nhint: lock torch 2.1.0 first, or patch "
        "the wheel of what");
  CHECK(thrown([&] {
          replaced_by({"2.1.0+cpu", "2.1.0+cu121"}, wheels);
        }) ==
        "3 lock:1: pins torch 2.1.0+cpu, and line 2 pins 2.1.0+cu121: the wheels of 2.1.0+s.5 can replace "
        "either\nhint: lock one version first");
}
