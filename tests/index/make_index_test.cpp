#include <sys/stat.h>

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/index.hpp>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "index/cache.hpp"
#include "index/index_testing.hpp"
#include "support/tar_builder.hpp"
#include "wheel/thrown.hpp"

using namespace wheelfix;
using namespace test;
using nlohmann::json;
namespace fs = std::filesystem;

TEST_CASE("an index has pages, links and metadata for each project") {
  const TempFolder folder;
  fill(folder);
  const auto report = make_index(folder.path());
  CHECK(report.output == folder / "simple");
  CHECK(report.projects == 3);
  CHECK(report.files == 4);
  CHECK(report.left_out.empty());
  CHECK(told(report) == Lines{"added demo/demo-1.0-py3-none-any.whl", "added demo/demo-1.1-py3-none-any.whl",
                              "added my-sdist/my-sdist-1.0.tar.gz",
                              "added triton/triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl"});
  CHECK(names_in(folder / "simple") == Lines{".wheelfix-index.cache", ".wheelfix-index.lock", "demo",
                                             "index.html", "index.v1_json", "my-sdist", "triton"});
  CHECK(names_in(folder / "simple/triton") ==
        Lines{"index.html", "index.v1_json", "triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl",
              "triton-2.1.0+x-0-cp311-cp311-linux_x86_64.whl.metadata"});
  CHECK(fs::read_symlink(folder / "simple/demo/demo-1.0-py3-none-any.whl") ==
        "../../demo-1.0-py3-none-any.whl");
  CHECK(slurp(folder / "simple/demo/demo-1.0-py3-none-any.whl.metadata") ==
        "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\nA body.\n");
  const auto page = json::parse(slurp(folder / "simple/my-sdist/index.v1_json"));
  CHECK(page["files"][0]["requires-python"] == ">=3.9");
}

TEST_CASE("the index is the same bytes for the same input, whatever the threads and the way to it") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path(), {.output = folder / "one", .jobs = 1});
  make_index(folder.path(), {.output = folder / "many", .jobs = 8});
  WheelText{.version = "1.2"}.write(folder);
  make_index(folder.path(), {.output = folder / "grown", .jobs = 2});
  fs::remove(folder / "demo-1.2-py3-none-any.whl");
  make_index(folder.path(), {.output = folder / "grown", .jobs = 2});
  CHECK(pages(folder / "one") == pages(folder / "many"));
  CHECK(pages(folder / "one") == pages(folder / "grown"));
}

TEST_CASE("a second run changes nothing, and a third only what changed") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path());
  const auto before = stamps(folder / "simple");
  CHECK(make_index(folder.path()).changes.empty());
  CHECK(stamps(folder / "simple") == before);

  fs::remove(folder / "demo-1.0-py3-none-any.whl");
  fs::remove(folder / "my-sdist-1.0.tar.gz");
  WheelText{.name = "demo", .version = "2.0"}.write(folder);
  WheelText{.name = "demo",
            .version = "1.1",
            .metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.1\nSummary: x\n"}
      .write(folder);
  const Lines expected = {"removed demo/demo-1.0-py3-none-any.whl", "changed demo/demo-1.1-py3-none-any.whl",
                          "added demo/demo-2.0-py3-none-any.whl", "removed my-sdist/my-sdist-1.0.tar.gz"};
  const auto untouched = stamps(folder / "simple/triton");
  CHECK(told(make_index(folder.path(), {.is_check = true})) == expected);
  CHECK(stamps(folder / "simple") == before);
  CHECK(told(make_index(folder.path())) == expected);
  CHECK(names_in(folder / "simple/demo") ==
        Lines{"demo-1.1-py3-none-any.whl", "demo-1.1-py3-none-any.whl.metadata", "demo-2.0-py3-none-any.whl",
              "demo-2.0-py3-none-any.whl.metadata", "index.html", "index.v1_json"});
  CHECK(slurp(folder / "simple/demo/demo-1.1-py3-none-any.whl.metadata").ends_with("Summary: x\n"));
  CHECK_FALSE(fs::exists(folder / "simple/my-sdist"));
  CHECK(stamps(folder / "simple/triton") == untouched);
  CHECK(slurp(folder / "simple/index.html").find("my-sdist") == std::string::npos);
}

