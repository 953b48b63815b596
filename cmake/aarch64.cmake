# The cross compiler of Debian 12. Man pages are made by running the programs.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR /usr/bin/qemu-aarch64)
# Headers alone are used of it, which every machine's package has.
set(fmt_DIR /usr/lib/x86_64-linux-gnu/cmake/fmt)
