# SPDX-License-Identifier: MIT
# fish completion for visavis. Commands, options and what they take are read from the program's own
# --help, so they are always those of the program that is there.

function __visavis_in --argument-names verb --description 'Whether this is the command; "": none'
    set -l words (commandline -opc) ''
    string match -q -- '-*' $words[2]; and set words[2] ''
    test "$words[2]" = "$verb"
end

function __visavis_value --argument-names takes --description 'What an option takes'
    switch $takes
        case 'DIR*'
            __fish_complete_directories (commandline -ct) ''
        case NAME
            printf '%s\n' visavis koch omniglot
        case SPEC
            set -l token (commandline -ct)
            if set -l path (string replace -r '^((?:.*=)?replay:)(.*)' '$2' -- $token)
                set -l before (string replace -r '(replay:).*' '$1' -- $token)
                printf '%s\n' $before(__fish_complete_path $path '')
            else
                set -l cameras /dev/video*
                printf '%s\n' demo replay: $cameras
                string match -qr '^[/.]' -- $token; and __fish_complete_path $token ''
            end
    end
end

function __visavis_declare --description 'Declares the options of a command, or of none'
    set -l here -c visavis -n "__visavis_in '$argv'"
    for line in (visavis $argv --help 2>/dev/null)
        set -l option (string match -r -- '^  (-.,|   ) --([a-z-]+) (\S*) +(.*)' $line)
        or continue
        set -l names -l $option[3]
        set -l letter (string match -r '[a-zA-Z]' -- $option[2]); and set -a names -s $letter
        if test "$option[4]" = FILE
            set -a names -r -F
        else if test -n "$option[4]"
            set -a names -x -a "(__visavis_value '$option[4]')"
        end
        complete $here $names -d "$option[5]"
    end
end

complete -c visavis -f
__visavis_declare
set -l verb
for line in (visavis --help 2>/dev/null)
    if set -l command (string match -r -- '^  visavis ([a-z]+) *(.*)' $line)
        set verb $command[2]
        __visavis_declare $verb
        set -l here -c visavis -n "__visavis_in $verb"
        set -l choice (string match -r -- '^\[([a-z|]+)\]$' $command[3])
        if set -q choice[2]
            complete $here -a (string replace -a '|' ' ' -- $choice[2])
        else if string match -qr -- 'DIR(\.\.\.)?$' $command[3]
            complete $here -a '(__fish_complete_directories)'
        else if test -n "$command[3]"
            complete $here -F
        end
    else if test -n "$verb"; and set -l does (string match -r -- '^ {6}(\S.*)' $line)
        complete -c visavis -n __fish_is_first_arg -a $verb -d "$does[2]"
        set verb
    end
end
