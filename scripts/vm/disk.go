package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vitrine/engine/dev"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// openDisk reads the root disk and puts on it what was asked for. Another kernel has a disk only when one is named.
func openDisk(o *options) (dev.Backing, error) {
	if o.disk == "" && o.kernel != "" {
		return nil, nil
	}
	if o.disk == "" {
		o.disk = defaultDisk
	}
	disk, err := os.ReadFile(o.disk)
	if err != nil {
		return nil, err
	}
	return prepareDisk(disk, o)
}

// readKernel reads the files of another kernel.
func readKernel(o *options, b *boot.Options) (err error) {
	b.Append = o.append
	if b.Kernel, err = os.ReadFile(o.kernel); err != nil {
		return err
	}
	if b.Kernel == nil {
		b.Kernel = []byte{}
	}
	if o.initrd != "" {
		b.Initrd, err = os.ReadFile(o.initrd)
	}
	return err
}

// prepareDisk puts the files of -add and init's orders into the image, which stays in memory.
func prepareDisk(disk []byte, o *options) (dev.Backing, error) {
	if len(o.add) == 0 && len(o.program) == 0 {
		return dev.Image(disk), nil
	}
	im, err := image.Open(disk)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.disk, err)
	}
	for _, pair := range o.add {
		host, guest, ok := strings.Cut(pair, ":")
		if !ok || host == "" || guest == "" {
			return nil, fmt.Errorf("-add %s: want HOST:GUEST", pair)
		}
		real, err := filepath.EvalSymlinks(host) // a link that is named means the file, as for cp(1)
		if err != nil {
			return nil, fmt.Errorf("-add %s: %w", pair, err)
		}
		if err := im.Add(real, guest); err != nil {
			return nil, fmt.Errorf("-add %s: %w", pair, err)
		}
	}
	if len(o.program) > 0 {
		orders := strings.Join(o.program, "\x00") + "\x00"
		if err := im.WriteFile("/etc/init.argv", []byte(orders), 0o644); err != nil {
			return nil, err
		}
	}
	disk, err = im.Close()
	return dev.Image(disk), err
}
