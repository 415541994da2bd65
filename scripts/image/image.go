// Package image makes and changes disk images with files of the host.
package image

import (
	"vitrine/kernel/blk"
	"vitrine/kernel/image"
)

// Date is the time of every file that is put on an image.
const Date = image.Date

// Image is a disk image whose root file system is mounted.
type Image struct {
	*image.Image
	disk []byte
}

// New makes a disk of the given size: boot sector, kernel, and an empty root file system.
func New(size int) (*Image, error) {
	disk, err := image.Format(size)
	if err != nil {
		return nil, err
	}
	return Open(disk)
}

// Open mounts a disk image for changes. It keeps and changes disk.
func Open(disk []byte) (*Image, error) {
	im, err := image.Mount(blk.Bytes(disk), image.CacheSize)
	if err != nil {
		return nil, err
	}
	return &Image{im, disk}, nil
}

// Close unmounts the file system and returns the disk.
func (im *Image) Close() ([]byte, error) { return im.disk, im.Unmount() }
