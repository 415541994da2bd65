package blk

import "vitrine/kernel/abi"

// secondaryBelow is how far the ports of the secondary channel lie below those of the primary one: 0x170 and 0x376.
const secondaryBelow = 0x80

// secondary is the ports of the secondary channel in the place of those of the primary one.
type secondary struct{ Ports }

func (s secondary) In(port uint16, size uint8) uint32 { return s.Ports.In(port-secondaryBelow, size) }
func (s secondary) Out(port uint16, size uint8, v uint32) {
	s.Ports.Out(port-secondaryBelow, size, v)
}
func (s secondary) InsW(port uint16, p []byte)  { s.Ports.InsW(port-secondaryBelow, p) }
func (s secondary) OutsW(port uint16, p []byte) { s.Ports.OutsW(port-secondaryBelow, p) }

// NewSecondATA is NewATA of the secondary channel.
func NewSecondATA(ports Ports) (*ATA, abi.Errno) { return NewATA(secondary{ports}) }
