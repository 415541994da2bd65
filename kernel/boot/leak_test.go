package boot_test

import (
	"testing"

	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// held is what the kernel has handed out and not got back.
type held struct {
	tasks, procs, hands, spaces, files, tables, dirs, pipes, sockets int32
	anonymous, pageTables, stacks, shared                            uint32
}

func (g *guest) held() held {
	k, v, f := &g.K.State, &g.K.VFS.S, &g.K.MM.State.Frames
	return held{k.Tasks.Live, k.Procs.Live, k.Hands.Live, g.K.MM.State.Spaces.Live, v.Files.Live, v.Tables.Live, v.FS.Live, v.Pipes.Live, g.K.Unix.State.Socks.Live,
		f.Count[mm.Anonymous], f.Count[mm.PageTable], f.Count[mm.KernelStack], f.Count[mm.SharedMemory]}
}

// TestNothingLeaks: what a session took, the kernel has back at the next prompt.
func TestNothingLeaks(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	g.until(10)
	var before held
	for round := range 4 {
		g.Input([]byte(session))
		g.Input([]byte("segv; cow; forks; (sleep 0.01; exit 3) & wait; yes | head -n 1000 | sort | wc -l; cat /proc/self/maps\n"))
		if stop := g.until(60); stop.Reason != boot.WaitInput {
			t.Fatalf("%+v\n%s", stop, g.out.String())
		}
		now := g.held()
		if round > 1 && now != before { // the shell's own heap settles in the first rounds
			t.Errorf("round %d: %+v, before %+v", round, now, before)
		}
		before = now
	}
}
