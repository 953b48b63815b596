# Completion for wheelfix and wheelfix-index in bash: the program itself says what a line may go on with.
# shellcheck shell=bash

_wheelfix() {
  local lines=() values=() kind prefix line current=${COMP_WORDS[COMP_CWORD]}
  mapfile -t lines < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [[ ${#lines[@]} -gt 0 ]] || return 0
  IFS=$'\t' read -r kind prefix <<<"${lines[0]}"
  for line in "${lines[@]:1}"; do
    values+=("$prefix${line%%$'\t'*}")  # there is a prefix if `=` doesn't end a word
  done
  COMPREPLY=("${values[@]}")
  [[ $current != = ]] || current=
  case $kind in
    files) [[ ${#values[@]} -gt 0 ]] || compopt -o default ;;
    folders) compopt -o dirnames ;;
    wheels)
      compopt -o filenames
      mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.whl' -- "$current"; compgen -d -- "$current")
      ;;
  esac
}
complete -o nosort -F _wheelfix wheelfix wheelfix-index
