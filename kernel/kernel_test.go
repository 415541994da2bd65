package kernel

import (
	"testing"
	"time"

	"vitrine/engine/cpu"
	"vitrine/kernel/abi"
)

func TestDate(t *testing.T) {
	for _, s := range []string{"1999-12-31T23:59:59Z", "2000-02-29T00:00:00Z", "2026-03-01T12:34:56Z", "2099-12-31T23:59:59Z"} {
		want, _ := time.Parse(time.RFC3339, s)
		d := date{int64(want.Year()), int64(want.Month()), int64(want.Day()), int64(want.Hour()), int64(want.Minute()), int64(want.Second())}
		if d.unix() != want.Unix() || d.String()+"Z" != s {
			t.Errorf("%s: %s %d, want %d", s, d, d.unix(), want.Unix())
		}
	}
}

func TestSignalQueue(t *testing.T) {
	var s SigState
	add := func(sig int32, pid int32) { addSignal(&s.Pending, &s.Queue, Siginfo{Signo: sig, PID: pid}) }
	add(abi.SIGTERM, 1)
	add(40, 3)
	add(40, 4) // real-time signals queue up
	add(abi.SIGSEGV, 5)
	add(abi.SIGINT, 6)
	var got []int32
	for {
		info, ok := take(&s.Pending, &s.Queue, ^uint64(0))
		if !ok {
			break
		}
		got = append(got, info.PID)
	}
	want := []int32{5, 6, 1, 3, 4} // a fault first, then by number
	if len(got) != len(want) {
		t.Fatalf("took %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("took %v, want %v", got, want)
		}
	}
	if s.Pending != 0 || len(s.Queue) != 0 {
		t.Errorf("left behind: %#x %v", s.Pending, s.Queue)
	}
}

func TestFXRoundTrip(t *testing.T) {
	s := cpu.State{FCW: 0x37f, FSW: 5 << 11, FTW: 0xffff &^ (3 << 10), MXCSR: 0x1f80}
	s.ST[5] = cpu.Float80{Sig: 1 << 63, SE: 0x3fff}
	s.X[15] = [2]uint64{1, 2}
	var p [fxSize]byte
	putFX(&p, &s)
	got := cpu.State{}
	if !getFX(&p, &got) {
		t.Fatal("the area was refused")
	}
	if got != s {
		t.Errorf("got %+v\nwant %+v", got, s)
	}
	p[fxMXCSR+3] = 0x80
	if getFX(&p, &got) {
		t.Error("reserved MXCSR bits were accepted")
	}
}

func TestOptions(t *testing.T) {
	k := &Kernel{}
	k.State.Cmdline = "quiet hz=100 init=/a init=/bin/sh slice=8ms"
	if v, ok := k.option("init"); !ok || v != "/bin/sh" {
		t.Errorf("init=%q", v)
	}
	if !k.flag("quiet") || k.flag("hz") {
		t.Error("flags")
	}
	if n := k.number("slice", 1, 1000, 4); n != 8 {
		t.Errorf("slice=%d", n)
	}
}
