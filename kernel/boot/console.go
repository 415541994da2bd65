package boot

// maxLog bounds what is kept of a branch's console, in bytes: at most twice that.
const maxLog = 1 << 20

// listen takes what the console has sent. What was sent before at the same place of the same run is known already.
func (h *History) listen() {
	out := h.c.Output()
	b := h.cur
	known := b.sent + uint64(len(b.log))
	at := h.sent
	h.sent += uint64(len(out))
	h.tell(out)
	if h.sent <= known {
		return
	}
	b.log = append(b.log, out[known-at:]...)
	if len(b.log) > 2*maxLog {
		cut := len(b.log) - maxLog
		b.log = append([]byte(nil), b.log[cut:]...)
		b.sent += uint64(cut)
		b.cut = true
	}
}

// Console is what the console has sent up to the present moment, but for what is too long ago, and how many bytes there were
// in all.
func (h *History) Console() (out []byte, sent uint64) {
	end := h.sent
	for b := h.cur; b != nil; b = b.parent {
		if end > b.sent {
			out = append(append([]byte(nil), b.log[:min(end-b.sent, uint64(len(b.log)))]...), out...)
		}
		if b.cut {
			break
		}
		end = min(end, b.sent)
	}
	return out, h.sent
}
