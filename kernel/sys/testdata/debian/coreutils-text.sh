# coreutils that read text and write text
seq 1 12 >n; printf 'pear 3\napple 10\nfig 3\napple 2\n' >f
sort f; sort -k2n -k1 f; sort -u -k1,1 f; sort -rh <(printf '2K\n1M\n3\n') 2>/dev/null || printf '2K\n1M\n3\n' | sort -rh
printf 'a\na\nb\nc\nc\n' | uniq -c; printf 'a\na\nb\n' | uniq -d; printf 'a\na\nb\n' | uniq -u
sort f >s; sort n >m; cut -d' ' -f2 f | paste -sd+; cut -c1-3 f; paste n f | head -n 3; paste -d, - - - <n
join <(echo) /dev/null 2>/dev/null; printf '1 a\n2 b\n' >j1; printf '1 x\n3 y\n' >j2; join j1 j2; join -a1 -e- -o0,1.2,2.2 j1 j2; comm s <(true) 2>/dev/null; printf 'a\nb\n' >c1; printf 'b\nc\n' >c2; comm c1 c2; comm -12 c1 c2
tr a-z A-Z <f; tr -d aeiou <f; tr -s p <f; tr -c '[:alnum:]\n' _ <f
head -n 2 n; head -c 5 n; head -n -9 n; tail -n 2 n; tail -n +11 n; tail -c 4 n; tac n | head -n 3; nl -ba -w3 f; nl -s: n | tail -n 1
wc n f; wc -L f; fmt -w 30 <<<'one two three four five six seven eight nine ten eleven twelve'; fold -w 7 <<<'abcdefghijklmnopqrst'; fold -sw 9 <<<'break at spaces only'
printf 'a\tb\n' | expand -t4; printf 'a       b\n' | unexpand -a; od -An -tx1z <f | head -n 2; od -c <<<x; od -td4 -N8 n; basenc --base16 f | head -c 20; echo
base64 f; base64 f | base64 -d | cmp - f; base32 -w0 <<<hello; echo; cat -A <<<$'\ta\x01'; cat -n f; cat -s <<<$'a\n\n\nb'
md5sum f; sha1sum f; sha224sum f; sha256sum f; sha384sum f; sha512sum f; b2sum f; cksum f; sum f; sum -s f; md5sum f | md5sum -c; cksum -a sha256 f
split -l 5 n part.; wc -l part.*; split -n 3 n x; cat xaa xab xac | cmp - n; csplit -s n 4 9; head -n 1 xx00 xx01 xx02
pr -t -2 -l 8 n; ptx -G <<<'the quick fox' 2>&1 | head -n 3; tsort <<<'a b b c a c'; shuf -n 3 --random-source=/bin/true n | wc -l; seq -s, 0 0.5 2; seq -w 8 11
factor 360 97 1234567890123; numfmt --to=iec 1048576 5000; numfmt --from=si 3K; expr 6 \* 7; expr abc : 'a\(.\)'; expr length hello; printf '%5.2f|%-4s|%x|%b|%q\n' 3.14159 ab 255 'a\tb' "it's"
tee t1 t2 <<<both; cat t1 t2; yes no | head -n 2; echo -e 'a\tb\c'; dircolors -b | head -c 10; echo; truncate -s 3 t1; cat t1; echo
