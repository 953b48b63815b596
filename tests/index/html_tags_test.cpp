#include "index/html_tags.hpp"

#include <doctest/doctest.h>

using namespace wheelfix;

namespace {

using Attributes = std::vector<std::pair<std::string, std::string>>;

Attributes first_attributes(std::string_view page) {
  const auto tags = html_tags(page);
  return tags.empty() ? Attributes{{"(none)", ""}} : tags[0].attributes;
}

}  // namespace

// What Python's html.parser reads, which pip uses.
TEST_CASE("attributes are read however they are written") {
  CHECK(first_attributes("<a href=\"x\">") == Attributes{{"href", "x"}});
  CHECK(first_attributes("<A HREF='x' >") == Attributes{{"href", "x"}});
  CHECK(first_attributes("<a\n href = x>") == Attributes{{"href", "x"}});
  CHECK(first_attributes("<a href=x/y/>") == Attributes{{"href", "x/y/"}});
  CHECK(first_attributes("<a a b=1 c/>") == Attributes{{"a", ""}, {"b", "1"}, {"c", ""}});
  CHECK(first_attributes("<a a=\"'>\" b='\"'>") == Attributes{{"a", "'>"}, {"b", "\""}});
  CHECK(first_attributes("<a href=\"&gt;=3.8,&lt;4&amp;&quot;&apos;&#39;&#x27;&#233;&#x1F600;\">") ==
        Attributes{{"href", ">=3.8,<4&\"'''\xc3\xa9\xf0\x9f\x98\x80"}});
  CHECK(first_attributes("<a href=\"?a=1&b=2&unknown;&\">") == Attributes{{"href", "?a=1&b=2&unknown;&"}});
  CHECK(first_attributes("<a href=\"&#0;&#xD800;&#1114112;&#99999999999;\">") ==
        Attributes{{"href", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd&#99999999999;"}});
}

TEST_CASE("the first attribute of a name counts") {
  CHECK(html_tags("<a href=1 href=2>")[0].attribute("href") == "1");
  CHECK(html_tags("<a href=1>")[0].attribute("data-yanked") == std::nullopt);
}

TEST_CASE("tags in comments, scripts, styles and attributes are none") {
  CHECK(html_tags("<!-- <a> --><!doctype <a><?x "
                  "<a></a><b><script>\"<a>\"</script><style><a></style><title><a></title>")
            .empty());
  CHECK(html_tags("<b x='<a>'></b>< a><abbr>").empty());
  CHECK(html_tags("<script></scrip></script><a>").size() == 1);
  CHECK(html_tags("<base><meta><a>").size() == 3);
}

TEST_CASE("a page may end anywhere") {
  const std::string page = "<a href=\"x&amp;\" b='c' d=e><!-- x --><script>y</script>";
  for (std::size_t size = 0; size <= page.size(); ++size) CHECK(html_tags(page.substr(0, size)).size() <= 1);
}
