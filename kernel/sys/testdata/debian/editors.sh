# vim.tiny and less without a terminal
printf 'one\ntwo\nthree\n' >f; vim.tiny -u NONE -es f <<'E'
%s/t/T/g
2d
$put ='added'
wq
E
cat f; vim.tiny -u NONE -es -c '%!sort -r' -c 'w! g' -c 'q!' f; cat g; vim.tiny -u NONE -es -c 'normal gg"ayyGp' -c 'wq' f; cat f; vim.tiny --version | head -n 1; vim.tiny -u NONE -es -c 'g/T/normal A!' -c 'x' f; cat f; vi -u NONE -es -c 'set number' -c '%print' -c 'q!' f; less f; less -N f g; seq 3 | less; less nothing; echo $?; less -V | head -n 1; ed 2>/dev/null; echo $?; printf 'a\nx\n.\nw h\nq\n' | busybox ed; cat h
