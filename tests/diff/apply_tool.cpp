// diff_apply_tool PATCH FILE [--fuzz N] [--reverse] [--strict-eol] prints FILE as the one file of PATCH
// changes it, and what the hunks did to stderr. For tests/interop/test_diff_oracles.py, which with
//     diff_apply_tool --batch LIST
// runs many: each line of LIST is OUTPUT, a tab and the arguments above, tabs between them; one line
// of text comes back for each, `ok OFFSET/FUZZ...` or `CODE MESSAGE` with its lines joined by ` | `.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include <wheelfix/diff.hpp>
#include <wheelfix/error.hpp>

namespace {

using namespace wheelfix;
using Arguments = std::vector<std::string>;

struct Job {
  std::string patch;
  std::string file;
  ApplyOptions options;
  bool reverse = false;
};

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::io, path, "cannot read it");
  return {std::istreambuf_iterator<char>(in), {}};
}

Job parse_job(const Arguments& arguments) {
  Job job;
  Arguments paths;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--fuzz") {
      job.options.fuzz = static_cast<unsigned>(std::stoul(arguments.at(++i)));
    } else if (arguments[i] == "--reverse") {
      job.reverse = true;
    } else if (arguments[i] == "--strict-eol") {
      job.options.strict_eol = true;
    } else {
      paths.push_back(arguments[i]);
    }
  }
  if (paths.size() != 2) throw std::invalid_argument("PATCH and FILE are wanted");
  job.patch = paths[0];
  job.file = paths[1];
  return job;
}

Applied run(const Job& job) {
  auto diff = parse_diff(read(job.patch), job.patch);
  if (job.reverse) diff = reversed(diff);
  if (diff.files.size() != 1) throw std::invalid_argument("the patch has several files");
  return apply_diff(read(job.file), diff.files[0], job.options, diff.name, job.file);
}

std::string report(const Applied& applied) {
  std::string text = applied.crlf_kept ? "ok crlf" : "ok";
  for (const auto& hunk : applied.hunks)
    text += ' ' + std::to_string(hunk.offset) + '/' + std::to_string(hunk.fuzz);
  return text;
}

std::string failure(const Error& error) {
  std::string text = error.code() == ErrorCode::already_applied ? "already_applied "
                     : error.code() == ErrorCode::bad_diff      ? "bad_diff "
                                                                : "does_not_apply ";
  for (const char* c = error.what(); *c != '\0'; ++c)
    text += *c == '\n' ? std::string(" | ") : std::string(1, *c);
  return text;
}

Arguments split_at_tabs(std::string_view line) {
  Arguments pieces;
  for (std::size_t tab = 0; tab != line.npos; line.remove_prefix(tab == line.npos ? 0 : tab + 1)) {
    tab = line.find('\t');
    pieces.emplace_back(line.substr(0, tab));
  }
  return pieces;
}

std::string run_listed(Arguments arguments) {
  const auto output = arguments.at(0);
  arguments.erase(arguments.begin());
  try {
    const auto applied = run(parse_job(arguments));
    std::ofstream(output, std::ios::binary) << applied.content;
    return report(applied);
  } catch (const Error& error) {
    return failure(error);
  }
}

int run_batch(const std::string& list) {
  std::ifstream lines(list);
  for (std::string line; std::getline(lines, line);)
    std::printf("%s\n", run_listed(split_at_tabs(line)).c_str());
  return 0;
}

int run_one(const Arguments& arguments) {
  const auto applied = run(parse_job(arguments));
  std::fprintf(stderr, "%s\n", report(applied).c_str());
  std::fwrite(applied.content.data(), 1, applied.content.size(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv + 1, argv + argc);
  try {
    if (arguments.size() == 2 && arguments[0] == "--batch") return run_batch(arguments[1]);
    return run_one(arguments);
  } catch (const Error& error) {
    return std::fprintf(stderr, "%s\n%s\n", error.what(), error.hint().c_str()), exit_status(error.code());
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "usage: PATCH FILE [--fuzz N] [--reverse] [--strict-eol]: %s\n",
                        error.what()),
           2;
  }
}
