package boot_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vitrine/kernel/boot"
)

// TestLikeHost runs the same static programs here and in the guest. They must print the same.
func TestLikeHost(t *testing.T) {
	for _, name := range []string{"signals", "tasks", "talk"} {
		t.Run(name, func(t *testing.T) { likeHost(t, "testdata/"+name+".c") })
	}
}

func likeHost(t *testing.T, source string) {
	t.Helper()
	bin, err := compile(t.TempDir(), source)
	if err != nil {
		t.Fatal(err)
	}
	want, err := exec.Command(bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	path := "/bin/" + strings.TrimSuffix(filepath.Base(source), ".c")
	g := newGuest(t, "quiet", map[string]string{path: string(code)}, path)
	if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 0 {
		t.Errorf("%+v", stop)
	}
	if got := g.out.String(); got != string(want) {
		t.Errorf("the guest says\n%s\nthe host\n%s", got, want)
	}
}
