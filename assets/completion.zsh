#compdef visavis
# SPDX-License-Identifier: MIT
# zsh completion for visavis. Commands, options and what they take are read from the program's own
# --help, so they are always those of the program that is there.

_visavis_camera() {
    if compset -P 'replay:'; then
        _files
    else
        _alternative "cameras:camera:(demo ${(j: :)${(q)$(print -r -- /dev/video*(N))}})" \
            'replayed:pictures:compadd -S "" replay:' 'files:path:_files'
    fi
}

_visavis() {
    local line verb usage takes about action names letter
    local -a help options verbs choice
    (( CURRENT > 2 )) && [[ $words[2] != -* ]] && verb=$words[2]
    help=("${(@f)$(_call_program help ${(q)words[1]} $verb --help 2>/dev/null)}") || return

    for line in $help; do
        if [[ $line =~ '^  (-.,|   ) --([a-z-]+) ([^ ]*) +(.*)' ]]; then
            takes=$match[3] about=${match[4]//(#m)[\[\]:\\]/\\$MATCH} names=--$match[2]
            case $takes in
                '') action= ;;
                DIR*) action=":$takes:_files -/" ;;
                FILE) action=":$takes:_files" ;;
                SPEC) action=":$takes:_visavis_camera" ;;
                NAME) action=":$takes:(visavis koch omniglot)" ;;
                *) action=":$takes: " ;;
            esac
            if [[ $match[1] == -* ]]; then
                letter=${match[1]%,}
                options+=("($letter $names)$letter${takes:++}[$about]$action")
                names="($letter $names)$names"
            elif [[ $about == *repeated* || $takes == *... ]]; then
                names="*$names"
            fi
            options+=("$names${takes:+=}[$about]$action")
        elif [[ -z $verb && $line =~ '^  visavis ([a-z]+)' ]]; then
            verbs+=($match[1]:)
        elif [[ $#verbs -gt 0 && $verbs[-1] == *: && $line =~ '^      ([^ -].*)' ]]; then
            verbs[-1]+=${match[1]//:/\\:}
        fi
    done

    if [[ -z $verb ]]; then
        (( CURRENT == 2 )) && options+=('1:command:{_describe -t commands command verbs}')
        _arguments -s -S : $options
        return
    fi
    shift words
    (( CURRENT-- ))
    usage=$help[1]
    if [[ $usage =~ '\[([a-z|]+)\] \[options\]$' ]]; then
        options+=("1:what:(${match[1]//|/ })")
    elif [[ $usage =~ ' DIR(\.\.\.)? \[options\]$' ]]; then
        options+=('*:folder:_files -/')
    elif [[ $usage != "usage: visavis $verb [options]" ]]; then
        options+=('*:file:_files')
    fi
    _arguments -s -S : $options
}

_visavis "$@"
