package boot_test

import (
	"fmt"
	"strings"
	"testing"

	"vitrine/engine/trace"
	"vitrine/kernel"
	"vitrine/kernel/boot"
)

// walk is a computer with a history, and the hashes of the moments where it has been.
type walk struct {
	t *testing.T
	*guest
	h    *boot.History
	seed uint64
	now  []uint64 // of the moments
	hash []uint64
	said []string // by the console until then
}

func newWalk(t *testing.T, g *guest, o boot.HistoryOptions) *walk {
	return &walk{t: t, guest: g, h: boot.NewHistory(g.Computer, o), seed: 1}
}

func (w *walk) random(n uint64) uint64 {
	w.seed = w.seed*6364136223846793005 + 1442695040888963407
	return w.seed >> 20 % n
}

// forward runs until nothing goes on any more or until the time end, and notes hashes on the way, every 1<<step on average.
func (w *walk) forward(end uint64, step uint) boot.Stop {
	w.t.Helper()
	for {
		stop := w.h.Run(min(end, w.M.Now()+1+w.random(2<<step)), boot.NoLimit)
		w.now, w.hash = append(w.now, w.M.Now()), append(w.hash, w.Hash())
		w.said = append(w.said, w.console())
		if stop.Reason != boot.Budget || w.M.Now() >= end {
			return stop
		}
	}
}

func (w *walk) console() string {
	out, _ := w.h.Console()
	return string(out)
}

// toAndFro seeks n of the moments, in any order, and steps about there.
func (w *walk) toAndFro(n int) {
	w.t.Helper()
	for range n {
		i := int(w.random(uint64(len(w.now))))
		w.h.Seek(w.now[i])
		if w.M.Now() != w.now[i] || w.Hash() != w.hash[i] {
			w.t.Fatalf("moment %d of %d: %016x at %d; it was %016x at %d", i, len(w.now), w.Hash(), w.M.Now(), w.hash[i], w.now[i])
		}
		if s := w.console(); s != w.said[i] {
			w.t.Fatalf("moment %d: the console said\n%s\nit was\n%s", i, s, w.said[i])
		}
		if err := w.K.CheckIndex(); err != nil {
			w.t.Fatal(err)
		}
		w.steps(int(w.random(4)))
	}
}

// steps goes n instructions back and the same way forward.
func (w *walk) steps(n int) {
	w.t.Helper()
	var now, hash []uint64
	for range n {
		if !w.h.Back() {
			break
		}
		now, hash = append(now, w.M.Now()), append(hash, w.Hash())
	}
	for i := len(now) - 2; i >= 0; i-- {
		w.h.Run(boot.NoLimit, w.Stats().Instructions+1)
		if w.M.Now() != now[i] || w.Hash() != hash[i] {
			w.t.Fatalf("one step back and one forward: %016x at %d; it was %016x at %d", w.Hash(), w.M.Now(), hash[i], now[i])
		}
	}
}

// TestHistory goes to and fro in the boot and in a session, which writes to the disk and has more typed than the serial port
// takes.
func TestHistory(t *testing.T) {
	w := newWalk(t, newGuest(t, "quiet", nil), boot.HistoryOptions{Interval: 300_000})
	w.forward(10*second, 16)
	w.toAndFro(10)
	w.h.Seek(boot.NoLimit)
	last := len(w.now) - 1 // at this time something is typed: going there, it has been
	w.now, w.hash, w.said = w.now[:last], w.hash[:last], w.said[:last]
	long := ""
	for i := range 50 {
		long += fmt.Sprintf("# line %d is more than the serial port takes\n", i)
	}
	w.h.Input([]byte(long + session + "yes | head -n 30000 >/root/file; cat /root/file >/root/copy; sleep 0.2 & wait; wc -c /root/copy\n"))
	if stop := w.forward(60*second, 18); stop.Reason != boot.WaitInput {
		t.Fatalf("%+v %s", stop, w.console())
	}
	w.toAndFro(40)
	if list, _ := w.h.Branches(); len(list) != 1 {
		t.Errorf("going back made branches: %+v", list)
	}
	w.h.Seek(boot.NoLimit)
	if end := len(w.now) - 1; w.Hash() != w.hash[end] {
		t.Error("the end is another one")
	}
	t.Logf("%d moments, %d kB for %d instructions", w.h.Moments(), w.h.Bytes()>>10, w.Stats().Instructions)
}

