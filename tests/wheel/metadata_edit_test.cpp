#include <wheelfix/metadata_edit.hpp>

#include <doctest/doctest.h>

#include "wheel/thrown.hpp"

using namespace wheelfix;
using Strings = std::vector<std::string>;

namespace {

EditedMetadata edited(std::string_view text, const MetadataEdit& edit) {
  return edit_metadata(HeaderDocument::parse(text, "METADATA"), edit, "METADATA");
}

std::string refusal(std::string_view text, const MetadataEdit& edit) {
  return thrown([&] { edited(text, edit); });
}

MetadataEdit removing(Strings texts) {
  MetadataEdit edit;
  edit.remove_requires = std::move(texts);
  return edit;
}

MetadataEdit replacing(std::string text) {
  MetadataEdit edit;
  edit.replace_requires = {std::move(text)};
  return edit;
}

MetadataEdit adding(Strings texts) {
  MetadataEdit edit;
  edit.add_requires = std::move(texts);
  return edit;
}

/// A document with these requirements.
std::string requiring(const Strings& requirements) {
  std::string text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
  for (const auto& requirement : requirements) text += "Requires-Dist: " + requirement + "\n";
  return text + "\nRequires-Dist: body\n";
}

Strings required(std::string_view text, const MetadataEdit& edit) {
  return edited(text, edit).document.get_all("Requires-Dist");
}

/// What a requirement becomes.
std::string replaced(const char* line, const char* by) {
  return required(requiring({line}), replacing(by)).front();
}

}  // namespace

// tests/interop/test_set_metadata.py has packaging judge edits of real METADATA.
TEST_CASE("a name stands for all requirements of its project, whatever its spelling") {
  const auto text =
      requiring({"Foo_Bar>=1", "foo", "foo.bar[x] ; extra == 'all'", "foo-bar @ https://x/y.whl"});
  CHECK(required(text, removing({"foo-bar"})) == Strings{"foo"});
  CHECK(edited(text, removing({"foo"})).document.body() == "Requires-Dist: body\n");
}

TEST_CASE("with extras, specifiers or a marker, only those that have the same are removed") {
  const auto text = requiring({"a>=1", "a[x,Y]", "a (>=1, <2); os_name == 'nt'",
                               "a; python_version < \"3.9\" and os_name == \"nt\"", "a; extra == \"x\"",
                               "a; (os_name == 'nt') and extra == 'X'"});
  const auto count = [&](const char* wanted) { return 6 - required(text, removing({wanted})).size(); };
  CHECK(count("a") == 6);
  CHECK(count("a[y, x]") == 1);
  CHECK(count("a>=1") == 1);
  CHECK(count("a<2,>=1") == 1);
  CHECK(count("a; 'nt' == os.name") == 1);
  CHECK(count("a; os_name == 'nt' and '3.9' > python_version") == 1);
  CHECK(count("a; extra == 'x'") == 2);
  CHECK(count("a; extra == 'x' and os_name == 'nt'") == 1);
}

TEST_CASE("what can't be removed is reported with what is like it") {
  const auto text = requiring({"nvidia-cublas-cu12==12.1; os_name == 'nt'", "triton", "not a requirement"});
  CHECK(refusal(text, removing({"nvidia-cublas-cu11"})) ==
        "3 METADATA: has no Requires-Dist of nvidia-cublas-cu11\nhint: is it nvidia-cublas-cu12?");
  CHECK(refusal(text, removing({"zzz"})) ==
        "3 METADATA: has no Requires-Dist of zzz\nhint: it requires 'not', 'nvidia-cublas-cu12', 'triton'");
  CHECK(refusal(requiring({}), removing({"zzz"})) ==
        "3 METADATA: has no Requires-Dist of zzz\nhint: it has no Requires-Dist at all");
  CHECK(
      refusal(text, removing({"Triton>=2"})) ==
      "3 METADATA: has no Requires-Dist 'Triton>=2'; of triton it has 'triton'\nhint: 'triton' alone stands "
      "for all of them");
}

TEST_CASE("a requirement that pip and uv don't take is an error that names the place in it") {
  CHECK(refusal(requiring({}), adding({"torch >> 2"})) ==
        "2 Requires-Dist 'torch >> 2', column 7: has '>> 2', which is not a version specifier\n"
        "hint: pip and uv accept ones like demo[extra]>=1.0,<2; python_version > \"3\"");
  CHECK(refusal(requiring({}), adding({"torch>=2,<=x; os_name"})).find("column 10") != std::string::npos);
  CHECK(refusal(requiring({}), adding({"torch; os_names == 'nt'"})).find("column 8") != std::string::npos);
  CHECK(refusal(requiring({}), adding({"torch; 'a' == 'b'"})).find("column 8") != std::string::npos);
  CHECK(refusal(requiring({}), adding({"a\nRequires-Dist: b"})).find("column 2: is a control character") !=
        std::string::npos);
  CHECK(refusal(requiring({}), adding({"a; os_name == '\xff'"})).find("isn't UTF-8") != std::string::npos);
  CHECK(refusal(requiring({"a"}), removing({"a~"})).find("column 2") != std::string::npos);
}

