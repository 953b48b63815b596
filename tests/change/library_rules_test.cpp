#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <wheelfix/library.hpp>
#include <wheelfix/library_rules.hpp>

#include "support/scripts.hpp"
#include "support/stub_wheel.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using Action = LibraryRule::Action;
using Names = std::vector<std::string>;

namespace {

constexpr auto c_module = "demo/_C.cpython-311-x86_64-linux-gnu.so";

struct Scene {
  test::TempFolder folder;
  WheelEdit edit{Wheel::open(test::wheel_of_libraries().write(folder))};

  Names apply(Action action, std::string_view text, SearchPathKind kind = SearchPathKind::keep) {
    return apply_library_rules(edit, {parse_library_rule(action, text, "--option")}, {.kind = kind}).changed;
  }

  BinaryInfo info(const std::string& path) const { return read_binary(edit.read(path), path); }

  std::string refusal(Action action, std::string_view text) {
    auto message = thrown([&] { apply(action, text); });
    const auto place = message.find(folder.path().string() + "/");
    if (place != std::string::npos) message.erase(place, folder.path().string().size() + 1);
    return message;
  }
};

}  // namespace

TEST_CASE("a search path is set to exactly what is given, under the tag that is there") {
  Scene scene;
  CHECK(scene.apply(Action::set_rpath, "demo/*=$ORIGIN/../x:/y,z") ==
        Names{c_module, "demo/lib/liba.so", "demo/lib/libb.so.1"});
  CHECK(scene.info("demo/lib/liba.so").rpath == Names{"$ORIGIN/../x", "/y,z"});
  CHECK(scene.info("demo/lib/libb.so.1").runpath == Names{"$ORIGIN/../x", "/y,z"});
  CHECK(scene.info(c_module).runpath == Names{"$ORIGIN/../x", "/y,z"});
  CHECK(scene.edit.read("demo/lib/notes.so") == "no library\n");
}

TEST_CASE("what is written doesn't depend on what was read when the rules were applied") {
  Scene ruled, edited;
  ruled.apply(Action::set_rpath, "demo/*=$ORIGIN/../x:/y,z");
  for (const auto& [path, item] : ruled.edit.overlay())
    edited.edit.edit_bytes(path, item->byte_edits, item->how);
  const auto written = [](Scene& scene) {
    scene.edit.set_local_label("x.1");
    return test::slurp(write(scene.edit, {.dest_dir = scene.folder / "out"}).output);
  };
  CHECK(written(ruled) == written(edited));
}

TEST_CASE("the callback cancels, and the edit is unchanged then") {
  Scene scene;
  const auto rule = parse_library_rule(Action::set_rpath, "*=/x", "--option");
  CHECK_THROWS_AS(apply_library_rules(scene.edit, {rule}, {.progress = [](auto&) { return false; }}), Error);
  CHECK(scene.edit.overlay().empty());
}

TEST_CASE("the tag is changed if a kind is asked for, even if the path stays") {
  Scene scene;
  CHECK(scene.apply(Action::add_rpath, "demo/lib/*=$ORIGIN", SearchPathKind::rpath) ==
        Names{"demo/lib/libb.so.1"});
  CHECK(scene.info("demo/lib/libb.so.1").rpath == Names{"$ORIGIN", "/opt/b"});
  CHECK(scene.info("demo/lib/libb.so.1").runpath.empty());
}

TEST_CASE("entries are added after those that are there, and none twice") {
  Scene scene;
  CHECK(scene.apply(Action::add_rpath, "*/libb.so.1=/opt/b:/new:$ORIGIN") == Names{"demo/lib/libb.so.1"});
  CHECK(scene.info("demo/lib/libb.so.1").runpath == Names{"$ORIGIN", "/opt/b", "/new"});
  CHECK(scene.apply(Action::add_rpath, "*/libb.so.1=/opt/b").empty());
}

TEST_CASE("entries, or the whole path, are removed") {
  Scene scene;
  scene.apply(Action::remove_rpath, "*/libb.so.1=/opt/b");
  CHECK(scene.info("demo/lib/libb.so.1").runpath == Names{"$ORIGIN"});
  CHECK(scene.apply(Action::remove_rpath, "*") == Names{"demo/lib/liba.so", "demo/lib/libb.so.1"});
  CHECK(scene.info("demo/lib/liba.so").rpath.empty());
}

TEST_CASE("needed names are added, removed and replaced in their place") {
  Scene scene;
  scene.apply(Action::add_needed, std::string(c_module) + "=libm.so.6");
  CHECK(scene.info(c_module).needed == Names{"liba.so", "libc.so.6", "libm.so.6"});
  scene.apply(Action::replace_needed, "*=liba.so:liba-1234.so");
  CHECK(scene.info(c_module).needed == Names{"liba-1234.so", "libc.so.6", "libm.so.6"});
  scene.apply(Action::remove_needed, "*_C*=libc.so.6");
  CHECK(scene.info(c_module).needed == Names{"liba-1234.so", "libm.so.6"});
}