TEST_CASE("a check of an index that isn't there yet writes nothing") {
  const TempFolder folder;
  fill(folder);
  CHECK(make_index(folder.path(), {.is_check = true}).changes.size() == 4);
  CHECK_FALSE(fs::exists(folder / "simple"));
}

TEST_CASE("links can be hard links or copies, and change with the option") {
  const TempFolder folder;
  fill(folder);
  const auto link = folder / "simple/demo/demo-1.0-py3-none-any.whl";
  make_index(folder.path(), {.links = LinkKind::hardlink});
  CHECK(fs::hard_link_count(link) == 2);
  CHECK(make_index(folder.path(), {.links = LinkKind::hardlink}).changes.empty());
  make_index(folder.path(), {.links = LinkKind::copy});
  CHECK(fs::hard_link_count(link) == 1);
  CHECK_FALSE(fs::is_symlink(link));
  CHECK(slurp(link) == slurp(folder / "demo-1.0-py3-none-any.whl"));
  const auto copy = stamps(folder / "simple/demo");
  CHECK(make_index(folder.path(), {.links = LinkKind::copy}).changes.empty());
  CHECK(stamps(folder / "simple/demo") == copy);
  make_index(folder.path());
  CHECK(fs::is_symlink(link));
  make_index(folder.path(), {.base_url = "https://example.com/w"});
  CHECK(names_in(folder / "simple/demo") == Lines{"index.html", "index.v1_json"});
  CHECK(slurp(folder / "simple/demo/index.html")
            .find("href=\"https://example.com/w/demo-1.0-py3-none-any.whl#sha256=") != std::string::npos);
  make_index(folder.path());
  CHECK(fs::is_symlink(link));
}

