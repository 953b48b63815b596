// Patches a wheel through the public headers alone: consumer WHEEL PATCH DEST_DIR [cancel]
#include <exception>
#include <iostream>
#include <string>
#include <wheelfix/wheelfix.hpp>

namespace {

void patch_wheel(const std::string& wheel, const std::string& patch, const std::string& dest_dir,
                 bool cancels) {
  wheelfix::WheelEdit edit(wheelfix::Wheel::open(wheel));
  edit.set_local_label("consumer.1");
  for (const auto& file : wheelfix::apply_patches(edit, {wheelfix::load_patch(patch)}))
    std::cout << "patched " << file.entry << "\n";

  wheelfix::WriteOptions options;
  options.dest_dir = dest_dir;
  bool is_told = false;
  options.progress = [&](const wheelfix::Progress& progress) {
    is_told = progress.total > 0 && progress.done <= progress.total;
    return !cancels;
  };
  const auto result = wheelfix::write(edit, options);
  std::cout << "wrote " << result.output.string() << (is_told ? ", telling how far it was" : "") << "\n";
  std::cout << "findings " << wheelfix::verify(result.output).size() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    patch_wheel(argv[1], argv[2], argv[3], argc > 4 && std::string(argv[4]) == "cancel");
    return 0;
  } catch (const wheelfix::Error& error) {
    std::cerr << error.what() << (error.code() == wheelfix::ErrorCode::cancelled ? " (cancelled)" : "")
              << "\n";
    return wheelfix::exit_status(error.code());
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
