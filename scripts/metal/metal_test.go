package metal

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"vitrine/engine"
	"vitrine/engine/trace"
	"vitrine/scripts/metal/guest"
)

// folder is for what is built; it goes when the tests are over.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "metal"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

var build = sync.OnceValues(func() ([]Image, error) { return Build("../../assets/metal", folder) })

// built are the images of assets/metal.
func built(t *testing.T) []Image {
	t.Helper()
	images, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return images
}

func machine(t *testing.T, im Image) *engine.Machine {
	t.Helper()
	m, err := guest.New(im.ELF)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// each runs a test for every image.
func each(t *testing.T, test func(t *testing.T, im Image)) {
	for _, im := range built(t) {
		t.Run(im.Name, func(t *testing.T) {
			t.Parallel()
			test(t, im)
		})
	}
}

var endLine = regexp.MustCompile(`(?m)^end \S+: (\d+) checks, (\d+) failed\r?$`)

// TestImages: every check of every image passes in the engine.
func TestImages(t *testing.T) {
	each(t, func(t *testing.T, im Image) {
		r := guest.Run(machine(t, im), nil)
		t.Log(r, endLine.FindString(r.Text))
		for _, line := range strings.Split(r.Text, "\n") {
			if strings.HasPrefix(line, "FAIL") {
				t.Error(line)
			}
		}
		ended(t, im, r)
	})
}

// ended wants that an image came to its end.
func ended(t *testing.T, im Image, r guest.Result) {
	t.Helper()
	if strings.HasPrefix(im.Name, "triple") {
		if r.Reason != engine.Shutdown {
			t.Errorf("%v; a triple fault was to be\n%s", r, r.Text)
		}
		return
	}
	if r.Reason != engine.PowerOff || r.Status != 0 || !endLine.MatchString(r.Text) {
		text := r.Text
		t.Errorf("%v; it wrote\n%s", r, text[max(0, len(text)-1000):])
	}
}

// TestSameHash: twice, observed, and cut into pieces, an image ends in the same state.
func TestSameHash(t *testing.T) {
	each(t, func(t *testing.T, im Image) {
		want := guest.Run(machine(t, im), nil)
		for name, run := range map[string]func() guest.Result{
			"again": func() guest.Result { return guest.Run(machine(t, im), nil) },
			"observed": func() guest.Result {
				m := machine(t, im)
				m.Trace.Mask = ^trace.Mask(0)
				return guest.Run(m, nil)
			},
			"in pieces": func() guest.Result {
				m := machine(t, im)
				seed := uint64(len(im.ELF))
				return guest.Run(m, func() uint64 {
					seed = seed*6364136223846793005 + 1442695040888963407
					if seed>>40%64 == 0 {
						m.CPU.DropCode()
					}
					return 1 + (seed>>33)%(1<<(seed>>59%14))
				})
			},
		} {
			if got := run(); got != want {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	})
}

// needed skips a test that needs a tool that the host lacks; in make test that is a failure.
func needed(t *testing.T, path string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("VITRINE_PAGE") != "" {
		t.Fatal(path, err)
	}
	t.Skip(path, err)
}
