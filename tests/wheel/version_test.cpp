#include <wheelfix/version.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "wheel/thrown.hpp"

using wheelfix::LocalLabel;
using wheelfix::Version;
using wheelfix::with_local_label;

namespace {

std::string normal(std::string_view text) {
  return Version::parse(text).to_string();
}

}  // namespace

TEST_CASE("a version's parts are read") {
  const auto version = Version::parse("1!2.1.0rc4.post2.dev3+cu121.7");
  CHECK(version.epoch() == 1);
  CHECK(version.release() == std::vector<std::uint64_t>{2, 1, 0});
  REQUIRE(version.pre());
  CHECK(version.pre()->first == Version::PreKind::rc);
  CHECK(version.pre()->second == 4);
  CHECK(version.post() == 2);
  CHECK(version.dev() == 3);
  CHECK(version.local() == std::vector<Version::LocalPart>{std::string("cu121"), std::uint64_t{7}});
  CHECK(version.public_string() == "1!2.1.0rc4.post2.dev3");
  CHECK(version.to_string() == "1!2.1.0rc4.post2.dev3+cu121.7");
}

TEST_CASE("the spellings that PEP 440's appendix accepts have one normal form") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"1.1RC1", "1.1rc1"},
      {"00.01", "0.1"},
      {"1.1.a1", "1.1a1"},
      {"1.1-a1", "1.1a1"},
      {"1.1_a_1", "1.1a1"},
      {"1.1alpha1", "1.1a1"},
      {"1.1beta2", "1.1b2"},
      {"1.1c3", "1.1rc3"},
      {"1.1pre4", "1.1rc4"},
      {"1.1-preview.5", "1.1rc5"},
      {"1.2a", "1.2a0"},
      {"1.2a.", "1.2a0"},
      {"1.2.post2", "1.2.post2"},
      {"1.2-post2", "1.2.post2"},
      {"1.2post2", "1.2.post2"},
      {"1.2.post-2", "1.2.post2"},
      {"1.0-r4", "1.0.post4"},
      {"1.0.rev5", "1.0.post5"},
      {"1.2.post", "1.2.post0"},
      {"1.0-5", "1.0.post5"},
      {"1.0a-5", "1.0a5"},
      {"1.0a.-5", "1.0a0.post5"},
      {"1.0-a--1", "1.0a0.post1"},
      {"1.0-5.dev", "1.0.post5.dev0"},
      {"1.2-dev2", "1.2.dev2"},
      {"1.2dev", "1.2.dev0"},
      {"1.0+Ubuntu-1", "1.0+ubuntu.1"},
      {"1.0+a_b-C.007", "1.0+a.b.c.7"},
      {"1.0+007a", "1.0+007a"},
      {"v1.0", "1.0"},
      {"V1!1", "1!1"},
      {"0!1.0", "1.0"},
      {" \t1.0\r\n\v\f", "1.0"},
      {"1.0.ALPHA-1+Ubuntu-1", "1.0a1+ubuntu.1"},
      {"18446744073709551615", "18446744073709551615"},
  };
  for (const auto& spelling : cases) {
    CAPTURE(spelling.first);
    CHECK(normal(spelling.first) == spelling.second);
    CHECK(normal(normal(spelling.first)) == spelling.second);
  }
}

