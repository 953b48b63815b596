#include <wheelfix/error.hpp>
#include <wheelfix/file_tree.hpp>

#include "loader/loader_testing.hpp"
#include "support/stub_wheel.hpp"

using namespace wheelfix;
using test::Text;

namespace {

std::string path_at(const FileTree& tree, const std::string& path) {
  const auto* node = tree.find(path);
  return node == nullptr ? "none" : node->path();
}

}  // namespace

TEST_CASE("paths with dots and symlinks lead where the system's do") {
  FileTree tree;
  tree.add_library("/a/lib/liba.so", Text{.soname = "liba.so"}.info());
  tree.add_folder("/b");
  tree.add_symlink("/b/up", "../a");
  tree.add_symlink("/b/liba.so", "up/lib/./liba.so");
  tree.add_symlink("/b/absolute.so", "/b//liba.so");
  CHECK(path_at(tree, "/b/absolute.so") == "/a/lib/liba.so");
  CHECK(path_at(tree, "/b/up/../a/lib") == "/a/lib");  // `..` leaves the folder that the link led to
  CHECK(path_at(tree, "/../a/lib/") == "/a/lib");
  CHECK(path_at(tree, "/") == "/");
  CHECK(tree.find("/a/lib")->is_folder());
  CHECK(tree.find("/b/liba.so")->content()->info.soname == "liba.so");
}

TEST_CASE("a path through a file, to nothing or in a circle leads nowhere") {
  FileTree tree;
  tree.add_library("/a/liba.so", {});
  tree.add_symlink("/a/round", "round");
  tree.add_symlink("/a/gone", "nothing");
  for (const auto* path : {"/a/liba.so/", "/a/liba.so/..", "/a/round", "/a/gone", "/b", "/a/none/../liba.so"})
    CHECK_MESSAGE(tree.find(path) == nullptr, path);
}

TEST_CASE("case matters in names unless the system ignores it") {
  for (const auto name_case : {FileTree::NameCase::exact, FileTree::NameCase::folded}) {
    FileTree tree(name_case);
    tree.add_library("/Lib/Python3.DLL", {});
    CHECK((tree.find("/lib/python3.dll") != nullptr) == (name_case == FileTree::NameCase::folded));
    CHECK(path_at(tree, "/Lib/Python3.DLL") == "/Lib/Python3.DLL");
  }
}

TEST_CASE("what is added replaces what was there") {
  FileTree tree;
  tree.add_symlink("/a/x", "y");
  tree.add_library("/a/x", {});
  CHECK(path_at(tree, "/a/x") == "/a/x");
  tree.add_library("/a/x/inside.so", {});
  CHECK(tree.find("/a/x")->is_folder());
}

TEST_CASE("a real folder is the tree's root: links don't lead out, hard links are one file") {
  const test::TempFolder folder;
  folder.write("usr/lib/libx.so.1.2", test::library("libx.so.1"));
  folder.write("usr/lib/script.so", std::string(100, 'x'));
  folder.write("usr/lib/short.so", "x");
  folder.write("usr/lib/cut.so", test::library("libx.so.1").substr(0, 80));
  std::filesystem::create_symlink("/usr/lib/libx.so.1.2", folder / "usr/lib/libx.so.1");
  std::filesystem::create_hard_link(folder / "usr/lib/libx.so.1.2", folder / "usr/lib/hard.so");
  std::filesystem::create_symlink("usr/lib", folder / "lib");
  FileTree tree(FileTree::NameCase::exact, files_below(folder.path()));
  CHECK(path_at(tree, "/lib/libx.so.1") == "/usr/lib/libx.so.1.2");
  CHECK(tree.find("/lib/libx.so.1")->content()->info.soname == "libx.so.1");
  CHECK(tree.find("/lib/hard.so")->content() == tree.find("/lib/libx.so.1")->content());
  CHECK(tree.find("/lib/script.so")->content()->kind == FileContent::Kind::no_library);
  CHECK(tree.find("/lib/short.so")->content()->kind == FileContent::Kind::too_short);
  CHECK(tree.find("/lib/cut.so")->content()->kind == FileContent::Kind::damaged);
  CHECK(tree.find("/lib/none.so") == nullptr);
  tree.add_library("/lib64/added.so", {});
  CHECK(path_at(tree, "/lib64/added.so") == "/lib64/added.so");
}

TEST_CASE("a tree without a source knows which names it doesn't have") {
  FileTree tree;
  tree.add_library("/a/b/libx.so", {});
  for (const char* name : {"a", "b", "libx.so", "", ".", ".."}) CHECK(tree.may_have(name));
  CHECK_FALSE(tree.may_have("liby.so"));
  CHECK_FALSE(tree.may_have("LIBX.SO"));
  FileTree folded(FileTree::NameCase::folded);
  folded.add_library("/a/b/LibX.dll", {});
  CHECK(folded.may_have("libx.DLL"));
  const test::TempFolder folder;
  CHECK(FileTree(FileTree::NameCase::exact, files_below(folder.path())).may_have("liby.so"));
}

TEST_CASE("a tree refuses far too many look-ups, and doesn't grow without end") {
  FileTree tree;
  tree.add_folder("/a");
  const auto ask = [&] {
    for (int i = 0; i <= 5'000'000; ++i) tree.count_question();
  };
  CHECK_THROWS_WITH_AS(
      ask(), "the wheels: take more than 5000000 look-ups to follow what their libraries load", Error);
  FileTree deep;
  const auto grow = [&] {
    for (int i = 0; i < 6'000; ++i) {
      auto path = "/" + std::to_string(i);
      for (int j = 0; j < 100; ++j) path += "/a";
      deep.add_folder(path);
    }
  };
  CHECK_THROWS_WITH_AS(grow(), "the wheels: have more than 500000 folders and libraries", Error);
}
