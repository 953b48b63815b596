#pragma once

/// The commands of `wheelfix`. Each takes its own name as argv[0] and returns an exit status; failures are
/// thrown as wheelfix::Error.
namespace cli {

int run_apply(int argc, char** argv);
int run_commit(int argc, char** argv);
int run_completion(int argc, char** argv);
int run_delta(int argc, char** argv);
int run_diff(int argc, char** argv);
int run_doctor(int argc, char** argv);
int run_edit(int argc, char** argv);
int run_explain(int argc, char** argv);
int run_inspect(int argc, char** argv);
int run_join(int argc, char** argv);
int run_lock(int argc, char** argv);
int run_patch(int argc, char** argv);
int run_recipes(int argc, char** argv);
int run_repair(int argc, char** argv);
int run_retag(int argc, char** argv);
int run_set_metadata(int argc, char** argv);
int run_set_version(int argc, char** argv);
int run_status(int argc, char** argv);
int run_undo(int argc, char** argv);
int run_unpack(int argc, char** argv);
int run_verify(int argc, char** argv);

}  // namespace cli