TEST_CASE("a requirement is added after the last one, or where the core metadata have it") {
  CHECK(edited("Name: a\nRequires-Dist: b\nProvides-Extra: x\nRequires-Dist: c; extra == 'x'\nHome-page: "
               "h\n\nbody",
               adding({"e", "d>=1"}))
            .document.to_string() ==
        "Name: a\nRequires-Dist: b\nProvides-Extra: x\nRequires-Dist: c; extra == 'x'\nRequires-Dist: "
        "e\nRequires-Dist: d>=1\nHome-page: h\n\nbody");
  CHECK(edited("Name: a\r\nHome-page: h\r\nClassifier: c\r\nRequires-Python: >=3\r\n\r\nbody\r\n",
               adding({" d "}))
            .document.to_string() ==
        "Name: a\r\nHome-page: h\r\nClassifier: c\r\nRequires-Dist: d\r\nRequires-Python: "
        ">=3\r\n\r\nbody\r\n");
}

TEST_CASE("a requirement that is there is not added again, and one beside another is told") {
  const auto text = requiring({"a >= 1 ; os_name == \"nt\"", "b>=1"});
  CHECK(
      refusal(text, adding({"A>=1;'nt'==os_name"})) ==
      "3 METADATA: has Requires-Dist 'a >= 1 ; os_name == \"nt\"' already\nhint: leave it out: nothing would "
      "change");
  CHECK(edited(text, adding({"b<2"})).warnings ==
        Strings{"Requires-Dist 'b>=1' is there too, and both must hold"});
  CHECK(edited(text, adding({"a<2"})).warnings.empty());
}

TEST_CASE("an extra that isn't provided is provided with the requirement that is added for it") {
  const auto text = "Metadata-Version: 2.1\nName: a\nProvides-Extra: X_y\n\n";
  CHECK(edited(text, adding({"b; extra == 'x-y'"})).changes ==
        std::vector<HeaderChange>{{"Requires-Dist", {}, "b; extra == 'x-y'"}});
  CHECK(edited(text, adding({"b; (extra == 'New.One' and os_name == 'nt')"})).document.to_string() ==
        "Metadata-Version: 2.1\nName: a\nRequires-Dist: b; (extra == 'New.One' and os_name == "
        "'nt')\nProvides-Extra: X_y\nProvides-Extra: new-one\n\n");
}

TEST_CASE("what is replaced of a requirement is its specifiers, and its extras if there are some") {
  CHECK(replaced("numpy>=1.20", "numpy<2") == "numpy<2");
  CHECK(replaced("NumPy (>=1.20) ; python_version >= '3'", "numpy<2") ==
        "NumPy (<2) ; python_version >= '3'");
  CHECK(replaced("numpy >=1.20,<2; os_name=='nt'", "numpy") == "numpy; os_name=='nt'");
  CHECK(replaced("numpy", "numpy >= 2") == "numpy>= 2");
  CHECK(replaced("numpy ; os_name=='nt'", "numpy>=2") == "numpy>=2 ; os_name=='nt'");
  CHECK(replaced("uvicorn[standard]>=1", "uvicorn>=2") == "uvicorn[standard]>=2");
  CHECK(replaced("uvicorn[standard]>=1", "uvicorn[a, b]>=2") == "uvicorn[a,b]>=2");
  CHECK(replaced("a>=1;os_name=='nt'", "a @ https://x/y.whl") == "a @ https://x/y.whl ;os_name=='nt'");
  CHECK(replaced("a @ https://x/y.whl ; os_name=='nt'", "a>=1") == "a>=1 ; os_name=='nt'");
}

TEST_CASE("of several requirements of a project, the one with the same marker is replaced") {
  const auto text =
      requiring({"numpy>=1.26; python_version < '3.14'", "numpy>=2.3; python_version >= '3.14'"});
  CHECK(required(text, replacing("numpy>=2; python_version>=\"3.14\"")) ==
        Strings{"numpy>=1.26; python_version < '3.14'", "numpy>=2; python_version >= '3.14'"});
  CHECK(
      refusal(text, replacing("numpy>=2")) ==
      "3 METADATA: has several Requires-Dist of numpy: 'numpy>=1.26; python_version < '3.14'', 'numpy>=2.3; "
      "python_version >= '3.14''\nhint: give the marker of the one to replace, like 'numpy>=2; "
      "python_version < '3.14''");
  CHECK(refusal(text, replacing("numpy>=2; os_name == 'nt'"))
            .starts_with("3 METADATA: has no Requires-Dist of numpy with that marker: it has "));
  CHECK(
      refusal(requiring({"a>=1", "a<3"}), replacing("a>=2")) ==
      "3 METADATA: has several Requires-Dist of a with no marker: 'a>=1', 'a<3'\nhint: remove what is to go, "
      "and add the new one");
  CHECK(required(requiring({"a>=1", "a; extra == 'x'"}), replacing("a>=2")).front() == "a>=2");
  CHECK(required(requiring({"a>=1", "a[x]>=1"}), replacing("a[x]>=2")).back() == "a[x]>=2");
  CHECK(refusal(requiring({"a>=1"}), replacing("a>=1"))
            .starts_with("3 METADATA: has Requires-Dist 'a>=1' already"));
  CHECK(refusal(requiring({"a>>1"}), replacing("a>=1")).find("which installers refuse") != std::string::npos);
}

