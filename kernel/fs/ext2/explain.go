package ext2

import (
	"fmt"
	"strings"

	"vitrine/kernel/vfs"
)

// incompatNames and roNames are what mke2fs calls the features that we do not have. Linux fs/ext4/ext4.h
var (
	incompatNames = map[uint32]string{0x1: "compression", 0x4: "needs_recovery", 0x8: "journal_dev", 0x10: "meta_bg", 0x40: "extent",
		0x80: "64bit", 0x100: "mmp", 0x200: "flex_bg", 0x400: "ea_inode", 0x1000: "dirdata", 0x2000: "metadata_csum_seed",
		0x4000: "large_dir", 0x8000: "inline_data", 0x10000: "encrypt", 0x20000: "casefold"}
	roNames = map[uint32]string{0x4: "btree_dir", 0x8: "huge_file", 0x10: "uninit_bg", 0x20: "dir_nlink", 0x80: "snapshot", 0x100: "quota",
		0x200: "bigalloc", 0x400: "metadata_csum", 0x800: "replica", 0x1000: "read-only", 0x2000: "project", 0x8000: "verity", 0x10000: "orphan_present"}
)

// featureText names the features in a mask.
func featureText(mask uint32, names map[uint32]string) string {
	list := []string{fmt.Sprintf("%#x", mask)}
	for bit := uint32(1); bit != 0; bit <<= 1 {
		if name := names[bit]; mask&bit != 0 && name != "" {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

// say writes to the kernel's log which file system something is about.
func (fs *FS) say(sb *vfs.SuperBlock, text string) {
	if fs.Log != nil {
		fs.Log(fmt.Sprintf("EXT2-fs (%s): %s", sb.Source, text))
	}
}

// explain says why a super block was refused. Linux fs/ext2/super.c:ext2_fill_super
func (fs *FS) explain(sb *vfs.SuperBlock, s []byte) {
	incompat := le.Uint32(s[sIncompat:]) &^ incompatFiletype
	switch {
	case le.Uint16(s[sMagic:]) != magic:
		fs.say(sb, "error: can't find an ext2 filesystem")
	case le.Uint32(s[sRevision:]) == revDynamic && incompat != 0:
		fs.say(sb, "error: couldn't mount because of unsupported optional features ("+featureText(incompat, incompatNames)+")")
	case le.Uint32(s[sLogBlock:]) > 2:
		fs.say(sb, fmt.Sprintf("error: block size %d is larger than a page", uint64(1024)<<min(le.Uint32(s[sLogBlock:]), 20)))
	default:
		fs.say(sb, "error: the super block describes no file system that fits on the device")
	}
}
