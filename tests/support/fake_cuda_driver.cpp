// A stand-in for NVIDIA's driver: it says what the environment tells it to, crashes and hangs.
// $FAKE_GPUS: `9.0 NAME;8.6 NAME`. $FAKE_INIT: an error's number, `crash`, `hang` or `exit`.
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
static const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}
static int fault(const char* name) {
  const char* what = setting(name);
  if (!std::strcmp(what, "crash")) std::raise(SIGSEGV);
  if (!std::strcmp(what, "exit")) _exit(3);
  if (!std::strcmp(what, "noise"))
    while (true) std::puts("noise");
  while (!std::strcmp(what, "hang")) pause();
  return std::atoi(what);
}
static const char* gpu(int number) {
  const char* text = setting("FAKE_GPUS");
  for (; number > 0; --number) text = std::strchr(text, ';') + 1;
  return text;
}
extern "C" {
int cuDriverGetVersion(int* version) {
  *version = std::atoi(setting("FAKE_CUDA"));
  return fault("FAKE_VERSION");
}
int cuInit(unsigned) {
  return fault("FAKE_INIT");
}
int cuDeviceGetCount(int* count) {
  const char* text = setting("FAKE_GPUS");
  *count = *text != 0;
  for (; *text; ++text) *count += *text == ';';
  return 0;
}
int cuDeviceGet(int* device, int number) {
  *device = number + 100;
  return 0;
}
int cuDeviceGetName(char* name, int size, int device) {
  const char* text = std::strchr(gpu(device - 100), ' ') + 1;
  int length = std::strcspn(text, ";");
  if (length >= size) return 1;
  std::memcpy(name, text, length);
  name[length] = 0;
  return fault("FAKE_NAME");
}
int cuDeviceGetAttribute(int* value, int attribute, int device) {
  int numbers[2];
  std::sscanf(gpu(device - 100), "%d.%d", &numbers[0], &numbers[1]);
  if (attribute != 75 && attribute != 76) return 1;
  *value = numbers[attribute - 75];
  return 0;
}
#ifndef FAKE_OLD
int cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = 85899345920;
  return 0;
}
#endif
int cuGetErrorString(int error, const char** text) {
  if (error != 100 && error != 803 && error != 999) return 1;
  *text = error == 100   ? "no CUDA-capable device is detected"
          : error == 803 ? "system has unsupported display driver / cuda driver combination"
                         : "unknown error";
  return 0;
}
}
