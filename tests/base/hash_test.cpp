#include "base/hash.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

// Expected values: FIPS 180-2's examples for "abc", turned to base64 by Python's base64.urlsafe_b64encode.
TEST_CASE("digests are those of FIPS 180-2, in RECORD's spelling") {
  CHECK(record_hash("abc") == "sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  CHECK(record_hash("") == "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
  Hasher hasher(HashAlgorithm::sha512);
  hasher.update("a");
  hasher.update("bc");
  CHECK(hasher.finish_for_record() ==
        "sha512=3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw");
}

TEST_CASE("a hasher starts again after it has finished") {
  Hasher hasher;
  hasher.update("something else");
  hasher.finish_for_record();
  hasher.update("abc");
  CHECK(hasher.finish_for_record() == record_hash("abc"));
}

TEST_CASE("a copy goes on from the same bytes, and neither knows of the other") {
  Hasher hasher;
  hasher.update("a");
  Hasher copy = hasher;
  hasher.update("nother");
  copy.update("bc");
  CHECK(copy.finish_for_record() == record_hash("abc"));
  CHECK(hasher.finish_for_record() == record_hash("another"));
  hasher.update("ab");
  copy = hasher;
  copy.update("c");
  CHECK(copy.finish_for_record() == record_hash("abc"));
}

// RFC 4648, section 10, without padding.
TEST_CASE("base64 has the URL's alphabet and no padding") {
  CHECK(urlsafe_base64("") == "");
  CHECK(urlsafe_base64("f") == "Zg");
  CHECK(urlsafe_base64("fo") == "Zm8");
  CHECK(urlsafe_base64("foo") == "Zm9v");
  CHECK(urlsafe_base64("foobar") == "Zm9vYmFy");
  CHECK(urlsafe_base64("\xfb\xff\xfe") == "-__-");
}

TEST_CASE("only SHA-256 and stronger are known by name") {
  CHECK(hash_algorithm("sha256") == HashAlgorithm::sha256);
  CHECK(hash_algorithm("sha384") == HashAlgorithm::sha384);
  CHECK_FALSE(hash_algorithm("md5").has_value());
  CHECK_FALSE(hash_algorithm("SHA256").has_value());
}
