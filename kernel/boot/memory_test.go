package boot_test

import (
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// TestMemoryStaysTrue stops a busy machine with little memory every so often and compares every record of memory with the page tables.
func TestMemoryStaysTrue(t *testing.T) {
	const script = `
		for i in 1 2 3 4 5; do echo $i | cat | wc -c; (exit 3); /bin/segv; /bin/forks; done >/dev/null 2>&1
		head -c 6000000 /dev/zero >/tmp/zeros; cat /tmp/zeros | wc -c; wc -c </tmp/zeros; cp /tmp/zeros /tmp/again; /bin/busybox cmp /tmp/zeros /tmp/again && rm /tmp/again
		/bin/cow; /bin/touch-pages; echo done`
	disk := newGuest(t, "", map[string]string{"/bin/busy": "#!/bin/sh\n" + script}, "/bin/busy").disk
	g, err := boot.New(boot.Options{Cmdline: "quiet", RAM: 10 << 20, Disk: dev.Image(disk), Seed: 1, TermRaw: true, TermNoEcho: true})
	if err != nil {
		t.Fatal(err)
	}
	checks := 0
	for stop := (boot.Stop{}); stop.Reason != boot.PowerOff; checks++ {
		stop = g.Run(g.M.Now()+300_001, boot.NoLimit)
		if err := g.K.MM.Check(); err != nil {
			t.Fatalf("at %d: %v", g.M.Now(), err)
		}
		if g.M.Now() > 100*second {
			t.Fatalf("still running: %v\n%s", stop.Reason, g.Output())
		}
	}
	if checks < 100 {
		t.Errorf("only %d checks", checks)
	}
	if out := string(g.Output()); !strings.Contains(out, "6000000") || !strings.HasSuffix(out, "done\n") {
		t.Errorf("console:\n%s", out)
	}
	f := &g.K.MM.State.Frames
	t.Logf("%d checks; frames at the end: free %d, page cache %d, anonymous %d, tables %d", checks,
		f.Count[mm.Free], f.Count[mm.PageCache], f.Count[mm.Anonymous], f.Count[mm.PageTable])
}
