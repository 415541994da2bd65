package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// What the text below the picture tells of the start and of the processes is what the guest's own tools say: the kernel's messages,
// ps, /proc.
func TestTwinAgreesWithGuest(t *testing.T) {
	tab := open(t, 1024, 768, 1, "#text=1&date=1767225600")
	wait(t, tab, "console-text", "~ #")
	asked := 0
	said := func(line string) string {
		t.Helper()
		asked++
		script(t, tab, fmt.Sprintf(`type(%q)`, fmt.Sprintf("echo beg''in%d; %s; echo end''ed%[1]d\r", asked, line)))
		_, said, _ := strings.Cut(wait(t, tab, "console-text", fmt.Sprintf("\nended%d", asked)), fmt.Sprintf("\nbegin%d\n", asked))
		said, _, _ = strings.Cut(said, fmt.Sprintf("\nended%d", asked))
		return said
	}
	printed := regexp.MustCompile(`(?m)^\[ *\d+\.\d+\] (.+?) *$`).FindAllStringSubmatch(said("dmesg | tail -4"), -1)
	if len(printed) < 3 {
		t.Fatalf("dmesg prints %q", printed)
	}
	boot := wait(t, tab, "boot", "init: /sbin/init")
	for _, line := range printed {
		if !strings.Contains(boot, line[1]) {
			t.Errorf("the text about the start does not have %q, which dmesg prints:\n%s", line[1], boot)
		}
	}

	listed := said("sleep 1000 & cat /proc/[0-9]*/stat")
	tasks := regexp.MustCompile(`(?m)^(\d+) \((\S+)\) \S (\d+)`).FindAllStringSubmatch(listed, -1)
	if len(tasks) < 3 {
		t.Fatalf("/proc lists %q\n%s", listed, eval[string](t, tab, `$("processes").textContent`))
	}
	processes := wait(t, tab, "processes", "sleep")
	for _, task := range tasks {
		if task[2] == "cat" {
			continue // it has ended
		}
		if !regexp.MustCompile(`(?m)^ *` + task[1] + ` +` + task[3] + ` +\d+ +\d+ +\S +` + regexp.QuoteMeta(task[2]) + `\b`).MatchString(processes) {
			t.Errorf("the text about processes does not have %s %s, which /proc lists:\n%s", task[1], task[2], processes)
		}
	}
}
