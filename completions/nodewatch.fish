# Written by `python tests/tools/docs.py`.
function __nodewatch_complete
    set -l program (commandline -opc)[1]
    set -lx COMP_WORDS (commandline -cp)
    set -lx COMP_CWORD (commandline -t)
    set -l option (string match -r -- '^--[^=]+=' $COMP_CWORD)
    for line in (env _(string upper (basename $program))_COMPLETE=fish_complete $program 2>/dev/null)
        set -l answer (string split -m 1 , -- $line)
        switch $answer[1]
            case plain
                printf '%s%s\n' "$option" $answer[2]
            case dir
                __fish_complete_directories (commandline -t)
            case file
                __fish_complete_path (commandline -t)
        end
    end
end

for program in nodewatch bos nmstatus
    complete --command $program --no-files --arguments '(__nodewatch_complete)'
end