TEST_CASE("what is no version is refused") {
  for (const char* text : {"",
                           " ",
                           "v",
                           "a",
                           "1.",
                           ".1",
                           "1..2",
                           "1.0_1",
                           "1.0-",
                           "1.0-5-6",
                           "1.0--5",
                           "1!",
                           "!1",
                           "1!v2",
                           "v 1.0",
                           "1 .0",
                           "1.0+",
                           "1.0+.",
                           "1.0+a.",
                           "1.0+a..b",
                           "1.0+a+b",
                           "1.0+a b",
                           "1.0+\xc3\xa9",
                           "1.0x",
                           "1.0pos",
                           "1_0",
                           "1.0-1a",
                           "1.\xd9\xa1",
                           "1.0\xc4\xb0",
                           "==1.0",
                           "2.1.*",
                           "18446744073709551616",
                           "1+18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(Version::try_parse(text));
  }
  CHECK_FALSE(Version::try_parse(std::string_view("1.0\0", 4)));
}

TEST_CASE("the refusal of a version says what one looks like") {
  CHECK(thrown([] { Version::parse("2.1.0-final\n"); }) ==
        "3 2.1.0-final\\x0a: not a version\n"
        "hint: a version looks like 2.1.0, 2.1.0rc1, 2.1.0.post1 or 2.1.0+cu121 (PEP 440)");
  CHECK(thrown([] { Version::parse("1.99999999999999999999"); }) ==
        "3 1.99999999999999999999: a number in this version is over 64 bits\n"
        "hint: a version looks like 2.1.0, 2.1.0rc1, 2.1.0.post1 or 2.1.0+cu121 (PEP 440)");
}

TEST_CASE("versions are ordered as PEP 440 says") {
  const std::vector<const char*> ascending = {"0.9",
                                              "1.0.dev4",
                                              "1.0a1.dev2",
                                              "1.0a1",
                                              "1.0a1.post1.dev1",
                                              "1.0a1.post1",
                                              "1.0a2",
                                              "1.0b1",
                                              "1.0rc1",
                                              "1.0",
                                              "1.0+a",
                                              "1.0+a.b",
                                              "1.0+a.1",
                                              "1.0+b",
                                              "1.0+1",
                                              "1.0+1.a",
                                              "1.0+1.0",
                                              "1.0+10",
                                              "1.0.post0.dev1",
                                              "1.0.post0",
                                              "1.0.post1.dev0",
                                              "1.0.post1",
                                              "1.0.1",
                                              "1.10",
                                              "2.0",
                                              "1!0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK((Version::parse(ascending[i]) <=> Version::parse(ascending[j])) == (i <=> j));
    }
  }
}

TEST_CASE("trailing zeros of the release don't count") {
  CHECK(Version::parse("1") == Version::parse("1.0.0"));
  CHECK(Version::parse("1.0rc1+x") == Version::parse("1.rc.1+X"));
  CHECK(Version::parse("0") == Version::parse("0.0"));
  CHECK(Version::parse("1.0.1") != Version::parse("1.1"));
}

TEST_CASE("a local label is put on, and the public part keeps its spelling") {
  CHECK(with_local_label("2.1.0", "stripe.5", LocalLabel::extend) == "2.1.0+stripe.5");
  CHECK(with_local_label("2.1.0.RC1", "+stripe.5", LocalLabel::extend) == "2.1.0.RC1+stripe.5");
  CHECK(with_local_label(" v01.0-5 ", "x", LocalLabel::extend) == "v01.0-5+x");
}

TEST_CASE("a label that is there is extended, or replaced if that is asked for") {
  CHECK(with_local_label("2.1.0+cu121", "stripe.5", LocalLabel::extend) == "2.1.0+cu121.stripe.5");
  CHECK(with_local_label("2.1.0+cu121", "stripe.5", LocalLabel::replace) == "2.1.0+stripe.5");
  CHECK(with_local_label("2.1.0+CU_121", "x", LocalLabel::extend) == "2.1.0+cu.121.x");
}

TEST_CASE("a label is brought into the form that installers compute") {
  CHECK(with_local_label("1", "Stripe-05_RC", LocalLabel::extend) == "1+stripe.5.rc");
  CHECK(with_local_label("1", "007a.000", LocalLabel::extend) == "1+007a.0");
}

TEST_CASE("what is no label is refused") {
  const char* hint =
      "\nhint: a label is made of ASCII letters and digits with single dots between them, like stripe.5 or "
      "cu121";
  for (const char* label :
       {".a", "a.", "a..b", "a b", "++a", "a+b", "\xc3\xa9", "a/b", "99999999999999999999"}) {
    const auto text = thrown([&] { with_local_label("1.0", label, LocalLabel::extend); });
    CHECK(text == std::string("3 ") + label + ": not a local version label" + hint);
  }
  for (const char* label : {"", "+"}) {
    CHECK(thrown([&] { with_local_label("1.0", label, LocalLabel::extend); }) ==
          std::string("3 the local version label is empty") + hint);
  }
  CHECK(thrown([] { with_local_label("x", "a", LocalLabel::extend); }).starts_with("3 x: not a version"));
}

TEST_CASE("a project's name is normalised") {
  CHECK(wheelfix::normalize_project_name("MarkupSafe") == "markupsafe");
  CHECK(wheelfix::normalize_project_name("zope.interface") == "zope-interface");
  CHECK(wheelfix::normalize_project_name("a-_.b__c") == "a-b-c");
  CHECK(wheelfix::normalize_project_name("_x_") == "-x-");
  CHECK(wheelfix::normalize_project_name("").empty());
}

TEST_CASE("a text of kilobytes isn't a version") {
  std::string text = "1";
  while (text.size() < 1023) text += ".0";
  CHECK(Version::try_parse(text));
  CHECK_FALSE(Version::try_parse(text + ".0"));
}
