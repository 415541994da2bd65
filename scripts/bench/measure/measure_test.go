package measure

import "testing"

// TestWatch reads marks that arrive in pieces, among other lines.
func TestWatch(t *testing.T) {
	var got []Result
	w := watch{mode: "quiet", report: func(r Result) { got = append(got, r) }}
	w.read("hello\n@sie", 1, 100)
	w.read("ve begin\n", 2, 200)
	w.read("@sieve en", 5, 300)
	w.read("d 00ff\n@crc begin\n", 12, 20_200)
	w.read("@crc end 1\n@odd end 2\n@\n", 13, 20_300)
	want := []Result{{"quiet", "sieve", 20_000, 10, "00ff"}, {"quiet", "crc", 100, 1, "1"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
	if m := got[0].MIPS(); m != 2 {
		t.Errorf("%v MIPS, want 2", m)
	}
}

// TestMarks reads what the program of costs says, with the stamps of its writes.
func TestMarks(t *testing.T) {
	var got []Cost
	w := marks{report: func(c Cost) { got = append(got, c) }, stamps: []stamp{{1, 100}, {3, 900}, {4, 1000}, {4.5, 1100}, {5, 1200}}}
	for _, text := range []string{"@fork+exit begin\n@fork+", "exit end 4 8000\nonly 3 of them\n", "@a: b/10 begin\n@a: b/10 end 0 1\n"} {
		if err := w.read(text); err != nil {
			t.Fatal(err)
		}
	}
	if want := (Cost{"fork+exit", 4, 200, 2000, 500_000}); len(got) != 1 || got[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if w.read("@x begin\n") == nil {
		t.Error("a line that nobody wrote")
	}
}