TEST_CASE("a soname is set for the one entry that is named, globs or not") {
  Scene scene;
  CHECK(scene.apply(Action::set_soname, "demo/lib/liba.so=liba.so.2") == Names{"demo/lib/liba.so"});
  CHECK(scene.info("demo/lib/liba.so").soname == "liba.so.2");
  CHECK(scene.refusal(Action::set_soname, "demo/lib/*.so=x.so") ==
        "3 --option: demo/lib/*.so matches no library in demo-1.0-py3-none-any.whl\nhint: `wheelfix inspect` "
        "lists the "
        "wheel's libraries");
}

TEST_CASE(
    "rules are applied in their order, and each library is reported once with all that was done to it") {
  Scene scene;
  const auto rule = [](Action action, std::string_view text) {
    return parse_library_rule(action, text, "--option");
  };
  const auto changed =
      apply_library_rules(scene.edit,
                          {rule(Action::set_rpath, "*=/first"), rule(Action::add_rpath, "*/liba.so=/second"),
                           rule(Action::replace_needed, "*=libb.so.1:libb.so.2"),
                           rule(Action::set_soname, "demo/lib/liba.so=libz.so")},
                          {})
          .changed;
  CHECK(changed == Names{c_module, "demo/lib/liba.so", "demo/lib/libb.so.1"});
  const auto info = scene.info("demo/lib/liba.so");
  CHECK(info.rpath == Names{"/first", "/second"});
  CHECK(info.needed == Names{"libb.so.2"});
  CHECK(info.soname == "libz.so");
  CHECK(scene.edit.overlay().at("demo/lib/liba.so")->how == std::set{How::rpath, How::needed, How::soname});
}

TEST_CASE("a written wheel has the edited libraries, and RECORD agrees") {
  Scene scene;
  scene.apply(Action::set_rpath, "*=" + std::string(300, 'p'));
  scene.apply(Action::set_soname, "demo/lib/liba.so=" + std::string(100, 's'));
  scene.edit.set_local_label("x.1", LocalLabel::extend);
  const auto written = write(scene.edit, {.dest_dir = scene.folder.path()});
  const auto libraries = read_libraries(Wheel::open(written.output));
  CHECK(libraries.findings.empty());
  REQUIRE(libraries.libraries.size() == 3);
  for (const auto& library : libraries.libraries)
    CHECK((library.info.rpath.empty() ? library.info.runpath : library.info.rpath) ==
          Names{std::string(300, 'p')});
  CHECK(libraries.libraries[1].info.soname == std::string(100, 's'));
  const std::multimap<std::string, How> how = [&] {
    std::multimap<std::string, How> all;
    for (const auto& change : written.changed) all.emplace(change.path, change.how);
    return all;
  }();
  CHECK(how.count("demo/lib/liba.so") == 2);
  CHECK(how.find("demo/lib/libb.so.1")->second == How::rpath);
}

TEST_CASE("a rule that changes nothing, for nothing matches, is refused and nothing is edited") {
  Scene scene;
  CHECK(scene.refusal(Action::set_rpath, "demo/*.py=/x") ==
        "3 --option: demo/*.py matches no library in demo-1.0-py3-none-any.whl\nhint: `wheelfix inspect` "
        "lists the "
        "wheel's libraries");
  CHECK(
      scene.refusal(Action::set_rpath, "demo/lib/notes.so=/x") ==
      "3 --option: demo/lib/notes.so is neither an ELF library with a dynamic section nor a Mach-O one\nhint: `wheelfix inspect` "
      "lists the "
      "wheel's libraries");
  CHECK(scene.refusal(Action::remove_needed, "*=libz.so") ==
        "3 --option: no library that * matches has libz.so\nhint: `wheelfix inspect` shows what the wheel's "
        "libraries "
        "need, and where they look for it");
  CHECK(scene.refusal(Action::remove_rpath, "*=/absent")
            .starts_with("3 --option: no library that * matches has /absent"));
  CHECK(scene.edit.overlay().empty());
}

TEST_CASE("rules are parsed from options' values, and what isn't one is wrong usage") {
  const auto rule = parse_library_rule(Action::replace_needed, "a*=old=1:new:2", "--replace-needed");
  CHECK(rule.glob == "a*");
  CHECK(rule.values == Names{"old=1", "new:2"});
  CHECK(parse_library_rule(Action::remove_rpath, "lib*", "-").values.empty());
  CHECK(thrown([] { parse_library_rule(Action::set_rpath, "lib*", "--set-rpath"); }) ==
        "2 --set-rpath: 'lib*' is not GLOB=PATHS");
  CHECK(thrown([] { parse_library_rule(Action::set_rpath, "=x", "--set-rpath"); }) ==
        "2 --set-rpath: '=x' is not GLOB=PATHS");
  CHECK(thrown([] { parse_library_rule(Action::remove_rpath, "lib*=", "--remove-rpath"); }) ==
        "2 --remove-rpath: 'lib*=' is not GLOB or GLOB=PATHS");
  CHECK(thrown([] { parse_library_rule(Action::replace_needed, "lib*=a:", "--replace-needed"); }) ==
        "2 --replace-needed: 'lib*=a:' is not GLOB=OLD:NEW");
}

