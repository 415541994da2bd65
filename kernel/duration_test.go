package kernel

import "testing"

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]uint64{"4": 4_000_000, "0.75": 750_000, "1.5ms": 1_500_000, "250us": 250_000, "2.5us": 2500, "100000ns": 100_000, "5.": 5_000_000} {
		if got, ok := parseDuration(text); !ok || got != want {
			t.Errorf("%q is %d, %v", text, got, ok)
		}
	}
	for _, bad := range []string{"", "x", ".5", "-1", "+1", "1.2.3", "1.1234567", "0.5ns", "99999999999999", "1e3", "ms", "1 ms"} {
		if got, ok := parseDuration(bad); ok {
			t.Errorf("%q is %d", bad, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"4", "0.75ms", "1.5", "100us", "99ns", "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ns, ok := parseDuration(s); ok && ns >= 1e18 {
			t.Errorf("%q is %d", s, ns)
		}
	})
}
