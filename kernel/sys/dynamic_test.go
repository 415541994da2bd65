//go:build linux

package sys_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vitrine/scripts/image"
)

// Dynamically linked programs of the host, with their libraries, on both kernels.
var hostPrograms = []struct {
	name string
	need []string // files and directories besides the libraries
	args []string
}{
	{"bash", nil, []string{"/bin/bash", "--norc", "-c", `a=(1 2 3); echo ${a[@]} ${#a[@]}; declare -A m; m[x]=1; echo ${m[x]}; for ((i=0;i<3;i++)); do echo $i; done; echo $(( 2**40 )); [[ abc =~ b ]] && echo match; printf '%q\n' 'a b'; read -r x <<< "here string"; echo $x; cat=$(</etc/passwd); echo ${#cat} > /dev/null; (exit 3); echo $?; kill -TERM $BASHPID & wait $!; echo $?; echo {a..e}; trap 'echo exit' EXIT; echo a | while read l; do echo "[$l]"; done; type echo; exec 7<>/dev/null; echo ok`}},
	{"perl", []string{"/bin/sh", "/usr/bin/echo"}, []string{"/usr/bin/perl", "-e", `my %h=(a=>1,b=>2); print join(",",map {"$_=$h{$_}"} sort keys %h),"\n"; open(F,">/tmp/pf") or die; print F "x\ny\n"; close F; open(F,"/tmp/pf"); my @l=<F>; print scalar(@l),"\n"; print sprintf("%.3f %e",3.14159,1234.5),"\n"; my $p=fork; if(!$p){exit 5} waitpid($p,0); print $?>>8,"\n"; print "ok\n" if "foobar"=~/o+b/; $SIG{ALRM}=sub{print "alarm\n"}; alarm 1; select(undef,undef,undef,1.2); print length(` + "`echo hi`" + `),"\n"; unlink "/tmp/pf";`}},
	{"python", []string{"/usr/lib/python3.11", "/usr/lib/python3"}, []string{"/usr/bin/python3", "-S", "-c", `
import os, sys, json, threading, subprocess, time, tempfile, hashlib, re, signal, select
print(sys.version_info[0], json.dumps({"a": [1, 2.5, None]}, sort_keys=True))
print(hashlib.sha256(b"x").hexdigest()[:16], re.sub("b+", "-", "abbbc"), 2**100, 1/3)
r = []
ts = [threading.Thread(target=lambda i=i: r.append(i * i)) for i in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]
print(sorted(r))
with tempfile.NamedTemporaryFile("w+") as f:
    f.write("hello"); f.flush(); print(os.stat(f.name).st_size)
pid = os.fork()
if pid == 0: os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
a, b = os.pipe(); os.write(b, b"z"); print(select.select([a], [], [], 1)[0] == [a], os.read(a, 1))
t = time.monotonic(); time.sleep(0.05); print(time.monotonic() - t >= 0.05)
signal.signal(signal.SIGUSR1, lambda s, f: print("signal", s)); os.kill(os.getpid(), signal.SIGUSR1)
print(subprocess.run(["/bin/bash", "-c", "echo sub; exit 3"], stdout=subprocess.PIPE))
print({"0", "1", "2"} <= set(os.listdir("/proc/self/fd")))
`}},
	{"nice", []string{"/usr/bin/nice", "/usr/bin/renice", "/usr/bin/chrt", "/usr/bin/sed"}, []string{"/bin/bash", "--norc", "-c", `PATH=/usr/bin:/bin; renice -n 0 -p $$ >/dev/null; nice; nice -n 5 nice; nice -n 5 nice -n 3 nice; nice -n 99 nice; nice -n 7 bash -c 'nice; renice -n 9 -p $$ | sed s/^[0-9]*//; nice; renice -n 1 -g 0 >/dev/null; nice'; chrt -m; chrt -p $$ | sed s/[0-9]*.s//; chrt -b 0 bash -c 'chrt -p $$ | sed s/[0-9]*.s//'; chrt -i 0 bash -c 'chrt -p $$ | sed s/[0-9]*.s//; chrt -o -p 0 $$; chrt -p $$ | sed s/[0-9]*.s//'; chrt -R -b 0 bash -c 'chrt -p $$ | sed s/[0-9]*.s//; bash -c "chrt -p \$\$ | sed s/[0-9]*.s//"'; chrt -f 0 echo no; chrt -o 5 echo no; echo $?`}},
	{"python sockets", []string{"/usr/lib/python3.11", "/usr/lib/python3"}, []string{"/usr/bin/python3", "-S", "-c", `
import asyncio, multiprocessing, os, socket, tempfile
path = tempfile.mkdtemp() + "/s"
async def serve(r, w):
    while line := await r.readline(): w.write(line.upper())
    w.close()
async def main():
    server = await asyncio.start_unix_server(serve, path)
    async def client(i):
        r, w = await asyncio.open_unix_connection(path)
        w.write(b"line %d\n" % i); w.write_eof()
        return (await r.read()).decode().strip()
    print(await asyncio.gather(*map(client, range(5))))
    p = await asyncio.create_subprocess_exec("/bin/bash", "-c", "echo sub; exit 3", stdout=-1)
    print(await p.communicate(), p.returncode)
    try: await asyncio.wait_for(asyncio.sleep(5), 0.02)
    except asyncio.TimeoutError: print("timeout")
    server.close()
asyncio.run(main())
a, b = socket.socketpair()
r, w = os.pipe(); os.write(w, b"passed")
socket.send_fds(a, [b"fd"], [r]); m, fds, flags, _ = socket.recv_fds(b, 10, 2); print(m, os.read(fds[0], 10), flags)
q = multiprocessing.Pipe(); p = multiprocessing.Process(target=lambda c: c.send({"a": 1}), args=(q[1],)); p.start(); print(q[0].recv()); p.join(); print(p.exitcode)
try: socket.socket(99)
except OSError as e: print(e.errno)
os.remove(path)
`}},
	{"coreutils", []string{"/usr/bin/echo", "/usr/bin/sort", "/usr/bin/wc", "/usr/bin/tr", "/usr/bin/seq", "/usr/bin/stat", "/usr/bin/cp", "/usr/bin/mv", "/usr/bin/mkdir", "/usr/bin/rm", "/usr/bin/date", "/usr/bin/head", "/usr/bin/tail", "/usr/bin/env", "/usr/bin/sleep", "/usr/bin/timeout", "/usr/bin/touch", "/usr/bin/ln", "/usr/bin/dd", "/usr/bin/od", "/usr/bin/cut", "/usr/bin/cat", "/usr/bin/chmod", "/usr/bin/tee", "/usr/bin/id", "/usr/bin/grep", "/usr/bin/sed", "/usr/bin/find", "/usr/bin/xargs", "/usr/bin/gzip", "/usr/bin/tar"}, []string{"/bin/bash", "--norc", "-c", `PATH=/usr/bin; cd /tmp; rm -rf cu; mkdir cu; cd cu; seq 100 | sort -rn | head -2; seq 5 | tail -n +4; echo abc | tr a-c x-z | od -c; cp -a /etc/passwd p; mv p q; stat -c %F q; ln -s q l; cat l | wc -l > /dev/null; dd if=/dev/zero of=z bs=4k count=2 2>/dev/null; wc -c z; touch -d @0 z; date -u -r z +%s; timeout 0.1 sleep 2; echo $?; find . -type f | sort; seq 3 | xargs -n1 echo n; grep -c 1 <(seq 20); echo a:b | cut -d: -f2; sed 's/1/X/' <(seq 2); tar cf - q z | tar tf - ; gzip -c z | wc -c > /dev/null; chmod 640 q; stat -c %a q; id -u; env -i A=1 env; echo t | tee u v; cat u v; cd ..; rm -r cu; echo $?`}},
}

