package trace

import "testing"

func TestKindsAreNamed(t *testing.T) {
	for k := None + 1; k < NumKinds; k++ {
		if Kinds[k].Name == "" || Kinds[k].Text == "" || Kinds[k].Class == "" {
			t.Errorf("kind %d has no name, text or class", k)
		}
		if got, ok := ByName(Kinds[k].Name); !ok || got != k {
			t.Errorf("the name %q finds kind %d, not %d", Kinds[k].Name, got, k)
		}
	}
}

func TestFlow(t *testing.T) {
	h := Hub{Mask: MaskOf(Exception, COW, Iret, Tick)}
	for _, k := range []Kind{Tick, Exception, COW, Walk, Iret, Tick, Exception} {
		h.Emit(k, 0, 0)
	}
	want := []uint32{0, 1, 1, 1, 0, 2}
	events := h.Drain(nil)
	if len(events) != len(want) {
		t.Fatalf("%d events, want %d: the walk was not listened to", len(events), len(want))
	}
	for i, e := range events {
		if e.Flow != want[i] {
			t.Errorf("event %d (%s) belongs to story %d, want %d", i, Kinds[e.Kind].Name, e.Flow, want[i])
		}
	}
}

func TestRingDropsTheOldest(t *testing.T) {
	h := Hub{Mask: MaskOf(Tick)}
	for i := range uint64(RingSize + 5) {
		h.Emit(Tick, i, 0)
	}
	events := h.Drain(nil)
	if len(events) != RingSize || events[0].A != 5 || h.Lost != 5 {
		t.Errorf("%d events, the first %d, %d lost", len(events), events[0].A, h.Lost)
	}
}
