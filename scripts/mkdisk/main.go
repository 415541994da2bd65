// Command mkdisk builds the guest's disk: boot sector, kernel image, and an ext2 partition filled from a folder.
package main

import (
	"flag"
	"fmt"
	"os"

	"vitrine/scripts/image"
)

func main() {
	out := flag.String("o", "build/disk.img", "image `FILE` to write")
	root := flag.String("root", "build/root", "`FOLDER` that becomes the root file system")
	size := flag.Int("size", 32, "size of the disk in `MiB`")
	flag.Parse()
	if err := build(*out, *root, *size<<20); err != nil {
		fmt.Fprintln(os.Stderr, "mkdisk:", err)
		os.Exit(1)
	}
}

func build(out, root string, size int) error {
	im, err := image.New(size)
	if err != nil {
		return err
	}
	if err := im.Add(root, "/"); err != nil {
		return err
	}
	disk, err := im.Close()
	if err != nil {
		return err
	}
	return os.WriteFile(out, disk, 0o644)
}
