package ui

import (
	"math"
	"testing"
)

// luminance is WCAG 2's "relative luminance".
func luminance(c Color) float64 {
	part := func(v float32) float64 {
		if v <= 0.04045 {
			return float64(v) / 12.92
		}
		return math.Pow((float64(v)+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

// contrast is WCAG 2's "contrast ratio", from 1 to 21.
func contrast(a, b Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: what is to be read stands out 4.5:1 from what it stands on, and lines and boxes with a meaning 3:1, in both themes.
func TestContrast(t *testing.T) {
	for name, th := range map[string]*Theme{"light": &Light, "dark": &Dark} {
		check := func(what string, on, c Color, least float64) {
			if got := contrast(on, c); got < least {
				t.Errorf("%s: %s has %.2f:1, wanted %.1f", name, what, got, least)
			}
		}
		for _, on := range []Color{th.Paper, th.Card} {
			check("ink", on, th.Ink, 4.5)
			check("the second ink", on, th.Ink2, 4.5)
			check("the third ink", on, th.Ink3, 3)
			check("ring 3", on, th.Ring3, 3)
			check("ring 0", on, th.Ring0, 3)
			check("a permission", on, th.Granted, 3)
			check("page tables", on, th.Table, 3)
			check("anonymous memory", on, th.Anon, 3)
			check("the page cache", on, th.Cache, 3)
		}
		check("what happens now", th.Now, th.Ink, 4.5)
		check("text on ring 3", th.Ring3, th.OnAccent, 4.5)
		check("text on ring 0", th.Ring0, th.OnAccent, 4.5)
		check("the console's text", th.Term, th.TermInk, 4.5)
		check("the console's second text", th.Term, th.TermDim, 4.5)
		check("the console's third text", th.Term, th.TermFaint, 3)
		for i, c := range th.Level {
			check("level "+string(rune('5'-i)), th.Card, c, 3)
		}
	}
}
