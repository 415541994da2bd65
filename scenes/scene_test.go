package scenes_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vitrine/scenes"
	"vitrine/wasm/diagram"
	"vitrine/wasm/view"
)

// letters bounds how long a text is.
func letters(t *testing.T, where, text string, least, most int) {
	t.Helper()
	if n := len([]rune(text)); n < least || n > most {
		t.Errorf("%s has %d letters, not %d to %d", where, n, least, most)
	}
	if strings.Count(text, "`")%2 != 0 {
		t.Errorf("%s has a ` without another", where)
	}
	if strings.Contains(text, "\t") || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
		t.Errorf("%s is not plain: %q", where, text)
	}
}

func stage(t *testing.T, where, id string) {
	t.Helper()
	if diagram.ByID(id).ID != id {
		t.Errorf("%s: there is no diagram %q", where, id)
	}
}

// TestDefinitions: every scene has all its words, none too long for its place, and names what there is.
func TestDefinitions(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range scenes.All() {
		if !regexp.MustCompile(`^(M\d\d|[a-z]+)$`).MatchString(s.ID) || seen[s.ID] {
			t.Errorf("%q is no ID, or is taken", s.ID)
		}
		seen[s.ID] = true
		letters(t, s.ID+" title", s.Title, 4, 48)
		if s.Chapter < 0 || s.Chapter >= len(scenes.Chapters) {
			t.Errorf("%s: there is no chapter %d", s.ID, s.Chapter)
		}
		if s.Missing != "" {
			letters(t, s.ID+" missing", s.Missing, 20, 400)
			continue
		}
		stage(t, s.ID, s.Stage)
		letters(t, s.ID+" brief", s.Brief, 30, 110)
		letters(t, s.ID+" text", s.Text, 80, 700)
		letters(t, s.ID+" alt", s.Alt, 40, 300)
		if s.Key < 0 || s.Key >= len(s.Moments) {
			t.Errorf("%s: no moment %d for the picture", s.ID, s.Key)
		}
		if s.ID == "machine" {
			continue
		}
		letters(t, s.ID+" deep", s.Deep, 150, 2000)
		letters(t, s.ID+" why", s.Why, 60, 700)
		letters(t, s.ID+" loose", s.Loose, 0, 700)
		parts(t, &s)
		moments(t, &s)
	}
}

func parts(t *testing.T, s *scenes.Scene) {
	t.Helper()
	if len(s.Parts) > 2 {
		t.Errorf("%s has %d parts beside its stage", s.ID, len(s.Parts))
	}
	for i, p := range s.Parts {
		stage(t, s.ID, p)
		if p == s.Stage || i > 0 && p == s.Parts[0] {
			t.Errorf("%s shows %q twice", s.ID, p)
		}
	}
	if _, ok := view.KnownStop(s.Slow); s.Slow != "" && !ok {
		t.Errorf("%s slows at %q, which nobody knows", s.ID, s.Slow)
	}
}

func moments(t *testing.T, s *scenes.Scene) {
	t.Helper()
	if len(s.Moments) < 2 || len(s.Moments) > 6 {
		t.Errorf("%s has %d moments", s.ID, len(s.Moments))
	}
	for i, m := range s.Moments {
		where := fmt.Sprintf("%s moment %d", s.ID, i+1)
		letters(t, where+" name", m.Name, 4, 40)
		letters(t, where+" text", m.Text, 20, 300)
		stage(t, where, s.StageOf(i))
		if _, ok := view.KnownStop(m.Goal.Stop); m.Goal.Stop != "" && !ok {
			t.Errorf("%s: there is no stop %q", where, m.Goal.Stop)
		}
		if m.Goal.Power && i > 0 {
			t.Errorf("%s: power is switched on once", where)
		}
	}
	if a := s.Ask; a != nil {
		letters(t, s.ID+" ask", a.Text, 10, 200)
		if a.Moment < 0 || a.Moment >= len(s.Moments)-1 {
			t.Errorf("%s asks at moment %d, behind which nothing was run", s.ID, a.Moment+1)
		}
	}
}

// TestRows: every mechanism of the article has its scene, in the order and the chapter of the table, and each chapter asks.
func TestRows(t *testing.T) {
	ends := []int{0, 8, 15, 21, 26, 36, 43} // the last row of each chapter
	rows, asks := 0, map[int]int{}
	for _, s := range scenes.All()[1:] {
		rows++
		if want := fmt.Sprintf("M%02d", rows); s.ID != want {
			t.Fatalf("%s stands where %s should", s.ID, want)
		}
		if s.Chapter < 1 || rows > ends[s.Chapter] || rows <= ends[s.Chapter-1] {
			t.Errorf("%s is not of chapter %d", s.ID, s.Chapter)
		}
		if s.Ask != nil {
			asks[s.Chapter]++
		}
	}
	if rows != 43 || len(asks) != 6 {
		t.Errorf("%d rows, chapters with questions: %v", rows, asks)
	}
}
