package boot_test

import (
	"os"
	"os/exec"
	"testing"

	"vitrine/kernel/boot"
)

// TestLikeHost runs the same static programs here and in the guest. They must print the same.
func TestLikeHost(t *testing.T) {
	for _, name := range []string{"signals", "tasks"} {
		t.Run(name, func(t *testing.T) {
			bin, err := compile(t.TempDir(), "testdata/"+name+".c")
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
			g := newGuest(t, "quiet", map[string]string{"/bin/" + name: string(code)}, "/bin/"+name)
			if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 0 {
				t.Errorf("%+v", stop)
			}
			if got := g.out.String(); got != string(want) {
				t.Errorf("the guest says\n%s\nthe host\n%s", got, want)
			}
		})
	}
}
