//go:build linux

package sys_test

import (
	"os"
	"path/filepath"
	"testing"
)

// What a shell and its tools do, on both kernels. Each script runs in an empty directory.
var busyboxScripts = map[string]string{
	"pipes": `echo hello | tr a-z A-Z; seq 1 10 | sort -rn | head -3; yes | head -2000 | wc; echo a b c | awk '{print $2, NF}'; printf 'x\ny\nz\n' | sed -n '2p;$='`,
	"files": `mkdir -p a/b/c; echo one > a/1; cp a/1 a/b/2; ln -s ../1 a/b/l; ln a/1 a/hard; mv a/b/2 a/b/c/3; find a | sort; ls -l a/1 | cut -c1-10; cat a/b/l; stat -c '%n %s %h %F' a/1; rm -r a/b; ls a | cat; rmdir a; du -s a | wc -l; chmod 600 a/1; stat -c %a a/1; touch -d @1000 t; stat -c %Y t; wc -c < a/hard; dd if=/dev/zero of=z bs=1k count=3 2>/dev/null; ls -s z | cut -d' ' -f2; truncate -s 10 z; wc -c z; cmp a/1 a/hard && echo same; md5sum a/1; sha256sum a/1; tac a/1; basename /x/y.c .c; realpath a/../a/1 | sed 's|.*/\([^/]*/[^/]*\)$|\1|'; readlink a/b/l; test -L t || echo no`,
	"shell": `f() { echo "$#:$*"; return 3; }; f a "b c"; echo $?; for i in 1 2 3; do echo -n $i; done; echo; x=5; while [ $x -gt 0 ]; do x=$((x-2)); done; echo $x; case abc in a*) echo match;; esac; (exit 7); echo $?; echo $(echo nested $(echo deep)); set -- q w e; shift; echo $1; trap 'echo bye' EXIT; cat <<E
here $x
E
echo $((0x10 + 3 * 2)); y=${z:-default}; echo $y ${#y}; false || echo or; true && echo and; echo * ; IFS=:; v=a:b:c; for p in $v; do echo $p; done; read line < /etc/passwd; echo done; kill -0 $$ && echo alive; eval 'echo evaluated'; unset x; echo "[$x]"; ( sleep 0.05; echo later ) & wait; echo end`,
	"jobs":     `sleep 5 & p=$!; kill $p; wait $p; echo $?; (sleep 0.1; exit 4) & wait $!; echo $?; sh -c 'kill -TERM $$'; echo $?; sh -c 'kill -SEGV $$'; echo $?; trap 'echo usr1' USR1; kill -USR1 $$; (trap '' TERM; kill -TERM $(sh -c 'echo $PPID'); echo survived); timeout 0.2 sleep 5; echo $?; time -p true 2>&1 | wc -l; setsid echo session; ulimit -c 0; echo $?`,
	"redirect": `echo out; echo err >&2; { echo a; echo b >&2; } > f 2>&1; cat f; echo more >> f; wc -l < f; exec 5> five; echo to five >&5; exec 5>&-; cat five; ls none 2>/dev/null; echo $?; cat < f > g; cmp f g; : > f; test -s f || echo empty; echo x | tee one two; cat one two; exec 3< g; read a <&3; read b <&3; echo $a $b; set -C; (echo no > g) 2>/dev/null || echo noclobber`,
	"archive": `mkdir d; for i in 1 2 3 4 5; do seq 1 $((i * 100)) > d/$i; done; ln -s 1 d/link; tar cf t.tar d; tar tf t.tar | wc -l; mkdir x; tar xf t.tar -C x; diff -r d x/d && echo equal; gzip -c t.tar > t.gz; gunzip -c t.gz | cmp - t.tar && echo gzip; bzip2 -c d/5 > b.bz2; bunzip2 -c b.bz2 | md5sum; cd d; find . -type f | cpio -o -H newc 2>/dev/null | cpio -t 2>/dev/null | sort | head -3; sort -u 1 2 3 | wc -l; grep -c 9 5; uniq -c 1 | tail -1; od -c 1 | head -2; xxd 1 | head -1; hexdump -C 2 | tail -1; base64 1 | head -1; paste 1 2 | head -2; expr 3 + 4; factor 360; rev 1 | tail -1; fold -w 5 1 | wc -l; nl 1 | tail -1; env -i A=b env; xargs -n 30 echo < 1 | wc -l; printf '%05d %s %x\n' 42 str 255; date -u -d @86400 +%F; cal 2 2024 | head -1; bc <<E
2^64
E`,
	"exec":      `rm -rf *; ( echo 'echo fallback $1' > text; chmod +x text; ./text a; echo $?; : > empty; chmod +x empty; ./empty; echo $?; ./nothing; echo $?; nothing; echo $?; chmod -x text; ./text; echo $?; mkdir d; ./d; echo $?; printf '#!/no/such\n' > bad; chmod +x bad; ./bad; echo $?; printf '#!./text\necho shell\n' > deep; chmod +x deep text; ./deep; echo $?; printf '\177ELF' > elf; chmod +x elf; ./elf; echo $?; (exec ./nothing); echo $?; (exec ./d); echo $?; ./text/x; echo $?; ln -s loop loop; ./loop; echo $?; sh -c 'kill -ABRT $$'; echo $?; env ./nothing; echo $?; env ./d; echo $?; sh ./nothing; echo $? ) 2>&1 | sed 's|^/tmp/[^:]*: ||'`,
	"processes": `ps > /dev/null; echo $?; pidof nonexistent; echo $?; cat /proc/self/comm; cat /proc/$$/comm; test -d /proc/$$/fd && readlink /proc/self/cwd | sed 's|.*/||' | wc -l; uname -sm; id -u; whoami; hostname > /dev/null && echo host; free | head -1 | wc -w; uptime | grep -c load; cat /proc/loadavg | wc -w; sync; echo $?; test -c /dev/null && echo null; head -c 10 /dev/urandom | wc -c; head -c 5 /dev/zero | od -c; usleep 1000; sleep 0.01; mkfifo p; echo through > p & cat p; wait; mktemp -u | cut -c1-5; pwd | sed 's|.*/||' | wc -l; which sh | wc -l; true; busybox | head -1 | cut -c1-7`,
}

