package boot_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// swapProgram is testdata/swap.c, compiled, with what it prints on Linux.
func swapProgram(t *testing.T, args ...string) (code, want string) {
	t.Helper()
	bin, err := compile(t.TempDir(), "testdata/swap.c")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(bin, args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), string(out)
}

// tight is a computer with 9 MiB of memory and, unless swap is nil, a second disk.
func tight(t *testing.T, cmdline string, disk []byte, swap dev.Image) *guest {
	t.Helper()
	o := boot.Options{Cmdline: cmdline, RAM: 9 << 20, Disk: dev.Image(disk), Seed: 1, TermRaw: true, TermNoEcho: true}
	if swap != nil {
		o.Swap = swap
	}
	c, err := boot.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &guest{Computer: c, disk: disk}
}

// TestSwapLikeHost runs a family of processes with twice the memory there is: same output as on Linux, whatever the
// policy, and with snapshots in the middle the same state at the end.
func TestSwapLikeHost(t *testing.T) {
	code, want := swapProgram(t)
	disk := newGuest(t, "", map[string]string{"/bin/swap": code}, "/bin/swap").disk
	for _, policy := range mm.ReplacementNames {
		t.Run(policy, func(t *testing.T) {
			cmdline := "quiet swap=/dev/sdb replacement=" + policy
			g := tight(t, cmdline, disk, boot.SwapDisk(24<<20))
			if stop := g.until(2000); stop.Reason != boot.PowerOff || stop.Status != 0 || g.out.String() != want {
				t.Fatalf("%+v\n%s\nwant\n%s", stop, g.out.String(), want)
			}
			c := g.K.MM.State.Counters
			t.Logf("%v: %d out, %d in, %d major faults, %d instructions", policy, c.SwapOut, c.SwapIn, c.Major, g.Stats().Instructions)
			if c.SwapOut < 2000 || c.SwapIn < 2000 {
				t.Error("hardly anything was swapped")
			}
			if _, used := g.K.MM.SwapSize(); used > 64 { // init's own
				t.Errorf("%d slots are left", used)
			}
			if policy == "clock" {
				interrupted(t, g, cmdline, want)
			}
		})
	}
}

