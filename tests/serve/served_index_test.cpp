#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <map>
#include <wheelfix/index.hpp>
#include <wheelfix/serve.hpp>

#include "support/wheel_builder.hpp"

using namespace wheelfix;
namespace fs = std::filesystem;

namespace {

constexpr auto json_type = "application/vnd.pypi.simple.v1+json";
constexpr auto wheel_path = "/simple/demo/demo-1.0-py3-none-any.whl";

struct Reply {
  int status;
  std::map<std::string, std::string> headers;
  std::string body;
};

std::string bytes_of(HttpAnswer& answer) {
  const int fd = answer.file.release();
  if (fd < 0) return answer.text;
  std::string bytes(answer.size, '\0');
  CHECK(::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(answer.offset)) ==
        static_cast<ssize_t>(bytes.size()));
  ::close(fd);
  return bytes;
}

/// A folder with a wheel, its index, and what that answers.
struct World {
  test::TempFolder folder;
  fs::path output;
  ServedIndex index;

  explicit World(const IndexOptions& options = {})
      : output((test::WheelText{}.write(folder), make_index(folder.path(), options).output)),
        index(folder.path(), output) {}

  Reply ask(const HttpRequest& request) const {
    auto answer = index.answer(request);
    Reply reply{answer.status, {answer.headers.begin(), answer.headers.end()}, {}};
    reply.body = bytes_of(answer);
    return reply;
  }
  Reply get(std::string_view path, std::optional<std::string_view> accept = {}) const {
    return ask({.method = "GET", .path = path, .accept = accept});
  }
  std::string on_disk(const std::string& name) const { return test::slurp(output / name); }
};

}  // namespace

TEST_CASE("pages are sent as the type that is accepted") {
  const World world;
  const auto page = world.get("/simple/demo/", json_type);
  CHECK(page.status == 200);
  CHECK(page.body == world.on_disk("demo/index.v1_json"));
  CHECK(page.headers.at("Content-Type") == json_type);
  CHECK(page.headers.at("Vary") == "Accept");
  CHECK(world.get("/simple/", json_type).body == world.on_disk("index.v1_json"));
  CHECK(world.get("/simple/").body == world.on_disk("index.html"));
  CHECK(world.get("/simple/").headers.at("Content-Type") == "text/html; charset=utf-8");
  const auto html = world.get("/simple/demo/", "application/vnd.pypi.simple.v1+html");
  CHECK(html.headers.at("Content-Type") == "application/vnd.pypi.simple.v1+html; charset=utf-8");
  CHECK(html.body == world.on_disk("demo/index.html"));
  CHECK(world.get("/simple/demo/", "application/json").status == 406);
  CHECK(world.get("/simple/demo/index.html").body == html.body);
}

TEST_CASE("a wheel and its metadata are sent, and what is damaged by unpacking isn't named gzip") {
  const World world;
  const auto wheel = world.get(wheel_path);
  CHECK(wheel.status == 200);
  CHECK(wheel.body == test::slurp(world.folder.path() / "demo-1.0-py3-none-any.whl"));
  CHECK(wheel.headers.at("Content-Type") == "application/octet-stream");
  CHECK(wheel.headers.at("Accept-Ranges") == "bytes");
  const auto metadata = world.get(std::string(wheel_path) + ".metadata");
  CHECK(metadata.headers.at("Content-Type") == "text/plain; charset=utf-8");
  CHECK(metadata.body == world.on_disk("demo/demo-1.0-py3-none-any.whl.metadata"));
}

