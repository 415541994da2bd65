package blk_test

import (
	"bytes"
	"testing"

	"vitrine/engine/dev"
	"vitrine/engine/trace"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
)

// TestSecondATA: the second channel answers at its own ports only.
func TestSecondATA(t *testing.T) {
	drive := dev.NewSecondATA(&line{}, dev.Image(make([]byte, 100*blk.SectorSize)), &trace.Hub{})
	info := drive.Info()
	if info.IRQ != 15 || info.Ports[0].First != 0x170 || info.Ports[0].Last != 0x177 || info.Ports[1].First != 0x376 || info.Wide[0].First != 0x170 {
		t.Errorf("%+v", info)
	}
	d, err := blk.NewSecondATA(ports{drive})
	if err != abi.OK || d.Blocks() != 100 {
		t.Fatalf("%v", err)
	}
	want, got := bytes.Repeat([]byte{7, 9}, blk.SectorSize), make([]byte, 2*blk.SectorSize)
	if err := d.WriteBlock(98, want); err != abi.OK {
		t.Error(err)
	}
	if err := d.ReadBlock(98, got); err != abi.OK || !bytes.Equal(got, want) {
		t.Errorf("read back: %v", err)
	}
}
