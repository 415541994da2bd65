package ui

// Color is straight (not premultiplied) red, green, blue and opacity from 0 to 1.
type Color struct{ R, G, B, A float32 }

// Hex returns the opaque colour 0xRRGGBB.
func Hex(v uint32) Color {
	return Color{float32(v>>16&255) / 255, float32(v>>8&255) / 255, float32(v&255) / 255, 1}
}

// Fade returns c with its opacity multiplied by a.
func (c Color) Fade(a float32) Color { c.A *= a; return c }

// Mix goes from c to d as t goes from 0 to 1.
func (c Color) Mix(d Color, t float32) Color {
	return Color{Lerp(c.R, d.R, t), Lerp(c.G, d.G, t), Lerp(c.B, d.B, t), Lerp(c.A, d.A, t)}
}

// Theme gives every meaning its colour; one colour means one thing everywhere.
type Theme struct {
	Dark                          bool
	Paper, Card, Ink, Ink2, Ink3  Color // ground, cards, three strengths of ink
	Line, Soft, Fill              Color // hairlines, fainter hairlines, quiet fills
	Ring3, Ring0                  Color // user mode, kernel mode
	Granted                       Color // a permission given, a bit that opens
	Cache, Anon, Table            Color // page cache, anonymous memory, page tables
	Kernel, Stack                 Color // kernel memory, kernel stacks
	Now, NowLine                  Color // what is happening at this instant
	KernelFill, KernelLine        Color // ground of the kernel's own things
	OnAccent                      Color // text on an accent
	Term, TermLine, TermInk       Color // the console
	TermDim, TermFaint            Color
	ANSI                          [16]Color
	Level                         [5]Color // the levels of a page walk: PML5 PML4 PDPT PD PT
	PrefixPart, OpPart, ModRMPart Color    // fields of an instruction's encoding
	SIBPart, DispPart, ImmPart    Color
}

// Light is the default theme.
var Light = Theme{
	Paper: Hex(0xFBFAF6), Card: Hex(0xFFFFFF), Ink: Hex(0x1C2126), Ink2: Hex(0x5D6670), Ink3: Hex(0x7C848C),
	Line: Hex(0xDDD9CF), Soft: Hex(0xECE8DF), Fill: Hex(0xF1EEE6),
	Ring3: Hex(0x0072B2), Ring0: Hex(0xC4501B), Granted: Hex(0x00825E),
	Cache: Hex(0x3B99D2), Anon: Hex(0xC88200), Table: Hex(0xB0619A), Kernel: Hex(0xE7B9A2), Stack: Hex(0xC98F72),
	Now: Hex(0xFFF3BF), NowLine: Hex(0xE8D06A),
	KernelFill: Hex(0xFDF6F1), KernelLine: Hex(0xF0DACB),
	OnAccent: Hex(0xFFFFFF),
	Term:     Hex(0x20262D), TermLine: Hex(0x20262D), TermInk: Hex(0xC9D2DB), TermDim: Hex(0x8D98A5), TermFaint: Hex(0x6C7783),
	ANSI:  ansi,
	Level: [5]Color{Hex(0x5D6670), Hex(0xB0619A), Hex(0x0072B2), Hex(0x00825E), Hex(0xC88200)},

	PrefixPart: Hex(0x5D6670), OpPart: Hex(0x1C2126), ModRMPart: Hex(0xB0619A),
	SIBPart: Hex(0x9A5B12), DispPart: Hex(0x0072B2), ImmPart: Hex(0x00825E),
}

// Dark has the same meanings on a dark ground.
var Dark = Theme{
	Dark:  true,
	Paper: Hex(0x14171A), Card: Hex(0x1B1F23), Ink: Hex(0xECEAE4), Ink2: Hex(0xA9B0B7), Ink3: Hex(0x757E87),
	Line: Hex(0x343A41), Soft: Hex(0x2A2F35), Fill: Hex(0x272C32),
	Ring3: Hex(0x4FA6DC), Ring0: Hex(0xEE8350), Granted: Hex(0x3FBB92),
	Cache: Hex(0x4A9CCB), Anon: Hex(0xD9A035), Table: Hex(0xC682B3), Kernel: Hex(0x8A6353), Stack: Hex(0x6E5145),
	Now: Hex(0x453D1C), NowLine: Hex(0x8F7D30),
	KernelFill: Hex(0x231C18), KernelLine: Hex(0x47342A),
	OnAccent: Hex(0x14171A),
	Term:     Hex(0x0E1114), TermLine: Hex(0x2A2F35), TermInk: Hex(0xC9D2DB), TermDim: Hex(0x8D98A5), TermFaint: Hex(0x6C7783),
	ANSI:  ansi,
	Level: [5]Color{Hex(0xA9B0B7), Hex(0xC682B3), Hex(0x4FA6DC), Hex(0x3FBB92), Hex(0xD9A035)},

	PrefixPart: Hex(0xA9B0B7), OpPart: Hex(0xECEAE4), ModRMPart: Hex(0xC682B3),
	SIBPart: Hex(0xCF9A57), DispPart: Hex(0x4FA6DC), ImmPart: Hex(0x3FBB92),
}

// ansi is the console's palette, muted to live on the console's ground in both themes.
var ansi = [16]Color{
	Hex(0x2B333B), Hex(0xE5735A), Hex(0x6CC08B), Hex(0xE3B84E), Hex(0x5FA8E0), Hex(0xC98AC0), Hex(0x5FC2C2), Hex(0xC9D2DB),
	Hex(0x6C7783), Hex(0xF39480), Hex(0x93D9AB), Hex(0xFFE08A), Hex(0x93C6F0), Hex(0xE0B0D9), Hex(0x93DEDE), Hex(0xF4F6F8),
}

// Palette returns entry i of the 256-colour palette (xterm's cube and grey ramp above 15).
func (t *Theme) Palette(i int) Color {
	if i < 16 {
		return t.ANSI[i&15]
	}
	if i >= 232 {
		g := float32(8+10*(i-232)) / 255
		return Color{g, g, g, 1}
	}
	level := func(n int) float32 {
		if n == 0 {
			return 0
		}
		return float32(55+40*n) / 255
	}
	i -= 16
	return Color{level(i / 36), level(i / 6 % 6), level(i % 6), 1}
}
