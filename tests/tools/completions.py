"""The completion scripts: what a shell reads so that it asks our programs themselves what may come next.

The scripts speak click's protocol (`_NODEWATCH_COMPLETE=bash_complete` and so on). click writes scripts too, but one
for each program, another one with each release, and none that completes `--format=j`.
"""

from __future__ import annotations

PROGRAMS = ("nodewatch", "bos", "nmstatus")

BASH = r"""
_nodewatch() {
    local IFS=$'\n' program=${1##*/} words=("$1") at line
    for ((at = 1; at <= COMP_CWORD; at++)); do
        # readline parts words at "=" and ":", but --format=json is one
        if [[ ${COMP_WORDS[at]} == [=:] || ${COMP_WORDS[at - 1]} == [=:] ]]; then
            words[-1]+=${COMP_WORDS[at]}
        else
            words+=("${COMP_WORDS[at]}")
        fi
    done
    COMPREPLY=()
    while read -r line; do
        case $line in
            plain,*) COMPREPLY+=("${line#*,}") ;;
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
        esac
    done < <(env COMP_WORDS="${words[*]}" COMP_CWORD="$((${#words[@]} - 1))" \
        "_${program^^}_COMPLETE=bash_complete" "$1" 2>/dev/null)
}

complete -o nosort -F _nodewatch PROGRAMS
"""

ZSH = r"""
local type name help option=${(M)words[CURRENT]#--*=}
local -a plain described
for type name help in "${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT - 1)) \
        "_${(U)words[1]:t}_COMPLETE=zsh_complete" "${words[1]}" 2>/dev/null)}"; do
    case $type in
        plain) if [[ $help == _ ]]; then plain+=("$option$name"); else described+=("$name:$help"); fi ;;
        dir) _path_files -/ ;;
        file) _path_files -f ;;
    esac
done
(( $#described )) && _describe -V commands described -U
(( $#plain )) && compadd -U -V values -a plain
"""

FISH = r"""
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

for program in PROGRAMS
    complete --command $program --no-files --arguments '(__nodewatch_complete)'
end
"""


def completions() -> dict[str, str]:
    """Return the scripts by their file names.

    bash and fish look for a file of the command's name, so each command has one; all are the same, so that whoever
    reads one in by hand has completion for all commands. zsh finds them in the first line of its one file.
    """
    names = " ".join(PROGRAMS)
    note = "# Written by `python tests/tools/docs.py`.\n"
    bash, fish = ((note + script.lstrip()).replace("PROGRAMS", names) for script in (BASH, FISH))
    scripts = {"_nodewatch": f"#compdef {names}\n{note}{ZSH.lstrip()}"}
    for program in PROGRAMS:
        scripts |= {f"{program}.bash": bash, f"{program}.fish": fish}
    return scripts