var soPath = regexp.MustCompile(`(/\S+\.so\S*)`)

// Big programs, which need a big machine: a JavaScript engine with a compiler of its own, and a C compiler.
func TestBigPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("big disks")
	}
	const c = `#include <stdio.h>\nint main(void) { printf("%%d\\n", 6 * 7); return 5; }\n`
	const musl, headers = "/usr/lib/x86_64-linux-musl", "/usr/include/x86_64-linux-musl"
	cc1, _ := exec.Command("gcc", "-print-prog-name=cc1").Output()
	compiler := strings.TrimSpace(string(cc1))
	for _, p := range []struct {
		name string
		need []string
		args []string
	}{
		{"node", nil, []string{"/usr/bin/node", "-e", `console.log([1,2,3].map(x => x * x).join()); setTimeout(() => console.log("later"), 20); new Promise(r => r("promised")).then(console.log)`}},
		{"gcc", []string{"/usr/bin/as", "/usr/bin/ld", compiler, musl, headers}, []string{"/bin/sh", "-c", "cd /tmp; printf '" + c + "' > a.c; " + compiler +
			" -quiet -nostdinc -isystem " + headers + " a.c -o a.s && as -o a.o a.s && ld -static -o a.out " + musl + "/crt1.o a.o " + musl + "/libc.a && ./a.out; echo $?; rm a.*"}},
	} {
		t.Run(p.name, func(t *testing.T) {
			for _, path := range append(p.need, p.args[0]) {
				if _, err := os.Stat(path); err != nil {
					t.Skip(err)
				}
			}
			host := runHost(t, p.args[0], p.args[1:]...)
			disk := hostDiskOf(t, 400<<20, append(p.need, p.args[0], "/usr/bin/rm", "/usr/share/nodejs")) // Debian's Node reads a part of itself there
			guest := finish(t, guestComputerOf(t, disk, 768<<20, p.args[0], p.args[1:]...))
			guest.out = escapes.ReplaceAllString(guest.out, "")
			host = again(t, host, guest, p.args[0], p.args[1:]...)
			if host != guest {
				t.Errorf("status %d, %d; output differs:\n%s\nguest:\n%s", host.status, guest.status, firstDifference(host.out, guest.out), guest.out)
			}
		})
	}
}

