package image

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Add copies a host file or folder to the guest path, and makes the folders on the way there. Owners and times are
// not copied, and of the mode only what matters: equal trees give equal images on every host.
func (im *Image) Add(from, to string) error {
	to = path.Clean("/" + to)
	if err := im.mkdirs(path.Dir(to)); err != nil {
		return err
	}
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
		return im.addOne(name, path.Join(to, filepath.ToSlash(rest)), info)
	})
}

func (im *Image) addOne(from, to string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return im.Mkdir(to, guestMode(mode))
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return im.Symlink(target, to)
	case mode.IsRegular():
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return im.WriteFile(to, data, guestMode(mode))
	}
	return fmt.Errorf("%s: neither file, folder nor symbolic link", from)
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

func (im *Image) mkdirs(dir string) error {
	if dir == "/" {
		return nil
	}
	if err := im.mkdirs(path.Dir(dir)); err != nil {
		return err
	}
	if im.exists(dir) {
		return nil
	}
	return im.Mkdir(dir, 0o755)
}