namespace {

/// While it lives, `command` is what stands for LIEF's process.
class StandIn {
 public:
  StandIn(const test::TempFolder& folder, const std::string& command) {
    test::executable(folder, "wheelfix-lief", "#!/bin/sh\n" + command + "\n");
    ::setenv("WHEELFIX_LIBEXEC", folder.path().c_str(), 1);
  }
  ~StandIn() { ::unsetenv("WHEELFIX_LIBEXEC"); }
};

LibraryRuleReport lengthen_paths(Scene& scene, Verification verification) {
  return apply_library_rules(scene.edit,
                             {parse_library_rule(Action::set_rpath, "*=/a/longer/path", "--set-rpath")},
                             {.verification = verification});
}

}  // namespace

TEST_CASE("a second reader that isn't there is reported once, and one that dies for each library") {
  Scene scene;
  ::setenv("WHEELFIX_LIBEXEC", "/nowhere", 1);
  const auto without = lengthen_paths(scene, Verification::automatic);
  ::unsetenv("WHEELFIX_LIBEXEC");
  REQUIRE(without.findings.size() == 1);
  CHECK(without.findings[0].code == FindingCode::second_reader_absent);
  CHECK(without.findings[0].severity == Severity::note);
  CHECK(without.changed.size() == 3);

  Scene other;
  const StandIn dies(other.folder, "kill -SEGV $$");
  const auto report = lengthen_paths(other, Verification::always);
  REQUIRE(report.findings.size() == 3);
  CHECK(report.findings[1].code == FindingCode::second_reader_died);
  CHECK(report.findings[1].severity == Severity::warning);
  CHECK(report.findings[1].message.ends_with("died of SIGSEGV"));
}

TEST_CASE("a second reader that reads the edited library otherwise stops the edit") {
  Scene scene;
  const StandIn differs(scene.folder,
                        "printf 'format 3\\nelf\\nmachine 2\\n62\\nbits 2\\n64\\nbig-endian 2\\nno\\ndynamic "
                        "3\\nyes\\nprogram 2\\nno\\nsoname 9\\nlibz.so.9\\nend 0\\n\\n'");
  const auto message = thrown([&] { lengthen_paths(scene, Verification::automatic); });
  CHECK(message.find("LIEF reads it differently: soname: _C.so against libz.so.9") != std::string::npos);
  CHECK(message.starts_with("3 "));
  CHECK(scene.edit.overlay().empty());
}

TEST_CASE("nobody is asked if that is not wanted") {
  Scene scene;
  const StandIn dies(scene.folder, "exit 1");
  CHECK(lengthen_paths(scene, Verification::never).findings.empty());
}

TEST_CASE("a first path leaves a library what it inherits from the RPATH of one that has it loaded") {
  const test::TempFolder folder;
  const test::WheelText text{
      .files = {
          {.name = "demo/_C.so",
           .content = test::library("_C.so", {"libone.so"}, {"$ORIGIN/../demo.libs"}, SearchPathKind::rpath)},
          {.name = "demo.libs/libone.so", .content = test::library("libone.so", {"libtwo.so", "libc.so.6"})},
          {.name = "demo.libs/libtwo.so", .content = test::library("libtwo.so", {"libc.so.6"})}}};
  const auto applied = [&](SearchPathKind kind) {
    WheelEdit edit(Wheel::open(text.write(folder)));
    const auto rule = parse_library_rule(Action::add_rpath, "demo.libs/*=$ORIGIN/../more", "--option");
    const auto report = apply_library_rules(edit, {rule}, {.kind = kind});
    const auto read = read_libraries(edit);
    for (const auto& library : read.libraries) {
      const auto known = report.after.find(library.path);
      if (known != report.after.end()) CHECK(known->second == library.info);
    }
    CHECK(report.after.size() == 2);
    for (const auto& [path, info] : report.before)
      CHECK(info == read_library(WheelEdit(edit.wheel()), path).info);
    return std::pair(read_library(edit, "demo.libs/libone.so").info,
                     read_library(edit, "demo.libs/libtwo.so").info);
  };
  const auto [one, two] = applied(SearchPathKind::keep);
  CHECK(one.rpath == Names{"$ORIGIN/../more"});
  CHECK(one.runpath.empty());
  CHECK(two.runpath == Names{"$ORIGIN/../more"});
  CHECK(applied(SearchPathKind::runpath).first.runpath == Names{"$ORIGIN/../more"});
}
