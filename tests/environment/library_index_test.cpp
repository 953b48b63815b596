#include "environment/library_index.hpp"

#include <doctest/doctest.h>

#include "binary/pe_builder.hpp"
#include "environment/made_wheels.hpp"

using namespace wheelfix;
using test::library;
using test::MadeWheels;

namespace {

std::vector<std::string> entries(const LibraryIndex::Libraries& libraries) {
  std::vector<std::string> texts;
  for (const auto* library : libraries) texts.push_back(library->entry);
  return texts;
}

std::string best(const MadeWheels& wheels, const std::string& name) {
  const auto set = wheels.read("split");
  const auto* found = LibraryIndex(*set).best(name, set->system);
  return found == nullptr ? "none" : found->entry;
}

using Entries = std::vector<std::string>;

}  // namespace

TEST_CASE("a library is found by its file's name and by its soname, which are kept apart") {
  MadeWheels wheels;
  wheels.add("a", {{"a/libx.so.1.2", library("libx.so.1")}, {"a/liby.so", library("liby.so")}});
  wheels.add("b", {{"b/liby.so", library("liby.so.2")}});
  const auto set = wheels.read("split");
  const LibraryIndex index(*set);
  CHECK(entries(index.with_soname("libx.so.1")) == Entries{"a/libx.so.1.2"});
  CHECK(index.with_file_name("libx.so.1").empty());
  CHECK(entries(index.with_file_name("libx.so.1.2")) == Entries{"a/libx.so.1.2"});
  CHECK(entries(index.with_file_name("@rpath/liby.so")) == Entries{"a/liby.so", "b/liby.so"});
  CHECK(entries(index.with_soname("liby.so.2")) == Entries{"b/liby.so"});
  for (const auto* name : {"libx.so.1", "libx.so.1.2", "liby.so", "liby.so.2"}) CHECK(index.has(name));
  CHECK_FALSE(index.has("libz.so"));
}

TEST_CASE("a file of the name is preferred to a soname, and a library that can be loaded to both") {
  MadeWheels wheels;
  wheels.add("a", {{"a/libx.so.1.2", library("libx.so.1")}});
  CHECK(best(wheels, "libx.so.1") == "a/libx.so.1.2");
  wheels.add("b", {{"b/libx.so.1", library("libx.so.1")}});
  CHECK(best(wheels, "libx.so.1") == "b/libx.so.1");
  MadeWheels mixed;
  mixed.add("a", {{"a/libx.so.1", test::pe_image({})}, {"a/lib/libx.so.1.2", library("libx.so.1")}});
  CHECK(best(mixed, "libx.so.1") == "a/lib/libx.so.1.2");
  CHECK(best(mixed, "libgone.so") == "none");
}

TEST_CASE("a file that is only named like a library has the name, but isn't a library") {
  MadeWheels wheels;
  wheels.add("a", {{"a/libx.so.1", "text"}, {"a-1.0.data/data/lib/liby.so", library("liby.so.3")}});
  const auto set = wheels.read("split");
  const LibraryIndex index(*set);
  for (const auto* name : {"libx.so.1", "liby.so", "liby.so.3"}) {
    CHECK(index.has(name));
    CHECK(index.with_file_name(name).empty());
  }
}