TEST_CASE("a copy of a file that changed is made again") {
  const TempFolder folder;
  fill(folder);
  make_index(folder.path(), {.links = LinkKind::copy});
  WheelText{.metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nSummary: new\n"}.write(folder);
  make_index(folder.path(), {.links = LinkKind::copy});
  CHECK(slurp(folder / "simple/demo/demo-1.0-py3-none-any.whl") ==
        slurp(folder / "demo-1.0-py3-none-any.whl"));
}

TEST_CASE("the output may be elsewhere, or the folder itself") {
  const TempFolder folder;
  const TempFolder other;
  fill(folder);
  make_index(folder.path().string() + "/", {.output = other / "a/b/"});
  CHECK(fs::exists(other / "a/b/demo/demo-1.0-py3-none-any.whl"));
  make_index(folder.path(), {.output = folder.path()});
  CHECK(fs::read_symlink(folder / "demo/demo-1.0-py3-none-any.whl") == "../demo-1.0-py3-none-any.whl");
  CHECK(make_index(folder.path(), {.output = folder.path()}).changes.empty());
  fs::create_directory_symlink(other / "a/b", folder / "link");
  CHECK(make_index(folder.path(), {.output = folder / "link"}).changes.empty());
  CHECK(fs::exists(folder / "link/demo/demo-1.0-py3-none-any.whl"));
}

TEST_CASE("wheels whose METADATA or WHEEL pip refuses are left out, each with its reason") {
  const TempFolder folder;
  const std::string metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.";
  const auto with_wheel_version = [](const std::string& text) {
    return "Wheel-Version: " + text + "\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
  };
  WheelText{}.write(folder);
  WheelText{.version = "1.1", .metadata = metadata + "1\nAuthor: Ren\xe9\n"}.write(folder);
  WheelText{.version = "1.2", .metadata = metadata + "2\nRequires-Dist: de mo\n"}.write(folder);
  WheelText{.version = "1.3", .metadata = metadata + "3\nRequires-Python: ^3\n"}.write(
      folder);  // pip takes it
  WheelText{.version = "1.4", .metadata = metadata + "4\nRequires-Dist: dep\n >=1\n"}.write(folder);
  WheelText{.version = "1.5", .wheel_file = with_wheel_version("1.9")}.write(folder);  // pip warns of it
  WheelText{.version = "1.6", .wheel_file = with_wheel_version("2.0")}.write(folder);
  WheelText{.version = "1.7", .wheel_file = with_wheel_version("new")}.write(folder);
  WheelText{.version = "1.8", .wheel_file = with_wheel_version("1.0") + "Generator: Ren\xe9\n"}.write(folder);
  WheelText without{.version = "1.9"};
  auto items = without.items();
  std::erase_if(items, [](const ZipItem& item) { return item.name.ends_with("/WHEEL"); });
  folder.write(without.file_name(), make_zip(items));
  const auto report = make_index(folder.path());
  Lines messages;
  for (const auto& file : report.left_out) messages.push_back(file.message);
  CHECK(messages == Lines{"METADATA is not UTF-8",
                          "METADATA: Requires-Dist 'de mo' has 'mo', which is not a version specifier: it "
                          "begins with no operator",
                          "METADATA: line 5 continues a Requires-Dist",
                          "WHEEL has Wheel-Version 2.0, and wheelfix knows 1.x",
                          "WHEEL has no Wheel-Version like 1.0, but 'new'", "WHEEL is not UTF-8",
                          "has no WHEEL in its .dist-info folder"});
  CHECK(report.files == 3);
}

TEST_CASE("what an older wheelfix-index took is judged again, because its cache isn't believed") {
  const TempFolder folder;
  WheelText{.wheel_file = "Wheel-Version: 2.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}.write(folder);
  WheelText{.version = "1.1"}.write(folder);
  make_index(folder.path());
  const auto path = folder / "simple/.wheelfix-index.cache";
  auto cache = Cache::parse(slurp(path));
  REQUIRE(cache);
  REQUIRE(cache->packages.size() == 1);
  auto refused = cache->packages.front();
  refused.file_name = "demo-1.0-py3-none-any.whl";
  refused.version = "1.0";
  refused.stamp = File::open(folder / refused.file_name).stamp();
  cache->packages.insert(cache->packages.begin(), refused);
  auto bytes = cache->to_bytes();
  folder.write("simple/.wheelfix-index.cache", bytes);
  CHECK(make_index(folder.path()).left_out.empty());  // of this version's, all is believed
  const std::string_view magic = "wheelfix-index cache 4\n";
  REQUIRE(bytes.starts_with(magic));
  bytes.replace(0, magic.size(), "wheelfix-index cache 2\n");
  bytes.resize(bytes.size() - 64);
  folder.write("simple/.wheelfix-index.cache", bytes + sha256_hex(bytes));
  const auto report = make_index(folder.path());
  REQUIRE(report.left_out.size() == 1);
  CHECK(report.left_out[0].message == "WHEEL has Wheel-Version 2.0, and wheelfix knows 1.x");
}

TEST_CASE("what can't be indexed is left out, and the rest is") {
  const TempFolder folder;
  fill(folder);
  folder.write("broken-1.0-py3-none-any.whl", "no zip");
  folder.write("bad-1.0.tar.gz", "no gzip");
  folder.write("nameless.whl", "");
  folder.write("old-1.0.tar.bz2", "BZh9");
  WheelText{.name = ".hidden"}.write(folder);
  WheelText{.name = "other", .metadata = "Name: demo\nVersion: 1.0\n"}.write(folder);
  folder.write("my-sdist-2.0.tar.gz", gzip(make_tar({{"x/PKG-INFO", "Name: my-sdist\nVersion: 3.0\n"}})));
  fs::create_directory(folder / "dir-1.0-py3-none-any.whl");
  fs::create_symlink("nowhere", folder / "gone-1.0-py3-none-any.whl");
  folder.write("notes.txt", "");
  const auto report = make_index(folder.path());
  CHECK(report.files == 4);
  Lines lines;
  for (const auto& file : report.left_out)
    lines.push_back(fs::path(file.path).filename().string() + ": " + file.message);
  CHECK(lines == Lines{"bad-1.0.tar.gz: is not compressed by gzip, so not a .tar.gz",
                       "broken-1.0-py3-none-any.whl: is not a ZIP archive, so not a wheel",
                       "dir-1.0-py3-none-any.whl: is not a file, or is a broken link",
                       "gone-1.0-py3-none-any.whl: is not a file, or is a broken link",
                       "my-sdist-2.0.tar.gz: PKG-INFO says my-sdist 3.0, the file's name says my-sdist 2.0",
                       "nameless.whl: the name of a wheel has 5 parts between dashes, or 6 with a build tag, "
                       "and this one has 1",
                       "old-1.0.tar.bz2: is neither a .tar.gz nor a .zip, as sdists are",
                       "other-1.0-py3-none-any.whl: METADATA says demo 1.0, the file's name says other 1.0"});
  CHECK_FALSE(fs::exists(folder / "simple/other"));
}

TEST_CASE("a wheel whose name leaves no room for a longer one beside it is indexed without its metadata") {
  const TempFolder folder;
  const auto longest = [](std::size_t size) { return std::string(size - 21, 'a'); };  // -1.0-py3-none-any.whl
  WheelText{.name = longest(246)}.write(folder);
  WheelText{.name = longest(255)}.write(folder);
  CHECK(make_index(folder.path()).files == 2);
  const auto offered = [&](const std::string& project) {
    return slurp(folder / ("simple/" + project + "/index.html")).find("data-core-metadata") !=
           std::string::npos;
  };
  CHECK(offered(longest(246)));
  CHECK_FALSE(offered(longest(255)));
  CHECK(names_in(folder / ("simple/" + longest(255))) ==
        Lines{longest(255) + "-1.0-py3-none-any.whl", "index.html", "index.v1_json"});
  CHECK(make_index(folder.path()).changes.empty());
}

TEST_CASE("PKG-INFO chooses between the readings of an sdist's name") {
  const TempFolder folder;
  folder.write("a-1.0-1.tar.gz", gzip(make_tar({{"x/PKG-INFO", "Name: a-1.0\nVersion: 1\n"}})));
  folder.write("b-1.0-1.tar.gz", gzip(make_tar({{"x/setup.py", ""}})));
  make_index(folder.path());
  CHECK(fs::exists(folder / "simple/a-1-0/a-1.0-1.tar.gz"));
  CHECK(fs::exists(folder / "simple/b/b-1.0-1.tar.gz"));
  CHECK(make_index(folder.path()).changes.empty());
}

TEST_CASE("a folder that isn't there, and an invalid URL and title are refused") {
  const TempFolder folder;
  CHECK(thrown([&] { make_index(folder / "none"); }) ==
        "4 " + (folder / "none").string() +
            ": cannot read the folder: No such file or directory\nhint: check the spelling and the folder");
  CHECK(thrown([&] { make_index(folder.path(), {.base_url = "a b"}); }) ==
        "2 --base-url: 'a b' is not a URL that file names can be appended to\nhint: give one like "
        "https://files.example.com/wheels/");
  for (const auto* title : {"", " ", "a\nb", "\xff"}) {
    CHECK(thrown([&] { make_index(folder.path(), {.title = title}); }) ==
          "2 --title: '" + printable(title) +
              "' is not a title for a page\nhint: give one line of UTF-8 text");
  }
}

TEST_CASE("a page lists upstream's files after ours, but none of a name that we have") {
  const TempFolder folder;
  WheelText{.version = "1.0+x"}.write(folder);
  WheelText{.version = "1.0"}.write(folder);
  auto upstream = std::string("<meta name='pypi:repository-version' content='1.0'>");
  for (const auto* name : {"demo-1.0-py3-none-any.whl#sha256=ab", "demo-1.0.tar.gz#sha256=cd",
                           "demo-2.0.tar.gz", "demo-0.9.zip"})
    upstream += std::string("<a href=\"/files/") + name + "\">x</a>";
  const auto fetch = [&](const std::string& project) {
    return project == "demo" || project == "more"
               ? std::optional(FetchedPage{"https://a/simple/" + project + "/", "text/html", upstream})
               : std::nullopt;
  };
  IndexOptions options{.upstream = Upstream{"https://a/simple", {"More"}, {}, fetch}};
  const auto report = make_index(folder.path(), options);
  CHECK(report.projects == 2);
  CHECK(report.files == 2);
  CHECK(told(report) == Lines{"added demo/demo-1.0+x-py3-none-any.whl",
                              "added demo/demo-1.0-py3-none-any.whl", "added more/index.html"});
  CHECK(report.notes ==
        std::vector<UpstreamNote>{{UpstreamNote::Kind::shadowed, "demo-1.0-py3-none-any.whl"}});
  const auto page = json::parse(slurp(folder / "simple/demo/index.v1_json"));
  Lines urls;
  for (const auto& file : page["files"]) urls.push_back(file["url"]);
  CHECK(urls == Lines{"demo-1.0%2Bx-py3-none-any.whl", "demo-1.0-py3-none-any.whl",
                      "https://a/files/demo-2.0.tar.gz", "https://a/files/demo-1.0.tar.gz",
                      "https://a/files/demo-0.9.zip"});
  CHECK(page["versions"] == json{"1.0+x", "1.0", "2.0", "0.9"});
  CHECK(page["meta"]["api-version"] == "1.0");
  CHECK(slurp(folder / "simple/demo/index.html").find("3 of them from https://a/simple") !=
        std::string::npos);
  CHECK(names_in(folder / "simple/more") == Lines{"index.html", "index.v1_json"});
  CHECK(make_index(folder.path(), options).changes.empty());

  SUBCASE("without upstream the pages are ours alone again, with and without a cache") {
    SUBCASE("with") {}
    SUBCASE("without") {
      fs::remove(folder / "simple/.wheelfix-index.cache");
    }
    CHECK(told(make_index(folder.path())).back() == "removed more/index.html");
    CHECK(json::parse(slurp(folder / "simple/demo/index.v1_json"))["files"].size() == 2);
    CHECK_FALSE(fs::exists(folder / "simple/more"));
  }
  SUBCASE("a failure leaves the pages as they are") {
    options.upstream->fetch = [](const std::string&) -> std::optional<FetchedPage> {
      throw Error(ErrorCode::io, "https://a", "cannot be read");
    };
    const auto before = pages(folder / "simple");
    WheelText{.version = "3.0"}.write(folder);
    CHECK_THROWS_AS(make_index(folder.path(), options), Error);
    const auto after = pages(folder / "simple");
    for (const auto& [name, bytes] : before) CHECK(after.at(name) == bytes);
  }
  SUBCASE("a project that upstream lacks is ours alone, unless it was named") {
    options.upstream->projects = {};
    options.upstream->fetch = [](const std::string&) { return std::nullopt; };
    const auto absent = make_index(folder.path(), options);
    CHECK(absent.notes == std::vector<UpstreamNote>{{UpstreamNote::Kind::absent, "https://a/simple"}});
    options.upstream->projects = {"more"};
    CHECK_THROWS_AS(make_index(folder.path(), options), Error);
  }
}

TEST_CASE("upstream's project of the same name may be another one, and ours may be ours alone") {
  const TempFolder folder;
  // Not just written: else it is read, and its page made, again.
  fs::last_write_time(WheelText{.version = "1.0.0+x"}.write(folder),
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  std::string name = "demo-99.0.zip";
  Lines asked;
  const auto fetch = [&](const std::string& project) {
    asked.push_back(project);
    return FetchedPage{"https://a/simple/demo/", "text/html", "<a href=" + name + ">"};
  };
  IndexOptions options{.upstream = Upstream{"https://a/simple", {}, {}, fetch}};
  const auto count = [&] {
    make_index(folder.path(), options);
    return json::parse(slurp(folder / "simple/demo/index.v1_json"))["files"].size();
  };
  CHECK(make_index(folder.path(), options).notes ==
        std::vector<UpstreamNote>{{UpstreamNote::Kind::other_project, "demo"}});
  CHECK(count() == 1);
  options.upstream->projects = {"demo"};
  CHECK(count() == 2);
  options.upstream->projects = {};
  name = "demo-1.0.zip";  // 1.0.0 by PEP 440
  CHECK(count() == 2);
  options.upstream->private_projects = {"Demo"};
  asked.clear();
  CHECK(count() == 1);
  CHECK(asked.empty());
}