TEST_CASE("a requirement on several lines is replaced and removed whole") {
  const auto text = "Name: a\nRequires-Dist: b (>=1,\n   <2)\nKeywords: k\n\n";
  CHECK(edited(text, replacing("b>=3")).document.to_string() ==
        "Name: a\nRequires-Dist: b (>=3)\nKeywords: k\n\n");
  CHECK(edited(text, removing({"b"})).document.to_string() == "Name: a\nKeywords: k\n\n");
}

TEST_CASE("removals come before replacements, and these before additions") {
  MetadataEdit edit;
  edit.remove_requires = {"pytorch-triton"};
  edit.replace_requires = {"sympy"};
  edit.add_requires = {"triton==3.1.0; os_name == 'posix'"};
  const auto result = edited(requiring({"pytorch-triton==3.1.0+abc", "sympy==1.13"}), edit);
  CHECK(result.document.get_all("Requires-Dist") == Strings{"sympy", "triton==3.1.0; os_name == 'posix'"});
  CHECK(result.changes == std::vector<HeaderChange>{
                              {"Requires-Dist", "pytorch-triton==3.1.0+abc", {}},
                              {"Requires-Dist", "sympy==1.13", "sympy"},
                              {"Requires-Dist", {}, "triton==3.1.0; os_name == 'posix'"},
                          });
}

TEST_CASE("Requires-Python is replaced or added, and is a set of specifiers") {
  const auto set = [](std::string_view text, const char* value) {
    MetadataEdit edit;
    edit.requires_python = value;
    return edited(text, edit).document.to_string();
  };
  CHECK(set("Name: a\nrequires-python:>=3\n\n", " >=3.9,!=3.9.7 ") ==
        "Name: a\nrequires-python:>=3.9,!=3.9.7\n\n");
  CHECK(set("Name: a\nRequires-Dist: b\nProvides-Extra: x\n\n", ">=3.9") ==
        "Name: a\nRequires-Dist: b\nRequires-Python: >=3.9\nProvides-Extra: x\n\n");
  CHECK(set("Requires-Python: >=3\nName: a\nRequires-Python: <4\n\n", ">=3.9") ==
        "Requires-Python: >=3.9\nName: a\n\n");
  for (const auto* value : {"", "3.9", "=>3.9", ">=3.9,", ",>=3.9", "(>=3.9)", ">=3.9; os_name == 'nt'",
                            "[x]>=3", "-x>=3", "@ https://x/y", ">=3.9 <4"})
    CHECK(thrown([&] { set("Name: a\n", value); }).starts_with("2 Requires-Python '"));
  CHECK(thrown([&] {
          set("Name: a\n", ">=3.9,=>4");
        }).starts_with("2 Requires-Python '>=3.9,=>4', column 7: "));
}

TEST_CASE("classifiers are added after the last, and removed by their text") {
  MetadataEdit edit;
  edit.remove_classifiers = {"Topic :: A"};
  edit.add_classifiers = {"Private :: Do Not Upload"};
  CHECK(edited("Classifier: Topic :: A\nClassifier: Topic :: B\nName: a\n", edit).document.to_string() ==
        "Classifier: Topic :: B\nClassifier: Private :: Do Not Upload\nName: a\n");
  CHECK(refusal("Name: a\nClassifier: Topic :: B\n", edit) ==
        "3 METADATA: has no Classifier 'Topic :: A'\nhint: is it Topic :: B?");
  edit.remove_classifiers.clear();
  CHECK(refusal("Name: a\nClassifier: Private :: Do Not Upload\n", edit)
            .starts_with("3 METADATA: has Classifier 'Private :: Do Not Upload' already"));
  edit.add_classifiers = {"Private"};
  CHECK(refusal("Name: a\n", edit).starts_with("2 Classifier 'Private', column 1: isn't of the form"));
}

TEST_CASE("what PyPI refuses is told") {
  const auto warnings =
      edited("Metadata-Version: 1.1\nName: a\n", adding({"b @ https://x/b.whl ; extra == 'x'"})).warnings;
  CHECK(warnings ==
        Strings{"Provides-Extra came with Metadata-Version 2.1, and the wheel has 1.1: installers read "
                "it, and PyPI refuses it",
                "Requires-Dist came with Metadata-Version 1.2, and the wheel has 1.1: installers read "
                "it, and PyPI refuses it",
                "'b @ https://x/b.whl' names a URL: PyPI refuses wheels that require one"});
  CHECK(edited("Metadata-Version: 2.1\nName: a\n", adding({"b"})).warnings.empty());
}
