# Written by `python tests/tools/docs.py`.
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

complete -o nosort -F _nodewatch nodewatch bos nmstatus
