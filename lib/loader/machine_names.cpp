#include "loader/machine_names.hpp"

#include <array>

namespace wheelfix {

// Sources: glibc's shlib-versions, ldconfig.h and bits/wordsize; Debian's multiarch tuples; musl's configure.
std::span<const MachineNames> known_machines() {
  static constexpr std::array<MachineNames, 9> known = {{
      {"x86_64", 64, "ld-linux-x86-64.so.2", "x86_64-linux-gnu", "lib64", "x86_64", 0x0303},
      {"aarch64", 64, "ld-linux-aarch64.so.1", "aarch64-linux-gnu", "lib64", "aarch64", 0x0a03},
      {"i686", 32, "ld-linux.so.2", "i386-linux-gnu", "lib", "i386", 0x0003},
      {"armv7l", 32, "ld-linux-armhf.so.3", "arm-linux-gnueabihf", "lib", "armhf", 0x0903},
      {"ppc64le", 64, "ld64.so.2", "powerpc64le-linux-gnu", "lib64", "powerpc64le", 0x0503},
      {"ppc64", 64, "ld64.so.1", "powerpc64-linux-gnu", "lib64", "powerpc64", 0x0503},
      {"s390x", 64, "ld64.so.1", "s390x-linux-gnu", "lib64", "s390x", 0x0403},
      {"riscv64", 64, "ld-linux-riscv64-lp64d.so.1", "riscv64-linux-gnu", "lib64/lp64d", "riscv64", 0x1003},
      {"loongarch64", 64, "ld-linux-loongarch-lp64d.so.1", "loongarch64-linux-gnu", "lib64", "loongarch64",
       0x1203},
  }};
  return known;
}

MachineNames machine_names(std::string_view machine) {
  for (const auto& names : known_machines())
    if (names.machine == machine) return names;
  return {.machine = machine, .loader = {}, .multiarch = machine, .lib = "lib64", .musl = machine};
}

}  // namespace wheelfix
