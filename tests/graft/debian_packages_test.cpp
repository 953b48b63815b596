#include "graft/debian_packages.hpp"

#include <doctest/doctest.h>

#include "support/temp_folder.hpp"

using namespace wheelfix;

namespace {

const std::string library = "/usr/lib/x86_64-linux-gnu/libpng16.so.16.39.0";

constexpr auto status = R"(Package: libpng16-16
Status: install ok installed
Architecture: i386
Version: 1.6.37-1
Description: PNG library
 Version: not this

Package: libpng16-16
Architecture: amd64
version: 1.6.39-2+deb12u4

Package: gcc-12-base
Architecture: amd64
)";

constexpr auto copyright = R"(Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: libpng

Files: arm/*
License: expat

Files: *
Copyright: 1995-2022 The PNG Reference Library Authors.
License: libpng
 All of it.

License: libpng
 The text.
)";

/// A system with one package.
void add_package(const test::TempFolder& root, const std::string& list) {
  root.write("var/lib/dpkg/info/libpng16-16:amd64.list", list);
  root.write("var/lib/dpkg/info/libc6:amd64.list", "/lib/x86_64-linux-gnu/libc.so.6\n");
  root.write("var/lib/dpkg/status", status);
  root.write("etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\n");
}

}  // namespace

// The version, the URL and where the licence is: `dpkg -S`, `dpkg -s` and auditwheel's SBOM of that library.
TEST_CASE("the package of a file is the one that lists it") {
  const test::TempFolder root;
  add_package(root, "/.\n/usr\n" + library + "\n");
  root.write("usr/share/doc/libpng16-16/copyright", copyright);
  const auto packages = debian_packages_of(root.path(), {library, "/opt/liblocal.so.1"});
  REQUIRE(packages.size() == 1);
  const auto& package = packages.at(library);
  CHECK(package.name == "libpng16-16");
  CHECK(package.version == "1.6.39-2+deb12u4");
  CHECK(package.url == "pkg:deb/debian/libpng16-16@1.6.39-2%2Bdeb12u4");
  CHECK(package.copyright == copyright);
}

TEST_CASE("a list from before /lib was a link to /usr/lib counts too") {
  const test::TempFolder root;
  add_package(root, library.substr(4) + "\n");
  CHECK(debian_packages_of(root.path(), {library}).count(library) == 1);
}

TEST_CASE("a folder of documents may be a link to that of another package") {
  const test::TempFolder root;
  add_package(root, library + "\n");
  root.write("usr/share/doc/png-base/copyright", "terms\n");
  std::filesystem::create_directory_symlink("png-base", root / "usr/share/doc/libpng16-16");
  CHECK(debian_packages_of(root.path(), {library}).at(library).copyright == "terms\n");
}

TEST_CASE("links don't lead out of the system's folder") {
  const test::TempFolder root, outside;
  add_package(root, library + "\n");
  outside.write("copyright", "of this machine\n");
  std::filesystem::create_directories(root / "usr/share/doc");
  std::filesystem::create_directory_symlink(outside.path(), root / "usr/share/doc/libpng16-16");
  CHECK(debian_packages_of(root.path(), {library}).at(library).copyright.empty());
}

TEST_CASE("a system without dpkg has no packages") {
  const test::TempFolder root;
  CHECK(debian_packages_of(root.path(), {library}).empty());
  CHECK(debian_packages_of(root / "nothing", {library}).empty());
}

TEST_CASE("a package that dpkg's status lacks has no version") {
  const test::TempFolder root;
  root.write("var/lib/dpkg/info/libpng.list", library + "\n");
  const auto package = debian_packages_of(root.path(), {library}).at(library);
  CHECK(package.version.empty());
  CHECK(package.url == "pkg:deb/libpng");
}

TEST_CASE("the version is that of the package for the machine") {
  CHECK(version_in_status(status, "libpng16-16", "amd64") == "1.6.39-2+deb12u4");
  CHECK(version_in_status(status, "libpng16-16", "") == "1.6.37-1");
  CHECK(version_in_status(status, "gcc-12-base", "amd64") == std::nullopt);
  CHECK(version_in_status(status, "libpng16", "") == std::nullopt);
}

TEST_CASE("the licence is that of the files that no other paragraph is about") {
  CHECK(main_licence(copyright) == "libpng");
  CHECK(main_licence("Files: *\nLicense: MIT\n") == std::nullopt);
  CHECK(main_licence("This is free software.\n") == std::nullopt);
  CHECK(main_licence("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
                     "Files: src/*\nLicense: MIT\n") == std::nullopt);
}

TEST_CASE("a system's ID may be quoted") {
  CHECK(system_id("ID=debian\n") == "debian");
  CHECK(system_id("PRETTY_NAME=x\nID=\"opensuse-leap\"\n") == "opensuse-leap");
  CHECK(system_id("VERSION_ID=12\nID_LIKE=debian\n").empty());
}
