package boot

import (
	"vitrine/engine/rewind"
	"vitrine/engine/trace"
)

// Companion goes with the computer wherever its History goes: what an onlooker has made of the run so far, as the screen is
// made of what the console has sent.
type Companion interface {
	// Needs are the kinds of events that it must hear of.
	Needs() trace.Mask
	// Keep returns what belongs to the present moment, Restore goes back to that, Release gives it up. Bytes is how much host
	// memory all of it takes.
	Keep() any
	Restore(kept any)
	Release(kept any)
	Bytes() int64
	// Ran is called after a piece has run, with what the console sent in it; its events are in the computer's Hub. again:
	// that piece has been run before.
	Ran(out []byte, again bool)
	// Entered is called when something comes in, before it takes effect.
	Entered(kind rewind.Kind, b []byte, again bool)
}

func (h *History) needs() trace.Mask {
	if h.companion == nil {
		return 0
	}
	return h.companion.Needs()
}

func (h *History) keepBeside(m *moment) {
	if h.companion == nil {
		return
	}
	m.beside = h.companion.Keep()
}

func (h *History) restoreBeside(m *moment) {
	h.astray = false
	if h.companion != nil {
		h.companion.Restore(m.beside)
	}
}

func (h *History) releaseBeside(m *moment) {
	if h.companion != nil {
		h.companion.Release(m.beside)
	}
}

func (h *History) bytesBeside() int64 {
	if h.companion == nil {
		return 0
	}
	return h.companion.Bytes()
}

// tell tells of a piece that has run, if its events have been heard. Else the companion is left behind, until the next moment
// that is restored.
func (h *History) tell(out []byte) {
	if h.needs()&^h.c.M.Trace.Mask != 0 {
		h.astray = true
	}
	if h.companion != nil && !h.astray {
		h.companion.Ran(out, h.past)
	}
}

// entered tells of what comes in, behind what the console has sent before.
func (h *History) entered(kind rewind.Kind, b []byte) {
	h.listen()
	if h.companion != nil && !h.astray {
		h.companion.Entered(kind, b, h.past)
	}
}
