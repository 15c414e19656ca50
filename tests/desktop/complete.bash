# SPDX-License-Identifier: MIT
# Prints what bash offers for each command line, a line each and a dot behind them; exit code 77
# without the package bash-completion.
# usage: bash complete.bash COMPLETION LINE...
package=/usr/share/bash-completion/bash_completion
[[ -r $package ]] || exit 77
source "$package"
source "$1"
shift
compopt() { :; } # works while readline asks alone
function=$(complete -p visavis | sed -E 's/.*-F ([^ ]+).*/\1/')

for COMP_LINE; do
    # Words are split as readline splits them, at = and : also.
    COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMPREPLY=()
    read -ra COMP_WORDS < <(sed -E 's/[=:]/ & /g' <<<"$COMP_LINE")
    [[ $COMP_LINE != *[\ =:] ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "$function" visavis "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
    printf '%s\n' "${COMPREPLY[@]}" .
done
