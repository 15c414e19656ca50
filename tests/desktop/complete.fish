# SPDX-License-Identifier: MIT
# Prints what fish offers for each command line, a line each and a dot behind them.
# usage: fish --no-config complete.fish COMPLETION LINE...
source $argv[1]
for line in $argv[2..]
    complete -C $line | string replace -r '\t.*' ''
    echo .
end