// escapes are the colours that programs use on terminals only.
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// libraries are what the dynamic linker would load.
func libraries(program string) []string {
	out, _ := exec.Command("ldd", program).Output()
	return soPath.FindAllString(string(out), -1)
}

// add copies a file or a tree under its own name, and the libraries it needs.
func add(t *testing.T, im *image.Image, path string) {
	t.Helper()
	mkdirs(t, im, filepath.Dir(path))
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.Add(real, path); err != nil {
		t.Fatal(err)
	}
}

func mkdirs(t *testing.T, im *image.Image, dir string) {
	t.Helper()
	if dir == "/" || dir == "." {
		return
	}
	mkdirs(t, im, filepath.Dir(dir))
	if err := im.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestHostPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("big disks")
	}
	for _, p := range hostPrograms {
		t.Run(p.name, func(t *testing.T) {
			if _, err := os.Stat(p.args[0]); err != nil {
				t.Skip(err)
			}
			if testing.Short() && p.name == "python sockets" {
				t.Skip("asyncio is large")
			}
			host := runHost(t, p.args[0], p.args[1:]...)
			guest := runGuest(t, hostDisk(t, append(p.need, p.args[0])), p.args[0], p.args[1:]...)
			host = again(t, host, guest, p.args[0], p.args[1:]...)
			if host != guest {
				t.Errorf("status %d, %d; output differs:\n%s\nguest:\n%s", host.status, guest.status, firstDifference(host.out, guest.out), guest.out)
			}
		})
	}
}

// Programs of Go's: they bring their own runtime, which uses threads, futexes, signals, epoll and timers.
func TestGoProgram(t *testing.T) {
	for _, name := range []string{"goroutines", "sockets"} {
		t.Run(name, func(t *testing.T) { goProgram(t, name) })
	}
}

func goProgram(t *testing.T, name string) {
	program := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", "build", "-o", program, "testdata/"+name+"/main.go")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("cannot build: %v %s", err, out)
	}
	host := runHost(t, program)
	guest := runGuest(t, hostDisk(t, []string{"/bin/sh"}), program)
	if host != guest {
		t.Errorf("status %d, %d; output differs:\n%s\nguest:\n%s", host.status, guest.status, firstDifference(host.out, guest.out), guest.out)
	}
}

// hostDisk has programs of the host and everything they load.
func hostDisk(t *testing.T, paths []string) []byte { return hostDiskOf(t, 160<<20, paths) }

func hostDiskOf(t *testing.T, size int, paths []string) []byte {
	t.Helper()
	im, err := image.Open(baseDiskOf(t, size))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range append(paths, "/bin/bash", "/lib64/ld-linux-x86-64.so.2") {
		list := []string{path}
		if info, err := os.Stat(path); err != nil {
			continue
		} else if info.IsDir() {
			found, _ := filepath.Glob(path + "/lib-dynload/*.so")
			for _, so := range found {
				list = append(list, libraries(so)...)
			}
		} else {
			list = append(list, libraries(path)...)
		}
		for _, file := range list {
			if !seen[file] {
				seen[file] = true
				add(t, im, file)
			}
		}
	}
	disk, err := im.Close()
	if err != nil {
		t.Fatal(err)
	}
	return disk
}
