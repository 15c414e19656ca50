# SPDX-License-Identifier: MIT
# bash completion for visavis. Commands, options and what they take are read from the program's own
# --help, so they are always those of the program that is there.

_visavis_camera()
{
    case $cur in
    replay:*)
        local spec=$cur
        cur=${cur#replay:}
        _filedir
        COMPREPLY=("${COMPREPLY[@]/#/replay:}")
        __ltrim_colon_completions "$spec"
        ;;
    /* | .*)
        _filedir
        ;;
    *)
        mapfile -t COMPREPLY < <(compgen -W "demo replay: $(compgen -G '/dev/video*')" -- "$cur")
        [[ ${COMPREPLY-} != replay: ]] || compopt -o nospace
        ;;
    esac
}

# What an option takes, by the word that --help has for it.
_visavis_value()
{
    case $1 in
    DIR*) _filedir -d ;;
    FILE) _filedir ;;
    SPEC) _visavis_camera ;;
    NAME) mapfile -t COMPREPLY < <(compgen -W 'visavis koch omniglot' -- "$cur") ;;
    esac
}

# What a command takes besides options, by its usage.
_visavis_words()
{
    local choice='\[([a-z|]+)\] \[options\]$'
    if [[ $1 =~ $choice ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${BASH_REMATCH[1]//|/ }" -- "$cur")
        return
    fi
    case $1 in
    "usage: visavis $verb [options]") ;;
    *' DIR [options]' | *' DIR... [options]') _filedir -d ;;
    *) _filedir ;;
    esac
}

_visavis()
{
    local cur prev words cword split
    _init_completion -s -n : || return

    local verb='' help line takes='' verbs=() options=()
    local option='^  (-.,|   ) (--[a-z-]+) ([^ ]*) +' command='^  visavis ([a-z]+)'
    [[ $cword -eq 1 || ${words[1]} == -* ]] || verb=${words[1]}
    help=$("${1/#\~/$HOME}" ${verb:+"$verb"} --help 2>/dev/null) || return
    while IFS= read -r line; do
        if [[ $line =~ $option ]]; then
            options+=("${BASH_REMATCH[2]}")
            if [[ $prev == "${BASH_REMATCH[2]}" || $prev, == "${BASH_REMATCH[1]}" ]]; then
                takes=${BASH_REMATCH[3]}
            fi
        elif [[ $line =~ $command ]]; then
            verbs+=("${BASH_REMATCH[1]}")
        fi
    done <<<"$help"

    if [[ $takes ]]; then
        _visavis_value "$takes"
    elif [[ $split == true ]]; then
        return
    elif [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$cur")
    elif [[ $cword -eq 1 ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${verbs[*]}" -- "$cur")
    elif [[ $verb ]]; then
        _visavis_words "${help%%$'\n'*}"
    fi
} && complete -F _visavis visavis