TEST_CASE("a range is a part of the file, if it is the one that the client knows") {
  const World world;
  const auto whole = world.get(wheel_path);
  const auto size = std::to_string(whole.body.size());
  const auto ask = [&](std::string_view range, std::optional<std::string_view> if_range = {}) {
    return world.ask({.method = "GET", .path = wheel_path, .range = range, .if_range = if_range});
  };
  const auto part = ask("bytes=2-4");
  CHECK(part.status == 206);
  CHECK(part.body == whole.body.substr(2, 3));
  CHECK(part.headers.at("Content-Range") == "bytes 2-4/" + size);
  const auto beyond = ask("bytes=" + size + "-");
  CHECK(beyond.status == 416);
  CHECK(beyond.headers.at("Content-Range") == "bytes */" + size);
  CHECK(ask("bytes=0-1", whole.headers.at("ETag")).status == 206);
  CHECK(ask("bytes=0-1", whole.headers.at("Last-Modified")).status == 206);
  CHECK(ask("bytes=0-1", "\"other\"").status == 200);
  CHECK(ask("bytes=0-1", "W/" + whole.headers.at("ETag")).status == 200);  // RFC 9110, 13.1.5: strong alone
  CHECK(world.ask({.method = "HEAD", .path = wheel_path, .range = "bytes=0-1"}).status == 200);
}

TEST_CASE("what a client has is not sent again") {
  const World world;
  const auto first = world.get("/simple/demo/", json_type);
  const auto ask = [&](std::string_view tag) {
    return world.ask({.method = "GET", .path = "/simple/demo/", .accept = json_type, .if_none_match = tag});
  };
  const auto tag = first.headers.at("ETag");
  for (const auto& known : {tag, "W/" + tag, "\"a\", " + tag, std::string("*")}) {
    CHECK(ask(known).status == 304);
    CHECK(ask(known).body.empty());
    CHECK(ask(known).headers.at("ETag") == tag);
  }
  CHECK(ask("\"a\"").status == 200);
  CHECK(world.get("/simple/demo/").headers.at("ETag") != tag);
  CHECK(world
            .ask({.method = "GET",
                  .path = wheel_path,
                  .if_modified_since = world.get(wheel_path).headers.at("Last-Modified")})
            .status == 304);
  CHECK(world.ask({.method = "GET", .path = wheel_path, .if_modified_since = "Thu, 01 Jan 1970 00:00:00 GMT"})
            .status == 200);
}

