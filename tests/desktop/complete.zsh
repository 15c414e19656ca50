# SPDX-License-Identifier: MIT
# Prints what zsh offers for each command line, a line each and a dot behind them: a shell on a
# terminal of its own completes it, and what its widgets add is written down.
# usage: zsh -f complete.zsh COMPLETION LINE...
zmodload zsh/zpty
export DIR=$(mktemp -d) COMPLETION=$1
shift
zpty shell zsh -f -i
zpty -w shell '
autoload -Uz compinit; compinit -u -D
_visavis() { unfunction _visavis; source $COMPLETION }
compdef _visavis visavis
compadd() {
    local -a new
    [[ ${@[1,(i)(-|--)]} == *\ -[OAD]\ * || $1 == -[OAD] ]] || builtin compadd -A new "$@"
    (( $#new )) && print -rl -- $IPREFIX${^new} >>$DIR/found
    builtin compadd "$@"
}
zle -C offer list-choices _main_complete
probe() { BUFFER=$(<$DIR/line); CURSOR=$#BUFFER; zle offer; BUFFER=; print DO""NE; }
zle -N probe
bindkey "^X^P" probe
print REA""DY'
zpty -r shell out '*READY*'
for line; do
    print -rn -- $line >$DIR/line
    : >$DIR/found
    zpty -w -n shell $'\C-X\C-P'
    zpty -r shell out '*DONE*'
    cat $DIR/found
    print .
done
zpty -d shell
rm -r $DIR
