package bus

import (
	"fmt"

	"vitrine/engine/trace"
)

// Bus decodes port addresses. It holds no guest state.
type Bus struct {
	devices []Device
	clocked []Device // those that are not Timeless
	mapped  []Mapped
	owner   [1 << 16]uint8 // index into devices + 1, and portWide; 0 where nothing is attached
	trace   *trace.Hub
}

// portWide marks a port that takes an access of 2 or 4 bytes whole.
const portWide = 1 << 7

// New returns a bus with nothing on it.
func New(tr *trace.Hub) *Bus { return &Bus{trace: tr} }

// Attach puts a device on the bus at the ports that it names.
func (b *Bus) Attach(d Device) {
	b.devices = append(b.devices, d)
	if _, ok := d.(interface{ timeless() }); !ok {
		b.clocked = append(b.clocked, d)
	}
	if m, ok := d.(Mapped); ok {
		b.mapped = append(b.mapped, m)
	}
	info := d.Info()
	for _, r := range info.Ports {
		for p := int(r.First); p <= int(r.Last); p++ {
			if b.owner[p] != 0 {
				panic(fmt.Sprintf("BUG: port %#x of %s belongs to another device", p, info.Name))
			}
			b.owner[p] = uint8(len(b.devices))
		}
	}
	for _, r := range info.Wide {
		for p := int(r.First); p <= int(r.Last); p++ {
			b.owner[p] |= portWide
		}
	}
}

// Devices lists what is attached, in the order of attachment.
func (b *Bus) Devices() []Device { return b.devices }

func (b *Bus) at(port uint16) Device {
	if i := b.owner[port] &^ portWide; i != 0 {
		return b.devices[i-1]
	}
	return nil
}

// split tells whether an access becomes one for each byte, as the bus of the AT does for a device of 8 bits ("IBM PC AT
// Technical Reference", "I/O channel", I/O CS16).
func (b *Bus) split(port uint16, size uint8) bool { return size > 1 && b.owner[port]&portWide == 0 }

func (b *Bus) read(now uint64, port uint16, size uint8) uint32 {
	d := b.at(port)
	if d == nil {
		return ones(size)
	}
	d.Advance(now)
	if !b.split(port, size) {
		return d.In(port, size) & ones(size)
	}
	v := d.In(port, 1) & 0xff
	for i := uint16(1); i < uint16(size); i++ {
		v |= b.read(now, port+i, 1) << (8 * i)
	}
	return v
}

func (b *Bus) write(now uint64, port uint16, size uint8, v uint32) {
	d := b.at(port)
	if d == nil {
		return
	}
	d.Advance(now)
	if !b.split(port, size) {
		d.Out(port, size, v)
		return
	}
	d.Out(port, 1, v&0xff)
	for i := uint16(1); i < uint16(size); i++ {
		b.write(now, port+i, 1, v>>(8*i)&0xff)
	}
}

// In reads size bytes (1, 2, 4) from a port at time now. Where nobody answers the bus floats high: all ones.
// Afterwards INTR and Next may have changed.
func (b *Bus) In(now uint64, port uint16, size uint8) uint32 {
	v := b.read(now, port, size)
	if b.trace.Has(trace.PortIn) {
		b.trace.Emit(trace.PortIn, uint64(port), uint64(v))
	}
	return v
}

// Out writes the low size bytes of v to a port at time now. Afterwards INTR and Next may have changed.
func (b *Bus) Out(now uint64, port uint16, size uint8, v uint32) {
	v &= ones(size)
	if b.trace.Has(trace.PortOut) {
		b.trace.Emit(trace.PortOut, uint64(port), uint64(v))
	}
	b.write(now, port, size, v)
}

// Ins fills p from a port in units of size bytes: the string form of In. len(p) must be a multiple of size.
func (b *Bus) Ins(now uint64, port uint16, size uint8, p []byte) {
	if s, ok := b.at(port).(Stream); ok {
		b.at(port).Advance(now)
		n := s.Ins(port, p)
		if b.trace.Has(trace.PortIn) {
			b.trace.Emit(trace.PortIn, uint64(port), uint64(n))
		}
		p = p[n:]
	}
	for ; len(p) >= int(size); p = p[size:] {
		putLE(p[:size], b.In(now, port, size))
	}
}

// Outs writes p to a port in units of size bytes: the string form of Out. len(p) must be a multiple of size.
func (b *Bus) Outs(now uint64, port uint16, size uint8, p []byte) {
	if s, ok := b.at(port).(Stream); ok {
		b.at(port).Advance(now)
		n := s.Outs(port, p)
		if b.trace.Has(trace.PortOut) {
			b.trace.Emit(trace.PortOut, uint64(port), uint64(n))
		}
		p = p[n:]
	}
	for ; len(p) >= int(size); p = p[size:] {
		b.Out(now, port, size, getLE(p[:size]))
	}
}

// Advance brings every device to time now, in the order of attachment.
func (b *Bus) Advance(now uint64) {
	for _, d := range b.clocked {
		d.Advance(now)
	}
}

// Next is the earliest deadline of all devices.
func (b *Bus) Next() uint64 {
	next := uint64(Never)
	for _, d := range b.clocked {
		next = min(next, d.Next())
	}
	return next
}

func ones(size uint8) uint32 { return uint32(1<<(8*uint(size)) - 1) }

func putLE(p []byte, v uint32) {
	for i := range p {
		p[i] = byte(v >> (8 * i))
	}
}

func getLE(p []byte) (v uint32) {
	for i, c := range p {
		v |= uint32(c) << (8 * i)
	}
	return v
}
