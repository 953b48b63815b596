# Completion for wheelfix and wheelfix-index in fish: the program itself says what a line may go on with.

function __wheelfix_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l typed (commandline --current-token --cut-at-cursor)
    set -l lines ($words[1] --complete $words[2..] "$typed" 2>/dev/null)
    or return
    set -l head (string split \t -- $lines[1])
    for line in $lines[2..]
        echo -- $head[2]$line
    end
    set -l path (string replace -- $head[2] '' $typed)
    set -l pattern '.*'
    switch $head[1]
        case none
            return
        case folders
            set pattern '/(\t.*)?$'
        case wheels
            set pattern '(\.whl|/)(\t.*)?$'
    end
    for file in (__fish_complete_path $path)
        string match --quiet --regex $pattern $file
        and echo -- $head[2]$file
    end
end

complete --command wheelfix --no-files --keep-order --arguments '(__wheelfix_complete)'
complete --command wheelfix-index --no-files --keep-order --arguments '(__wheelfix_complete)'
