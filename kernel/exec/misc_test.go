package exec

import (
	"fmt"
	"testing"

	"vitrine/kernel/abi"
)

func (w *world) register(t testing.TB, line string) {
	t.Helper()
	if e := w.Loader.register([]byte(line)); e != abi.OK {
		t.Fatalf("%s: %s", line, e.Name())
	}
}

// TestMisc looks at the state that an exec through a registered interpreter leaves.
func TestMisc(t *testing.T) {
	for _, c := range []struct {
		line, argv string
		execFD     bool
	}{
		{":java:M::\\xca\\xfe\\xba\\xbe::/usr/bin/java:", "[/usr/bin/java ./Hello.class B]", false},
		{":pyc:E::class::/usr/bin/java:P", "[/usr/bin/java ./Hello.class A B]", false},
		{":java:M:2:\\xba\\xb0:\\xff\\xf0:/usr/bin/java:O", "[/usr/bin/java ./Hello.class B]", true},
		{":java:M:2:\\xba\\xb0:\\xff\\xf0:/usr/bin/java:CF", "[/usr/bin/java ./Hello.class B]", true},
	} {
		w := newWorld(t)
		w.add("/usr/bin/java", staticELF())
		f := w.add("./Hello.class", []byte("\xca\xfe\xba\xbe\x00"))
		w.register(t, ":none:E::klass::/nope:")
		w.register(t, c.line)
		res, e := w.run(t, request(f, "./Hello.class", "A", "B"))
		if e != abi.OK {
			t.Fatalf("%s: %s", c.line, e.Name())
		}
		if got := fmt.Sprint(w.argv(t, res)); got != c.argv {
			t.Errorf("%s: argv %s", c.line, got)
		}
		if got := res.ExecFile == f; got != c.execFD || len(w.allowed) != toInt(c.execFD) {
			t.Errorf("%s: descriptor %v, %d files may be written to", c.line, got, len(w.allowed))
		}
		if s := res.Steps[0]; s.Format != "misc" || s.Errno != abi.OK {
			t.Errorf("%s: first step %+v", c.line, s)
		}
		w.Loader.remove(func(*MiscEntry) bool { return true })
		w.end(t, res)
	}
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestMiscRecursion: an interpreter that is its own interpreter ends at the limit.
func TestMiscRecursion(t *testing.T) {
	w := newWorld(t)
	f := w.add("/a.x", []byte("x"))
	w.register(t, ":loop:E::x::/a.x:")
	res, e := w.run(t, request(f, "/a.x", "x"))
	if e != abi.ELOOP || len(res.Steps) != maxDepth+1 {
		t.Errorf("%s after %d steps", e.Name(), len(res.Steps))
	}
	w.end(t, res)
}

// FuzzMisc: what is accepted can be shown, and matches only within the first bytes of a file.
func FuzzMisc(f *testing.F) {
	for _, s := range []string{":java:M::\\xca\\xfe::/usr/bin/java:POCF\n", ":e:E::ext::/i:", ",n,M,250,ab:c,\\xff\\xff\\xff\\xff,/i,", ":a:M::\\\\x41\\x::/i:"} {
		f.Add([]byte(s), []byte("\xca\xfe"))
	}
	f.Fuzz(func(t *testing.T, line, file []byte) {
		m, e := parseMisc(line)
		if e != abi.OK {
			return
		}
		if len(m.text(nil)) == 0 || m.Name == "" || m.Interpreter == "" {
			t.Errorf("%q: %+v", line, m)
		}
		b := binprm{}
		copy(b.Buf[:], file)
		s := MiscState{Entries: []MiscEntry{m}}
		s.match(&b)
	})
}
