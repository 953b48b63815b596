#include "index/package_name.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;
using Names = std::vector<PackageName>;

TEST_CASE("wheels are recognized by their ending, sdists by a name and a version too") {
  CHECK(package_kind("torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl") == PackageKind::wheel);
  CHECK(package_kind("broken.whl") == PackageKind::wheel);
  CHECK(package_kind("torch-2.1.0.tar.gz") == PackageKind::sdist);
  CHECK(package_kind("torch-2.1.0.zip") == PackageKind::sdist);
  for (const auto* old : {"torch-2.1.0.tar.bz2", "torch-2.1.0.tgz", "torch-2.1.0.tar.xz", "torch-2.1.0.tar"})
    CHECK(package_kind(old) == PackageKind::old_sdist);
  for (const auto* other : {"torch-2.1.0.egg", "backup.tar.gz", "backup.tar.bz2", "a-b.zip", "index.html",
                            "requirements.txt", ".tar.gz", "-1.tar.gz", "a-.zip", "", ".whl",
                            "._torch-2.1.0-cp311-cp311-manylinux1_x86_64.whl", ".torch-2.1.0.zip"}) {
    CHECK(package_kind(other) == PackageKind::none);
  }
}

TEST_CASE("a wheel with a build tag belongs to its project") {
  CHECK(wheel_package_name("triton-2.1.0-0-cp311-cp311-manylinux2014_x86_64.whl") ==
        PackageName{"triton", "2.1.0"});
  CHECK(wheel_package_name("Zope.Interface-1.0.post1+Local_2-py3-none-any.whl") ==
        PackageName{"zope-interface", "1.0.post1+local.2"});
}

TEST_CASE("an sdist's name may have several readings, the shortest project first") {
  CHECK(sdist_package_names("PyYAML-6.0.tar.gz") == Names{{"pyyaml", "6.0"}});
  CHECK(sdist_package_names("zope.interface-5.0.zip") == Names{{"zope-interface", "5.0"}});
  CHECK(sdist_package_names("backports-ssl-match-hostname-3.7.0.1.tar.gz") ==
        Names{{"backports-ssl-match-hostname", "3.7.0.1"}});
  CHECK(sdist_package_names("a-1.0-1.tar.gz") == Names{{"a", "1.0.post1"}, {"a-1-0", "1"}});
  CHECK(sdist_package_names("a b-1.tar.gz").empty());
}
