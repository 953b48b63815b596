#include "site/commit.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>
#include <wheelfix/error.hpp>

#include "site/site_paths.hpp"
#include "site/staging.hpp"
#include "support/temp_folder.hpp"

using namespace wheelfix;
using test::slurp;
using test::TempFolder;

namespace fs = std::filesystem;

namespace {

struct stat status_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

/// A folder of packages with one file to be replaced, one to be removed, one to be added, and RECORD.
struct Scene {
  TempFolder temporary;
  fs::path site = fs::canonical(temporary.path());
  fs::path folder = site / staging_name;
  Journal journal;

  Scene() {
    fs::create_directory(folder);
    temporary.write("demo/a.py", "old");
    temporary.write("demo/sub/gone.py", "gone");
    temporary.write("demo.dist-info/RECORD", "old record");
    add("demo/a.py", "new");
    add("demo/sub/gone.py", std::nullopt);
    add("demo/more/added.py", "added");
    add("demo.dist-info/RECORD", "new record");
    journal.files.back().is_record = true;
  }

  void add(const std::string& path, const std::optional<std::string>& content) {
    JournalFile file{.path = path, .before = {}, .after = {}};
    if (fs::exists(site / path)) file.before = stamp_of(status_of(site / path));
    if (content)
      file.after =
          stage_file(folder, journal.files.size(), site / path, {.mode = 0644}, [&](const auto& sink) {
            sink(*content);
          }).stamp;
    journal.files.push_back(std::move(file));
  }

  /// As a run that was killed before it had changed anything else.
  void write_journal() const { temporary.write(std::string(staging_name) + "/journal", to_text(journal)); }

  std::string content(const std::string& path) const {
    return fs::exists(site / path) ? slurp(site / path) : "(none)";
  }

  bool is_old() const {
    return content("demo/a.py") == "old" && content("demo/sub/gone.py") == "gone" &&
           content("demo/more/added.py") == "(none)" && content("demo.dist-info/RECORD") == "old record";
  }
  bool is_new() const {
    return content("demo/a.py") == "new" && content("demo/sub/gone.py") == "(none)" &&
           content("demo/more/added.py") == "added" && content("demo.dist-info/RECORD") == "new record";
  }
};

}  // namespace

TEST_CASE("a commit puts all files into their places, and leaves nothing else") {
  Scene scene;
  bool is_announced = false;
  SiteCommit(scene.site, scene.journal).run([&] { is_announced = scene.is_new(); });
  CHECK(is_announced);
  CHECK(scene.is_new());
  CHECK(!fs::exists(scene.site / "demo/sub"));
  CHECK(fs::is_empty(scene.folder));
}

TEST_CASE("if the announcement fails, the old files themselves are back") {
  Scene scene;
  fs::create_hard_link(scene.site / "demo/a.py", scene.site / "cached.py");
  const auto before = status_of(scene.site / "demo/a.py");
  CHECK_THROWS_AS(SiteCommit(scene.site, scene.journal).run([] { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(scene.is_old());
  CHECK(!fs::exists(scene.site / "demo/more"));
  CHECK(!is_interrupted(scene.site));
  const auto after = status_of(scene.site / "demo/a.py");
  CHECK(after.st_ino == before.st_ino);
  CHECK(after.st_nlink == 2);
}

TEST_CASE("other names of an old file keep the old content, and a symlink becomes a file") {
  Scene scene;
  fs::create_hard_link(scene.site / "demo/a.py", scene.site / "cached.py");
  scene.temporary.write("elsewhere.py", "theirs");
  fs::create_symlink("../elsewhere.py", scene.site / "demo/linked.py");
  scene.add("demo/linked.py", "own");
  SiteCommit(scene.site, scene.journal).run({});
  CHECK(scene.content("cached.py") == "old");
  CHECK(scene.content("elsewhere.py") == "theirs");
  CHECK(scene.content("demo/linked.py") == "own");
  CHECK(fs::is_regular_file(fs::symlink_status(scene.site / "demo/linked.py")));
}

TEST_CASE("a file that isn't the one that was read is an error, and nothing changes") {
  Scene scene;
  scene.temporary.write("demo/a.py", "something longer");
  CHECK_THROWS_AS(SiteCommit(scene.site, scene.journal).run({}), Error);
  CHECK(scene.content("demo.dist-info/RECORD") == "old record");
  CHECK(!is_interrupted(scene.site));
}

TEST_CASE("a run that was killed after it was decided is finished") {
  Scene scene;
  scene.write_journal();
  CHECK(is_interrupted(scene.site));
  const auto recovered = recover_site(scene.site);
  CHECK(recovered.is_finished);
  CHECK(recovered.foreign.empty());
  CHECK(scene.is_new());
  CHECK(fs::is_empty(scene.folder));
  CHECK(!recover_site(scene.site).is_finished);
}

TEST_CASE("a run that was killed before that is taken back") {
  Scene scene;
  CHECK(!is_interrupted(scene.site));
  CHECK(!recover_site(scene.site).is_finished);
  CHECK(scene.is_old());
  CHECK(fs::is_empty(scene.folder));
}

TEST_CASE("what was installed again after the kill stays as the installer wrote it") {
  Scene scene;
  scene.write_journal();
  for (const auto& path : {"demo/a.py", "demo.dist-info/RECORD"}) {
    fs::remove(scene.site / path);
    scene.temporary.write(path, "reinstalled");
  }
  const auto recovered = recover_site(scene.site);
  CHECK(recovered.foreign.size() == 4);
  CHECK(scene.content("demo/a.py") == "reinstalled");
  CHECK(scene.content("demo/sub/gone.py") == "gone");
  CHECK(scene.content("demo/more/added.py") == "(none)");
  CHECK(!is_interrupted(scene.site));
}

TEST_CASE("what was uninstalled after the kill doesn't come back") {
  Scene scene;
  scene.write_journal();
  fs::remove_all(scene.site / "demo");
  fs::remove_all(scene.site / "demo.dist-info");
  recover_site(scene.site);
  CHECK(scene.content("demo/a.py") == "(none)");
  CHECK(scene.content("demo/more/added.py") == "(none)");
  CHECK(!fs::exists(scene.site / "demo.dist-info"));
}

TEST_CASE("a journal that can't be read is an error that says what to do") {
  Scene scene;
  scene.temporary.write(std::string(staging_name) + "/journal", "{}");
  CHECK_THROWS_AS(recover_site(scene.site), Error);
  CHECK(scene.is_old());
}
