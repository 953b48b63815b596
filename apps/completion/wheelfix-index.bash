# shellcheck shell=bash source=wheelfix.bash
. "${BASH_SOURCE[0]%-index}"
