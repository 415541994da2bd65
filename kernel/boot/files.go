package boot

import (
	"errors"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/sys"
)

// installFiles registers the file systems and says how the root is mounted.
func (c *Computer) installFiles() {
	c.disk = newDisk(c.K)
	c.files = fs.Register(c.K.VFS, &c.disk.part, sys.NewFacts(c.K))
	c.files.AddDrive(&c.disk.drive)
	c.files.AddSecond(&c.disk.second)
	c.K.BlockDevice = c.blockDevice
	c.K.MountRoot = c.mountRoot
}

// blockDevice is the disk of a device number, nil when there is none.
func (c *Computer) blockDevice(rdev uint64) kernel.Disk {
	if d := c.files.Device(rdev); d != nil {
		return d
	}
	return nil
}

// mountRoot mounts the disk's first partition as the root.
func (c *Computer) mountRoot() error {
	if e := c.disk.probe(); e != abi.OK {
		return errors.New(e.Error())
	}
	if e := c.files.MountRoot(c.K.ReadOnlyRoot()); e != abi.OK {
		return errors.New(e.Error())
	}
	return nil
}