// interrupted does the same with a new computer for every part of the way.
func interrupted(t *testing.T, whole *guest, cmdline, want string) {
	t.Helper()
	g, parts := tight(t, cmdline, whole.disk, boot.SwapDisk(24<<20)), 0
	for stop := (boot.Stop{}); stop.Reason != boot.PowerOff; parts++ {
		stop = g.Run(g.M.Now()+whole.M.Now()/12+7, boot.NoLimit)
		g.out.Write(g.Output())
		if err := g.K.MM.Check(); err != nil {
			t.Fatal(err)
		}
		next := tight(t, cmdline, whole.disk, boot.SwapDisk(24<<20))
		if err := next.Restore(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
		next.out.WriteString(g.out.String())
		g = next
	}
	if parts < 10 || g.out.String() != want || g.Hash() != whole.Hash() {
		t.Errorf("%d parts, hash %x, want %x\n%s", parts, g.Hash(), whole.Hash(), g.out.String())
	}
}

// TestSwapFile swaps to a file of the root file system, whose own pages compete for the same memory.
func TestSwapFile(t *testing.T) {
	code, want := swapProgram(t, "1700")
	const script = `b=/bin/busybox; cd /root
		$b dd if=/dev/zero of=holes bs=1k seek=1023 count=1 2>/dev/null; $b mkswap holes >/dev/null; $b swapon holes 2>&1; $b rm holes
		$b dd if=/dev/zero of=file bs=1k count=9216 2>/dev/null && $b mkswap file >/dev/null && $b swapon file && $b cat /proc/swaps
		/bin/swap 1700
		$b swapoff file && $b rm file && echo done`
	disk := newGuest(t, "", map[string]string{"/bin/swap": code, "/bin/all": "#!/bin/sh\n" + script}, "/bin/all").disk
	g := tight(t, "quiet", disk, nil)
	stop := g.until(2000)
	expect := "swapon: holes: file has holes\nFilename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" +
		"/root/file                              file\t\t9212\t\t0\t\t-2\n" + want + "done\n"
	if got := g.out.String(); stop.Reason != boot.PowerOff || got != expect {
		t.Errorf("%+v\n%s\nwant\n%s", stop, got, expect)
	}
	if c := g.K.MM.State.Counters; c.SwapIn < 500 {
		t.Errorf("%d out, %d in", c.SwapOut, c.SwapIn)
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
}

// TestSwapCommands prepares, uses and leaves areas with busybox, on a disk and in a file.
func TestSwapCommands(t *testing.T) {
	code, want := swapProgram(t)
	const script = `b=/bin/busybox
		grep() { $b grep "$@"; }
		$b swapon /dev/sdb 2>&1
		$b mkswap /dev/sdb >/dev/null && $b swapon /dev/sdb && cat /proc/swaps
		$b swapon /dev/sdb 2>&1
		$b dd if=/dev/zero of=/root/file bs=1k count=1024 2>/dev/null && $b mkswap /root/file >/dev/null && $b swapon /root/file
		grep Swap /proc/meminfo; $b wc -l </proc/swaps
		cat /proc/sys/vm/replacement; echo fifo >/proc/sys/vm/replacement; cat /proc/sys/vm/replacement; echo nonsense >/proc/sys/vm/replacement
		/bin/swap | $b tail -1
		grep -c "pswp[a-z]* [1-9]" /proc/vmstat
		echo x 2>&1 >>/root/file; $b truncate -s 5 /root/file 2>&1
		$b swapoff /root/file && $b swapoff /dev/sdb; $b swapoff /dev/sdb 2>&1; $b wc -l </proc/swaps
		grep -c "SwapTotal: *0 kB" /proc/meminfo
		echo 1 >/proc/sys/vm/overcommit_memory; /bin/swap >/dev/null; echo $?
		$b grep -c "Rss: " /proc/self/smaps | $b tr -d 0-9
		echo done`
	disk := newGuest(t, "", map[string]string{"/bin/swap": code, "/bin/all": "#!/bin/sh\n" + script}, "/bin/all").disk
	g := tight(t, "quiet", disk, make(dev.Image, 40<<20))
	stop := g.until(2000)
	last := want[strings.LastIndex(strings.TrimSpace(want), "\n")+1:]
	if stop.Reason != boot.PowerOff {
		t.Errorf("%+v", stop)
	}
	expect := "swapon: /dev/sdb: Invalid argument\n" +
		"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" +
		"/dev/sdb                                partition\t40956\t\t0\t\t-2\n" +
		"swapon: /dev/sdb: Device or resource busy\n" +
		"SwapCached:            0 kB\nSwapTotal:         41976 kB\nSwapFree:          41976 kB\n3\n" +
		"clock\nfifo\nsh: write error: Invalid argument\n" + last +
		"2\n/bin/all: line 12: can't create /root/file: Text file busy\ntruncate: /root/file: open: Text file busy\nswapoff: /dev/sdb: Invalid argument\n1\n1\nKilled\n137\n\ndone\n"
	if got := g.out.String(); got != expect {
		t.Errorf("%s\nwant\n%s", got, expect)
	}
	if err := g.K.MM.Check(); err != nil {
		t.Error(err)
	}
}

// TestEvictEverything makes every page that can leave memory leave it every so often, wherever the programs are.
func TestEvictEverything(t *testing.T) {
	code, want := swapProgram(t, "300")
	const script = "/bin/swap 300; for i in 1 2 3; do echo $i | cat | wc -c; (exit 3); done; /bin/cow >/dev/null; ls /bin/cow | sort; echo done\n"
	disk := newGuest(t, "", map[string]string{"/bin/swap": code, "/bin/all": "#!/bin/sh\n" + script}, "/bin/all").disk
	g := tight(t, "quiet swap=/dev/sdb", disk, boot.SwapDisk(24<<20))
	rounds := 0
	for stop := (boot.Stop{}); stop.Reason != boot.PowerOff; rounds++ {
		stop = g.Run(g.M.Now()+200_003, boot.NoLimit)
		g.out.Write(g.Output())
		g.K.MM.Shrink(g.M.RAM.Frames())
		if rounds%16 == 0 {
			if err := g.K.MM.Check(); err != nil {
				t.Fatal(err)
			}
		}
		if g.M.Now() > 300*second {
			t.Fatalf("still running\n%s", g.out.String())
		}
	}
	if got := g.out.String(); got != want+"2\n2\n2\n/bin/cow\ndone\n" || rounds < 50 {
		t.Errorf("%d rounds\n%s", rounds, got)
	}
}
