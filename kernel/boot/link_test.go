package boot_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/rewind"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// describe completes a computer's link by what newGuest made it of.
func describe(g *guest) *link.Link {
	l := g.Link()
	l.Setup, l.Loaded = boot.Describe(&boot.Options{Cmdline: "quiet", Disk: dev.Image(g.disk), Seed: 1, Date: 1767225600, TermRaw: true, TermNoEcho: true}, 0)
	return l
}

// replayed goes through the link's text and plays it on a fresh computer, in pieces.
func replayed(t *testing.T, l *link.Link, disk []byte) boot.Verdict {
	t.Helper()
	text, err := link.Fragment(l, link.View{})
	if err != nil {
		t.Fatal(err)
	}
	if l, _, err = link.Parse(text); err != nil {
		t.Fatal(err)
	}
	o, err := boot.Equip(l, &boot.Options{Disk: dev.Image(disk)})
	if err != nil {
		t.Fatal(err)
	}
	if o.Disk, err = boot.PutFiles(o.Disk, l.Files); err != nil {
		t.Fatal(err)
	}
	c, err := boot.New(*o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := boot.NewReplay(c, l)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Tape.Entries)%2 == 1 {
		r.Through(boot.NewHistory(c, boot.HistoryOptions{}))
	}
	for n := uint64(1); !r.Run(c.M.Now()+n*7919%1_000_000+1, boot.NoLimit); n++ {
		if p := r.Progress(); p < 0 || p > 1 {
			t.Errorf("progress %v", p)
		}
	}
	return r.Verdict()
}

// types has somebody type keys into a shell, about five a second, on a machine that goes on meanwhile or waits.
func types(g *guest, text string) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, key := range []byte(text) {
		g.Run(g.M.Now()+uint64(20e6*math.Exp(0.6*random.NormFloat64())), boot.NoLimit)
		g.Type([]byte{key})
	}
	g.until(10)
}

// TestTypedLinks: sessions at a real shell have short links, and the links lead to the same state.
func TestTypedLinks(t *testing.T) {
	lines := "ls -l /\ncat /etc/passwd | wc\necho hello; ps\nspin 5 &\nsleep 1; ls /bin | sort | head -n 3\n"
	for _, c := range []struct{ keys, most int }{{0, 300}, {40, 400}, {1000, 2500}} {
		g := newGuest(t, "quiet", nil)
		g.until(10)
		text := strings.Repeat(lines, c.keys/len(lines)+1)[:c.keys]
		types(g, text)
		l := describe(g)
		s, err := link.Fragment(l, link.View{Scene: "paging", Theme: "dark"})
		t.Logf("%d keystrokes: %d characters", c.keys, len(s))
		if err != nil || len(s) > c.most {
			t.Errorf("%d keystrokes: %d characters, at most %d; %v", c.keys, len(s), c.most, err)
		}
		off := 0
		for _, e := range l.Tape.Entries {
			if e.At%rewind.Quantum != 0 {
				off++
			}
		}
		if n := len(l.Tape.Entries); n > c.keys || n < c.keys/2 || off > n/10 {
			t.Errorf("%d inputs of %d keys, %d of them off the grid", n, c.keys, off)
		}
		if v := replayed(t, l, g.disk); !v.Verified() {
			t.Errorf("%d keystrokes: %s", c.keys, v.String())
		}
	}
}

// TestVerdicts: a link of any moment is verified, and one of another run is not; checkpoints say where it parts.
func TestVerdicts(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	points := boot.Recorder{Every: 1 << 22}
	for step := range uint64(200) {
		if step%50 == 10 {
			g.Type([]byte(session))
		}
		g.Run(min(g.M.Now()+500_000, points.Next()), boot.NoLimit)
		points.Look(g.Computer)
		if step%50 == 0 {
			if v := replayed(t, describe(g), g.disk); !v.Verified() {
				t.Errorf("step %d: %s", step, v.String())
			}
		}
	}
	l := describe(g)
	l.Checkpoints = points.Kept
	if n := len(points.Kept); n < 4 {
		t.Errorf("%d checkpoints until %d", n, g.M.Now())
	}
	if v := replayed(t, l, g.disk); !v.Verified() || v.Parted || v.Agreed != points.Kept[len(points.Kept)-1].Now {
		t.Errorf("%+v", v)
	}
	e := &l.Tape.Entries[len(l.Tape.Entries)/2]
	e.Bytes = append([]byte("#"), e.Bytes...)
	v := replayed(t, l, g.disk)
	if v.Verified() || !v.Parted || v.Differs <= e.At || v.Agreed > e.At || !strings.Contains(v.String(), "they part between") {
		t.Errorf("changed at %d: %s", e.At, v.String())
	}
	l.Engine++
	if err := boot.CheckEngine(l); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("made by engine %d, this is engine %d", boot.Version+1, boot.Version)) {
		t.Error(err)
	}
	other := append([]byte(nil), g.disk...)
	other[len(other)-1]++
	if _, err := boot.Equip(l, &boot.Options{Disk: dev.Image(other)}); err == nil || !strings.Contains(err.Error(), "another root disk") {
		t.Error(err)
	}
	if _, err := boot.Equip(l, &boot.Options{}); err == nil || !strings.Contains(err.Error(), "not here") {
		t.Error(err)
	}
	l.Tape.Entries[0].Kind = 77
	if _, err := boot.NewReplay(g.Computer, l); err == nil {
		t.Error("input of an unknown kind is played")
	}
}

// TestManyCheckpoints: however long a run is, there are some, evenly spread.
func TestManyCheckpoints(t *testing.T) {
	g := newGuest(t, "quiet", nil, "/bin/sleep", "100")
	var points boot.Recorder
	for g.Run(points.Next(), boot.NoLimit).Reason == boot.Budget {
		points.Look(g.Computer)
	}
	n := len(points.Kept)
	if n < 12 || n > 32 {
		t.Errorf("%d checkpoints until %d", n, g.M.Now())
	}
	for i := 2; i < n; i++ {
		a, b := points.Kept[i].Now-points.Kept[i-1].Now, points.Kept[i-1].Now-points.Kept[i-2].Now
		if a > 2*b+b/8 || b > 2*a+a/8 {
			t.Errorf("%d: %d and %d units apart", i, b, a)
		}
	}
}

// TestSnapshotOfTyping: a snapshot holds what was typed and waits for its moment.
func TestSnapshotOfTyping(t *testing.T) {
	a := newGuest(t, "quiet", nil)
	a.until(10)
	a.Type([]byte("echo $((6*7))\n"))
	saved := a.Snapshot()
	b := newGuest(t, "quiet", nil)
	if err := b.Restore(saved); err != nil {
		t.Fatal(err)
	}
	a.until(10)
	b.until(10)
	if a.Hash() != b.Hash() || !strings.Contains(a.out.String(), "42") {
		t.Errorf("%016x, %016x; %s", a.Hash(), b.Hash(), a.out.String())
	}
}
