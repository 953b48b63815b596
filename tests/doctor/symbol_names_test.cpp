#include "doctor/symbol_names.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace wheelfix;
using Kind = SimilarNames::Kind;

namespace {

std::optional<Kind> kind(const std::string& missing, const std::string& other) {
  const auto likeness = SimilarNames(missing).compare(other);
  return likeness ? std::optional(likeness->kind) : std::nullopt;
}

/// Of one source each, as `g++ -D_GLIBCXX_USE_CXX11_ABI=0` and `=1` name it.
const std::vector<std::pair<std::string, std::string>> of_both_abis = {
    {"_Z3runRKSs", "_Z3runRKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"},
    {"_Z4textv", "_Z4textB5cxx11v"},
    {"_ZN3box3Lid3setERKSt3mapISsSt6vectorISsSaISsEESt4lessISsESaISt4pairIKSsS4_EEE",
     "_ZN3box3Lid3setERKSt3mapINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEESt6vectorIS7_SaIS7_"
     "EESt4lessIS7_ESaISt4pairIKS7_SA_EEE"},
    {"_ZN3box3LidC1ERKSsi", "_ZN3box3LidC1ERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEi"},
    {"_ZN3box3LidpLESs", "_ZN3box3LidpLENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"},
    {"_ZN3box3getIiEET_Ss", "_ZN3box3getIiEET_NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"},
    {"_ZN3box4openERKSsRKSt4listIiSaIiEEi",
     "_ZN3box4openERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEERKNS0_4listIiSaIiEEEi"},
    {"_ZNK3box3Lid4nameEv", "_ZNK3box3Lid4nameB5cxx11Ev"},
};

}  // namespace

TEST_CASE("a name with the other ABI of std::string is that of no other function") {
  for (const auto& one : of_both_abis) {
    CHECK_FALSE(is_of_cxx11_abi(one.first));
    CHECK(is_of_cxx11_abi(one.second));
    for (const auto& other : of_both_abis) {
      CAPTURE(one.first);
      CAPTURE(other.first);
      CHECK((kind(one.first, other.second) == Kind::other_abi) == (one == other));
      CHECK((kind(one.second, other.first) == Kind::other_abi) == (one == other));
    }
  }
}

TEST_CASE("a C++ function of other parameters is like one that is missing") {
  CHECK(kind("_ZN4base3addEid", "_ZN4base3addEii") == Kind::other_parameters);
  CHECK(kind("_ZN3c105ErrorC1Ei", "_ZN3c105ErrorC1El") == Kind::other_parameters);
  CHECK(kind("_Z3addid", "_Z3addii") == Kind::other_parameters);
  CHECK(kind("_ZN4base3addEid", "_ZN4base3addEid") == std::nullopt);
  CHECK(kind("_ZN4base3addEid", "_ZN4base3add4moreEid") == std::nullopt);  // of a class or namespace `add`
  CHECK(kind("_ZN3c105ErrorC1Ei", "_ZN3c105ErrorD1Ev") == std::nullopt);
  CHECK(kind("_ZN4base3addEid", "_ZN5other3addEid") == std::nullopt);
}

TEST_CASE("a name that is spelled alike is like one that is missing") {
  CHECK(kind("base_open", "base_open2") == Kind::other_name);
  CHECK(kind("_ZN4base7connectEi", "_ZN4base8connect2Ei") == Kind::other_name);
  CHECK(kind("base_open", "base_close") == std::nullopt);
  CHECK(kind("base_open", "case_open") == std::nullopt);
  CHECK(kind("_ZN4base3addEid", "_ZN4base6removeEid") == std::nullopt);
}

TEST_CASE("names that lie are like no other") {
  for (const std::string name : {"_Z", "_ZN", "_ZN9", "_ZN99999999999999999999x", "_ZNK", "_Z4ab", "", "_"}) {
    CHECK(kind(name, "_ZN4base3addEid") == std::nullopt);
    CHECK(kind("_ZN4base3addEid", name) == std::nullopt);
  }
  CHECK(kind("_Z1a" + std::string(5000, 'i'), "_Z1ai") == std::nullopt);
}
