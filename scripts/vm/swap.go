package main

import (
	"os"
	"strings"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
)

// openSwap makes the second disk of -swap, and has our own kernel swap to it.
func openSwap(o *options, b *boot.Options) error {
	if o.swap == "" {
		return nil
	}
	if size, err := boot.ParseSize(o.swap); err == nil {
		b.Swap = boot.SwapDisk(size)
	} else {
		image, err := os.ReadFile(o.swap)
		if err != nil {
			return err
		}
		b.Swap = dev.Image(image)
	}
	if o.kernel == "" && !o.bios {
		b.Cmdline = strings.TrimSpace(b.Cmdline + " swap=/dev/sdb")
	}
	return nil
}
