# bash
shopt -s extglob globstar nullglob
a=(1 2 3); echo ${a[@]} ${#a[@]} ${a[-1]} ${a[@]:1:2} ${!a[@]}; a+=(4); unset 'a[1]'; echo "${a[*]}"; declare -A m=([x]=1 [y]=2); for k in $(printf '%s\n' "${!m[@]}" | sort); do echo $k=${m[$k]}; done; declare -p a
for ((i = 0; i < 3; i++)); do printf '%d ' $((i ** 2)); done; echo; [[ abc123 =~ ([a-z]+)([0-9]+) ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}; [[ file.txt == *.txt && ! x -gt 3 ]]; echo $?; x=hello; echo ${x^^} ${x/l/L} ${x//l/L} ${x:1:3} ${x: -2} ${x@Q}; printf -v y '%03d' 7; echo $y; echo {1..5..2} {a,b}{c,d}; echo $'tab\there\x41'
mapfile -t lines < <(seq 3); echo ${#lines[@]} ${lines[2]}; while read -r l; do echo "<$l>"; done < <(printf 'x\ny\n'); cat <<<"here string"; diff <(seq 3) <(seq 4); exec 7<>f; echo seven >&7; cat f; exec 7>&-; echo a | (read v; echo $v); shopt -s lastpipe; echo piped | read p; echo $p
coproc C { while read -r l; do echo "co $l"; done; }; echo hi >&${C[1]}; read -r r <&${C[0]}; echo $r; exec {C[1]}>&-; wait; f() { local -n ref=$1; ref=changed; }; f x; echo $x; g() { echo ${FUNCNAME[0]} $LINENO >/dev/null; return 5; }; g; echo $?; trap 'echo err' ERR; false; trap - ERR; trap 'echo int' INT; kill -INT $$; (trap 'echo sub exit' EXIT); set -o pipefail; false | true; echo $?; echo ${PIPESTATUS[@]}
sleep 5 & kill %1; wait %1; echo $?; (sleep 0.05; exit 4) & wait -n; echo $?; time -p true 2>&1 | head -c 0; select s in one two; do echo $s; break; done <<<2; select=1; echo $BASHPID >/dev/null; type -t if cd ls f; compgen -A function; echo $((2**62)) $((16#ff)) $((1 ? 2 : 3)) $(( 7 % -3 )); let z=3*4; echo $z; ((z > 3)) && echo big; IFS=: read -r u _ id _ <<<root:x:0:0; echo $u $id; printf '%(%F)T\n' 0; echo ${RANDOM:+random} ${SECONDS:+seconds}; history | wc -l; mkdir -p d/e; touch d/e/x.c d/y.c; echo **/*.c; echo !(d); echo +([0-9]); help true | head -n 1; ulimit -c; declare -i n=3+4; echo $n; declare -r c=1; c=2; echo after
cat >s <<'E'
#!/bin/bash
echo "$0 ${1-none} $#"; exit 3
E
chmod +x s; ./s "a b"; echo $?; bash -c 'kill -SEGV $$'; echo $?; bash -c 'nothing'; echo $?; bash ./nothing; echo $?; ./d; echo $?; bash -r -c 'cd /' ; exec -a other bash -c 'echo $0'