func TestBusyboxAgainstHost(t *testing.T) { busyboxAgainstHost(t, "/bin/busybox") }

// TestBusybox32 is the same with Debian's busybox for i386: an unmodified 32-bit program with the GNU C library.
func TestBusybox32(t *testing.T) {
	needs32(t)
	busyboxAgainstHost(t, "../../build/i386/busybox")
}

func busyboxAgainstHost(t *testing.T, busybox string) {
	t.Helper()
	busybox, err := filepath.Abs(busybox)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(busybox); err != nil {
		t.Skip("no busybox here (scripts/debian-i386 fetches that for i386): ", err)
	}
	disk := baseDisk(t)
	for name, script := range busyboxScripts {
		t.Run(name, func(t *testing.T) {
			script = `PATH=/none; exec < /dev/null; cd "$0"; set -- ; ` + script
			host := runHost(t, busybox, "sh", "-c", script, t.TempDir())
			guest := runGuest(t, disk, busybox, "sh", "-c", script, workDir)
			if *hostFlag {
				t.Logf("host, status %d:\n%s", host.status, host.out)
			}
			host = again(t, host, guest, busybox, "sh", "-c", script, t.TempDir())
			if host != guest {
				t.Errorf("status %d, %d; output differs:\n%s", host.status, guest.status, firstDifference(host.out, guest.out))
			}
		})
	}
}

// TestCoreDumped: the shell tells of a core file when there is one.
func TestCoreDumped(t *testing.T) {
	const busybox = "/bin/busybox"
	if _, err := os.Stat(busybox); err != nil {
		t.Skip("no busybox here")
	}
	const script = `cd /tmp; sh -c 'kill -SEGV $$'; echo $?; ulimit -c unlimited; sh -c 'kill -SEGV $$'; echo $?; ls core; true`
	r := runGuest(t, baseDisk(t), busybox, "sh", "-c", script)
	if want := "Segmentation fault\n139\nSegmentation fault (core dumped)\n139\ncore\n"; r.out != want {
		t.Errorf("it says %q", r.out)
	}
}
