//go:build linux

package sys_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shape says how a file of /proc is compared with the host's.
type shape uint8

const (
	keyed   shape = iota // lines that begin with a name: ours are among the host's, in their order, with equal fields
	columns              // every line of ours has as many fields as the host's first
	same                 // the text with its numbers taken out is the host's
)

// procShapes are the files compared. What is not here is only there or not.
var procShapes = map[string]shape{
	"self/stat": columns, "self/statm": columns, "self/status": keyed, "self/smaps": keyed, "self/smaps_rollup": keyed, "self/io": keyed,
	"self/limits": same, "self/mounts": columns, "self/fdinfo/0": keyed, "self/oom_score": same, "self/oom_score_adj": same,
	"self/oom_adj": same, "self/personality": same, "self/coredump_filter": same, "self/syscall": columns, "self/schedstat": columns,
	"self/timerslack_ns": same, "thread-self/comm": same, "self/comm": same, "self/wchan": same, "meminfo": keyed, "stat": keyed, "uptime": same,
	"loadavg": same, "softirqs": keyed, "swaps": same, "diskstats": columns, "consoles": columns, "vmstat": keyed,
	"sys/kernel/random/uuid": columns, "sys/kernel/random/boot_id": columns, "sys/kernel/random/entropy_avail": same,
	"sys/kernel/printk": same, "sys/fs/file-nr": same, "sys/fs/inode-nr": same, "sys/fs/dentry-state": same, "sys/kernel/pid_max": same,
	"sys/kernel/cap_last_cap": same, "sys/vm/max_map_count": same, "sys/vm/overcommit_memory": same, "sys/fs/pipe-max-size": same,
	"sys/fs/nr_open": same, "sys/kernel/ngroups_max": same, "cpuinfo": keyed,
}

var (
	procNumber = regexp.MustCompile(`0x[0-9a-f]+|\d+`)
	procKey    = regexp.MustCompile(`^\s*([A-Za-z_0-9 ()]+?)\s*(?::| +\d|\t)`)
)

// withoutNumbers takes out what differs between machines: numbers, and the blanks before them that align them.
func withoutNumbers(s string) string {
	return regexp.MustCompile(` *#`).ReplaceAllString(procNumber.ReplaceAllString(s, "#"), "#")
}

func keysOf(text string) (keys []string, line map[string]string) {
	line = map[string]string{}
	for l := range strings.Lines(text) {
		m := procKey.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if _, again := line[m[1]]; !again {
			keys = append(keys, m[1])
			line[m[1]] = strings.TrimSuffix(l, "\n")
		}
	}
	return keys, line
}

// free are the keys whose lines say more or less than elsewhere.
var free = regexp.MustCompile(`^(intr|cpu\d+|flags|Groups|State|.*CPU0|Cpus_allowed.*|model name|bugs|VmFlags|lock|vendor_id|[0-9a-f]{8,}.*)$`)

func compareKeyed(t *testing.T, host, guest string) {
	hk, hl := keysOf(host)
	gk, gl := keysOf(guest)
	at := 0
	for _, key := range gk {
		if free.MatchString(key) {
			continue
		}
		if _, there := hl[key]; !there {
			t.Logf("%q is not in the host's", key) // its kernel may be built without
			continue
		}
		for at < len(hk) && hk[at] != key {
			at++
		}
		if at == len(hk) {
			t.Errorf("%q is in another place than the host's", key)
			return
		}
		h, g := hl[key], gl[key]
		if len(strings.Fields(withoutNumbers(h))) != len(strings.Fields(withoutNumbers(g))) || strings.HasSuffix(h, " kB") && len(h) != len(g) {
			t.Errorf("fields differ:\n  host  %q\n  guest %q", h, g)
		}
	}
	if len(gk) == 0 {
		t.Error("no keys")
	}
}

func compareColumns(t *testing.T, host, guest string) {
	host, _, _ = strings.Cut(strings.TrimSpace(host), "\n")
	want := len(strings.Fields(host))
	for line := range strings.Lines(strings.TrimSpace(guest)) {
		if got := len(strings.Fields(line)); got != want {
			t.Errorf("%d fields, the host has %d:\n  host  %q\n  guest %q", got, want, host, line)
		}
	}
}

// TestProcFormats compares the files of /proc with the host's field by field: names, their order, how many columns there
// are and how they are aligned. Values differ.
func TestProcFormats(t *testing.T) {
	program := filepath.Join(t.TempDir(), "formats")
	compile(t, "testdata/proc/formats.c", program)
	host := cases(runHost(t, program, program).out)
	guest := cases(runGuest(t, baseDisk(t), program, "/bin/formats").out)
	if len(host) != len(guest) {
		t.Fatalf("%d files, the host %d", len(guest), len(host))
	}
	for i := range host {
		h, g := host[i].out, guest[i].out
		t.Run(strings.ReplaceAll(host[i].name, "/", "."), func(t *testing.T) {
			if strings.TrimSpace(h) == "" {
				t.Skip("the host has nothing there")
			}
			if strings.TrimSpace(g) == "" {
				t.Fatalf("empty; the host has %q", h)
			}
			how, known := procShapes[host[i].name]
			switch {
			case !known:
			case how == keyed:
				compareKeyed(t, h, g)
			case how == columns:
				compareColumns(t, h, g)
			case withoutNumbers(firstLine(h)) != withoutNumbers(firstLine(g)):
				t.Errorf("host %q, guest %q", firstLine(h), firstLine(g))
			}
		})
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
