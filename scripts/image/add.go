package image

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"vitrine/engine/rewind/link"
)

// Add copies a host file or folder to the guest path, and makes the folders on the way there. Owners and times are
// not copied, and of the mode only what matters: equal trees give equal images on every host.
func (im *Image) Add(from, to string) error { return Walk(from, to, im.Put) }

// Walk calls fn for a host file, or for a folder and all that is in it, as Add would put it at the guest path.
func Walk(from, to string, fn func(link.File) error) error {
	to = path.Clean("/" + to)
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f, err := read(name, path.Join(to, filepath.ToSlash(rest)), info)
		if err != nil {
			return err
		}
		return fn(f)
	})
}

// read makes a host file one of the guest's.
func read(from, to string, info fs.FileInfo) (link.File, error) {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return link.File{Path: to, Mode: link.TypeFolder | guestMode(mode)}, nil
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		return link.File{Path: to, Mode: link.TypeSymlink | 0o777, Data: []byte(target)}, err
	case mode.IsRegular():
		data, err := os.ReadFile(from)
		return link.File{Path: to, Mode: link.TypeRegular | guestMode(mode), Data: data}, err
	}
	return link.File{}, fmt.Errorf("%s: neither file, folder nor symbolic link", from)
}

// guestMode makes the mode independent of the host's umask.
func guestMode(mode fs.FileMode) uint32 {
	switch {
	case mode&fs.ModeSticky != 0:
		return 0o1777
	case mode.IsDir() || mode&0o111 != 0:
		return 0o755
	}
	return 0o644
}
