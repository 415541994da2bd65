package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
	"vitrine/scripts/image"
)

// openDisk reads the root disk. Another kernel has one only when one is named.
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
	return dev.Image(disk), nil
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

// addedFiles are the files of -add and init's orders.
func addedFiles(o *options) ([]link.File, error) {
	var files []link.File
	for _, pair := range o.add {
		host, guest, ok := strings.Cut(pair, ":")
		if !ok || host == "" || guest == "" {
			return nil, fmt.Errorf("-add %s: want HOST:GUEST", pair)
		}
		real, err := filepath.EvalSymlinks(host) // a link that is named means the file, as for cp(1)
		if err != nil {
			return nil, fmt.Errorf("-add %s: %w", pair, err)
		}
		if err := image.Walk(real, guest, func(f link.File) error { files = append(files, f); return nil }); err != nil {
			return nil, fmt.Errorf("-add %s: %w", pair, err)
		}
	}
	if len(o.program) > 0 {
		orders := strings.Join(o.program, "\x00") + "\x00"
		files = append(files, link.File{Path: "/etc/init.argv", Mode: link.TypeRegular | 0o644, Data: []byte(orders)})
	}
	return files, nil
}