// TestHistorySame: who records, and goes back while much of what was typed still waits outside, has the same computer, with the
// same tape, as who does not.
func TestHistorySame(t *testing.T) {
	text := []byte(strings.Repeat("# more than the serial port takes\n", 100) + session)
	g := newGuest(t, "quiet", nil)
	g.until(10)
	g.Input(text)
	g.until(10)
	w := newWalk(t, power(t, "quiet", g.disk), boot.HistoryOptions{Interval: 100_000})
	w.forward(10*second, 20)
	w.h.Input(text)
	for range 10 {
		w.forward(w.M.Now()+50_000, 20)
		w.h.Seek(w.random(w.M.Now()))
		w.h.Back()
		w.h.Run(w.M.Now()+w.random(300_000), boot.NoLimit) // perhaps past the end
		w.h.Seek(boot.NoLimit)
	}
	w.forward(w.M.Now()+10*second, 20)
	if w.Hash() != g.Hash() || string(w.Tape().Encode()) != string(g.Tape().Encode()) {
		t.Error("recording shows")
	}
	if list, _ := w.h.Branches(); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

// TestHistorySwap goes to and fro while pages go to a second disk and come back, within a small budget.
func TestHistorySwap(t *testing.T) {
	code, _ := swapProgram(t)
	disk := newGuest(t, "", map[string]string{"/bin/swap": code}, "/bin/swap").disk
	const budget = 40 << 20
	w := newWalk(t, tight(t, "quiet swap=/dev/sdb", disk, boot.SwapDisk(24<<20)), boot.HistoryOptions{Budget: budget})
	for w.forward(w.M.Now()+second/20, 20).Reason == boot.Budget && len(w.now) < 300 {
		if w.h.Bytes() > budget {
			t.Fatalf("%d bytes are kept", w.h.Bytes())
		}
	}
	w.toAndFro(12)
	t.Logf("%d moments, %d kB for %d instructions", w.h.Moments(), w.h.Bytes()>>10, w.Stats().Instructions)
}

// TestHistoryThreads goes to and fro in programs with threads, signals and sockets, and stops between two pieces of a paused
// call.
func TestHistoryThreads(t *testing.T) {
	g := newTortured(t, "")
	w := newWalk(t, g, boot.HistoryOptions{Interval: 500_000})
	w.h.Input([]byte(tortured))
	w.forward(w.M.Now()+second/2, 19)
	w.toAndFro(25)
}

// TestBudget: a budget that hardly holds one moment is kept to, and going back works all the same.
func TestBudget(t *testing.T) {
	for _, budget := range []int64{1 << 20, 12 << 20} {
		w := newWalk(t, newGuest(t, "quiet", nil), boot.HistoryOptions{Budget: budget, Interval: 200_000})
		first := w.h.Bytes()
		w.forward(10*second, 17)
		if w.h.Bytes() > max(budget, first) {
			t.Errorf("%d bytes are kept in %d moments, of a budget of %d", w.h.Bytes(), w.h.Moments(), budget)
		}
		w.toAndFro(6)
	}
}

// TestBranches types different things in the past, and returns to each future.
func TestBranches(t *testing.T) {
	w := newWalk(t, newGuest(t, "quiet", nil), boot.HistoryOptions{})
	w.forward(10*second, 20)
	prompt := w.M.Now()
	var ends, hashes []uint64
	var said []string
	for i := range 9 {
		w.h.Seek(prompt - uint64(i)*20_000) // before what was typed at the prompt
		w.h.Input([]byte(fmt.Sprintf("echo %d; ls /\n", i)))
		w.forward(w.M.Now()+second, 20)
		ends, hashes, said = append(ends, w.M.Now()), append(hashes, w.Hash()), append(said, w.console())
	}
	if !strings.Contains(said[8], "8\n") || strings.Contains(said[8], "7\n") {
		t.Errorf("the ninth branch said %q", said[8])
	}
	list, cur := w.h.Branches()
	if len(list) != 9 || cur != 8 {
		t.Fatalf("%d branches, now %d: %+v", len(list), cur, list)
	}
	for n := range 30 {
		i := n * 7 % 9
		w.h.Switch(i)
		if w.M.Now() != ends[i] || w.Hash() != hashes[i] || w.console() != said[i] {
			t.Fatalf("%s: %016x at %d; it was %016x at %d", list[i].Name, w.Hash(), w.M.Now(), hashes[i], ends[i])
		}
		w.h.Seek(list[i].Fork + w.random(ends[i]-list[i].Fork))
		w.steps(2)
	}
}

// TestManyBranches: of more branches than are kept the oldest are forgotten, with their memory.
func TestManyBranches(t *testing.T) {
	w := newWalk(t, newGuest(t, "quiet", nil), boot.HistoryOptions{})
	w.forward(10*second, 20)
	end := w.M.Now()
	for i := range 60 {
		w.h.Seek(w.random(end))
		w.h.Input([]byte{'#', byte('0' + i%10)})
		w.h.Run(w.M.Now()+w.random(100_000), boot.NoLimit)
	}
	list, cur := w.h.Branches()
	if len(list) != 16 || cur != len(list)-1 {
		t.Errorf("%d branches, now %d: %+v", len(list), cur, list)
	}
	for i := range list {
		w.h.Switch(i)
		if w.M.Now() != list[i].End {
			t.Errorf("%+v ends at %d", list[i], w.M.Now())
		}
	}
}

// TestBackEvent goes through system calls forward and then backward.
func TestBackEvent(t *testing.T) {
	w := newWalk(t, newGuest(t, "quiet", nil), boot.HistoryOptions{Interval: 300_000})
	w.forward(10*second, 20)
	w.h.Input([]byte("ls | wc\n"))
	mask := trace.MaskOf(trace.Syscall, trace.Fork)
	w.M.Trace.Mask, w.StopOn = mask, mask
	var now, hash []uint64
	for w.h.Run(boot.NoLimit, boot.NoLimit).Reason == boot.Event {
		now, hash = append(now, w.M.Now()), append(hash, w.Hash())
	}
	if len(now) < 50 {
		t.Fatalf("%d events", len(now))
	}
	for i := len(now) - 1; i >= len(now)-20; i-- {
		if !w.h.BackEvent(mask) || w.M.Now() != now[i] || w.Hash() != hash[i] {
			t.Fatalf("event %d: %016x at %d; it was %016x at %d", i, w.Hash(), w.M.Now(), hash[i], now[i])
		}
	}
	if w.StopOn != mask || w.M.Trace.Mask != mask {
		t.Error("going back changed what is listened to")
	}
}

// TestHistoryPaused returns to moments when a system call is paused in the middle of its work, when another task runs meanwhile,
// and when tasks sleep in one.
func TestHistoryPaused(t *testing.T) {
	w := newWalk(t, longCall(t, "preempt=full"), boot.HistoryOptions{Interval: 400_000})
	paused, nested := 0, 0
	for (paused < 20 || nested < 20) && w.M.Now() < 10*second {
		if stop := w.h.Run(w.M.Now()+1+w.random(20_000), boot.NoLimit); stop.Reason != boot.Budget {
			break
		}
		p, n := 0, 0
		w.K.ForEachTask(func(o *kernel.Task) bool {
			if o.Sys.Paused {
				p = 1
			}
			if o.Sys.Nested {
				n = 1
			}
			return true
		})
		if p+n > 0 && (paused < 20 && p > 0 || nested < 20 && n > 0) {
			w.now, w.hash, w.said = append(w.now, w.M.Now()), append(w.hash, w.Hash()), append(w.said, w.console())
			paused, nested = paused+p, nested+n
		}
	}
	if paused == 0 || nested == 0 {
		t.Fatalf("%d moments with a paused call, %d with one that another task interrupts", paused, nested)
	}
	w.toAndFro(25)
	t.Logf("%d and %d moments", paused, nested)
}

// TestHistoryFindsDisk: who has been before the root was mounted, and goes from there to a moment long after, still has a disk.
func TestHistoryFindsDisk(t *testing.T) {
	g := newGuest(t, "quiet", nil)
	h := boot.NewHistory(g.Computer, boot.HistoryOptions{Interval: 100_000})
	h.Run(10*second, boot.NoLimit)
	end := g.M.Now()
	h.Seek(1000)
	h.Seek(end)
	h.Input([]byte("wc -c /bin/spin\n"))
	h.Run(20*second, boot.NoLimit)
	if out, _ := h.Console(); !strings.Contains(string(out), " /bin/spin\n") || strings.Contains(string(out), "rror") {
		t.Errorf("the console said %q …", out[:min(len(out), 500)])
	}
}
