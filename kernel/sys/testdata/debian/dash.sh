# dash
cat >s <<'E'
f() { echo "$#:$*"; local x=1; return 3; }
f a "b c"; echo $?
for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done
while read -r a b; do echo "$b-$a"; done <<X
1 2
3 4
X
case abc in [xyz]*) echo no;; a?c) echo yes;; esac
echo $(( (3 + 4) * 5 % 6 )) $((0x1f)) $((1 << 4 | 3)) $((-7 / 2))
x=path/to/file.tar.gz; echo ${x##*/} ${x%.*} ${x%%.*} ${x#*/} ${#x} ${y:-default} ${y:=set} $y ${y:+alt}
set -- a 'b c' d; for w in "$@"; do echo "<$w>"; done; shift 2; echo $1 $#
trap 'echo trapped' EXIT; trap 'echo usr1' USR1; kill -USR1 $$
(exit 7); echo $?; ! true; echo $?; { echo one; echo two; } | while read l; do echo "[$l]"; done
eval 'z=5; echo $z'; echo a b c | { read a b; echo $b; }; echo `echo back \`echo nested\``; printf '%d %s\n' 42 x
set -e; false || echo survived; umask 027; umask; unset x; echo "${x-unset}"; cd /; pwd; type cd; command -v dash; getopts ab: o -b v && echo $o $OPTARG
sleep 5 & kill $!; wait $! || echo $?; readonly r=1; echo bye; ulimit -n 64; ulimit -n; set -u; echo $undefined; echo not reached
E
dash s arg; echo status $?; dash -c 'echo $0 $1' name one; dash -n s && echo syntax; dash -c 'if'; echo $?; echo 'echo from stdin' | dash; dash -x -c 'true 1' ; dash nothing; echo $?; printf '#!/bin/dash\necho script $1\n' >p; chmod +x p; ./p x; dash -c 'echo out; echo err >&2' 2>&1 >/dev/null; dash -c 'exec 3>f; echo x >&3; cat f; exec 3<&-; echo y >&3'; echo $?
