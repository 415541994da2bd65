package web

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"vitrine/scenes"
	"vitrine/scripts/picture"
)

var updatePreviews = flag.Bool("update-previews", false, "keep the scenes' pictures as they are now as those that are right")

// TestPreviews: the pictures of the scenes, drawn from real runs when the site is built, are those that were looked at. (Those of all
// moments are compared in scripts/film.)
func TestPreviews(t *testing.T) {
	needPage(t)
	for _, s := range scenes.All() {
		for _, end := range []string{".png", "-dark.png", "-small.png"} {
			if s.Missing != "" {
				continue
			}
			got := picture.Small(decoded(t, filepath.Join(dist, "s", s.ID+end)), 60, 36)
			kept := filepath.Join("testdata", "previews", s.ID+end)
			if *updatePreviews {
				var out bytes.Buffer
				must(t, png.Encode(&out, got))
				must(t, os.MkdirAll(filepath.Dir(kept), 0o755))
				must(t, os.WriteFile(kept, out.Bytes(), 0o644))
				continue
			}
			if err := picture.Alike(got, decoded(t, kept)); err != nil {
				t.Errorf("%s differs from the picture that was looked at: %v. If it is better now: go test ./web -run Previews -update-previews", s.ID+end, err)
			}
		}
	}
}

func decoded(t *testing.T, path string) image.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	picture, err := png.Decode(bytes.NewReader(data))
	must(t, err)
	return picture
}