TEST_CASE("a time is sent as HTTP has it") {
  const World world;
  const std::array<timespec, 2> times = {{{0, 0}, {784111777, 123}}};  // RFC 9110, 5.6.7: its example
  CHECK(::utimensat(AT_FDCWD, (world.folder.path() / "demo-1.0-py3-none-any.whl").c_str(), times.data(), 0) ==
        0);
  CHECK(world.get(wheel_path).headers.at("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("other spellings of a page's path lead to it") {
  const World world;
  for (const auto* path : {"/simple/Demo/", "/simple/demo", "/simple/DEMO", "/simple/%44emo"}) {
    CAPTURE(path);
    CHECK(world.get(path).status == 301);
    CHECK(world.get(path).headers.at("Location") == "/simple/demo/");
  }
  CHECK(world.get("/simple/A__b.-C/").headers.at("Location") == "/simple/a-b-c/");
  CHECK(world.get("/").headers.at("Location") == "/simple/");
  CHECK(world.get("/simple").headers.at("Location") == "/simple/");
}

TEST_CASE("nothing but the index is served") {
  const World world;
  world.folder.write("secret.txt", "x");
  fs::create_symlink("../../secret.txt", world.output / "demo/other-1.0-py3-none-any.whl");
  fs::create_symlink(world.folder.path() / "secret.txt",
                     world.output / "demo/demo-9-py3-none-any.whl.metadata");
  fs::create_directory_symlink(world.folder.path(), world.output / "away");
  test::WheelText{.name = "away"}.write(world.folder);
  fs::create_directory(world.output / "demo/folder-1.0-py3-none-any.whl");
  REQUIRE(::mkfifo((world.output / "demo/pipe-1.0-py3-none-any.whl").c_str(), 0600) == 0);
  for (const auto* path : {"/simple/none/",
                           "/simple/demo/none-1.0-py3-none-any.whl",
                           "/simple/.wheelfix-index.cache",
                           "/demo/",
                           "/secret.txt",
                           "/simple/../secret.txt",
                           "/simple/%2e%2e/secret.txt",
                           "/simple/demo/secret.txt",
                           "/simple/demo/../../secret.txt",
                           "/simple/demo/%2e%2e%2fsecret.txt",
                           "/simple/demo/other-1.0-py3-none-any.whl",
                           "/simple/demo/demo-9-py3-none-any.whl.metadata",
                           "/simple/away/",
                           "/simple/away/away-1.0-py3-none-any.whl",
                           "/simple/away/demo-1.0-py3-none-any.whl",
                           "/simple/demo/folder-1.0-py3-none-any.whl",
                           "/simple/demo/pipe-1.0-py3-none-any.whl",
                           "/simple/demo/demo-1.0-py3-none-any.whl/",
                           "/simple/demo/demo-1.0-py3-none-any.whl/x",
                           "/simple/demo/index.html%00",
                           "/simple/d%00/",
                           "/demo-1.0-py3-none-any.whl",
                           "/simple/demo-1.0-py3-none-any.whl/x"}) {
    CAPTURE(path);
    CHECK(world.get(path).status == 404);
  }
}

TEST_CASE("a package that is a symlink of the user's is served") {
  const World world;
  const test::TempFolder other;
  const auto elsewhere = test::WheelText{.version = "2.0"}.write(other);
  fs::create_symlink(elsewhere, world.folder.path() / "demo-2.0-py3-none-any.whl");
  make_index(world.folder.path());
  CHECK(world.get("/simple/demo/demo-2.0-py3-none-any.whl").status == 200);
  fs::remove(elsewhere);
  CHECK(world.get("/simple/demo/demo-2.0-py3-none-any.whl").status == 404);
}

TEST_CASE("copies and hard links are served") {
  for (const auto kind : {LinkKind::copy, LinkKind::hardlink}) {
    const World world({.links = kind});
    CHECK(world.get(wheel_path).body == test::slurp(world.folder.path() / "demo-1.0-py3-none-any.whl"));
  }
}

TEST_CASE("an index that is made again is seen at once") {
  const World world;
  CHECK(world.get("/simple/new/").status == 404);
  test::WheelText{.name = "new"}.write(world.folder);
  make_index(world.folder.path());
  CHECK(world.get("/simple/new/").status == 200);
}

TEST_CASE("other methods are refused") {
  const World world;
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
    const auto reply = world.ask({.method = method, .path = wheel_path});
    CHECK(reply.status == 405);
    CHECK(reply.headers.at("Allow") == "GET, HEAD");
  }
}

TEST_CASE("only who asks for this machine gets an answer") {
  const World world;
  const auto ask = [&](std::string_view host) {
    return world.ask({.method = "GET", .path = "/simple/", .host = host}).status;
  };
  for (const auto* host :
       {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080", " localhost "})
    CHECK(ask(host) == 200);
  for (const auto* host :
       {"", "example.com", "localhost.example.com:8080", "127.0.0.1.example.com", "::1", "[::1", "8080:"})
    CHECK(ask(host) == 421);
}

TEST_CASE("who requests a project of upstream's alone is sent there") {
  const World world;
  const Upstream upstream{.url = "https://example.com/simple", .private_projects = {"My.Own"}};
  const ServedIndex index(world.folder.path(), world.output, upstream);
  const auto answer = index.answer({.method = "GET", .path = "/simple/other/"});
  CHECK(answer.status == 302);
  const std::map<std::string, std::string> headers(answer.headers.begin(), answer.headers.end());
  CHECK(headers.at("Location") == "https://example.com/simple/other/");
  CHECK(index.answer({.method = "GET", .path = "/simple/demo/"}).status == 200);
  CHECK(index.answer({.method = "GET", .path = "/simple/my-own/"}).status == 404);
  CHECK(index.answer({.method = "GET", .path = "/simple/demo/other-1.0.tar.gz"}).status == 404);
  const ServedIndex of_files(world.folder.path(), world.output, Upstream{.url = "file:///simple"});
  CHECK(of_files.answer({.method = "GET", .path = "/simple/other/"}).status == 404);
}
