package ext2

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/blk"
	"vitrine/kernel/vfs"
)

// Disks damaged where it hurts: the driver answers with errors, and comes to an end.

var (
	damagedFlag = flag.Int("damaged", 700, "how many damaged disks to use")
	damagedSeed = flag.Uint64("damagedseed", 1, "the first seed of damage")
)

// wound changes one thing of a disk. blocks is how many it has, of size bs.
type wound func(r *rand.Rand, d blk.Bytes, bs, blocks uint32)

// number is a block number or count that somebody could have written there.
func number(r *rand.Rand, blocks uint32) uint32 {
	edges := []uint32{0, 1, 2, 3, blocks - 1, blocks, blocks + 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff000, 1 << 20}
	if r.IntN(2) == 0 {
		return edges[r.IntN(len(edges))]
	}
	return r.Uint32N(blocks)
}

// inodePlace is where a used inode of the first group lies.
func inodePlace(r *rand.Rand, d blk.Bytes, bs uint32) uint32 {
	table := le.Uint32(d[descriptorPlace(bs)+gdInodeTable:])
	size := uint32(le.Uint16(d[superAt+sInodeSize:]))
	return uint32((uint64(table)*uint64(bs)+uint64((1+r.Uint32N(45))*size))%uint64(len(d)-256)) &^ 3
}

func descriptorPlace(bs uint32) uint32 { return max(2048, bs) }

// inodeFields are the offsets that matter, the block numbers more than once.
var inodeFields = []uint32{iMode, iSize, iLinks, iSectors, iFlags, iSizeHigh, iFileACL, iDtime, iExtraSize,
	iBlock, iBlock, iBlock + 4, iBlock + 48, iBlock + 48, iBlock + 52, iBlock + 52, iBlock + 56, iBlock + 56}

var wounds = []wound{
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // the super block
		le.PutUint32(d[superAt+4*r.IntN(32):], number(r, blocks))
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // a group descriptor
		le.PutUint32(d[descriptorPlace(bs)+4*r.Uint32N(5):], number(r, blocks))
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // a field of an inode
		le.PutUint32(d[inodePlace(r, d, bs)+inodeFields[r.IntN(len(inodeFields))]:], number(r, blocks))
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // two inodes share blocks
		n := uint32(60)
		copy(d[inodePlace(r, d, bs)+iBlock:][:n], d[inodePlace(r, d, bs)+iBlock:][:n])
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // an inode is a copy of another
		copy(d[inodePlace(r, d, bs):][:128], d[inodePlace(r, d, bs):][:128])
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // a tree of blocks that contains itself, or the same again and again
		block, to := 1+r.Uint32N(blocks-1), number(r, blocks)
		for i := uint32(0); i < bs; i += 4 {
			le.PutUint32(d[block*bs+i:], to)
		}
		at := inodePlace(r, d, bs)
		le.PutUint32(d[at+iBlock+48+4*r.Uint32N(3):], block)
		le.PutUint32(d[at+iSize:], 0x7ffffc00)
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // a bitmap
		bitmap := le.Uint32(d[descriptorPlace(bs)+4*r.Uint32N(2):])
		if bitmap < blocks {
			d[bitmap*bs+r.Uint32N(64)] = []byte{0, 0xff, byte(r.IntN(256))}[r.IntN(3)]
		}
	},
	func(r *rand.Rand, d blk.Bytes, bs, blocks uint32) { // a block that a directory may have
		at := le.Uint32(d[inodePlace(r, d, bs)+iBlock:])
		if at < blocks {
			at = at*bs + 4*r.Uint32N(min(bs/4, 40))
			le.PutUint32(d[at:], []uint32{number(r, blocks), le.Uint32(d[at:]) ^ 1<<r.IntN(32)}[r.IntN(2)])
		}
	},
}

func TestWounds(t *testing.T) {
	slowest := time.Duration(0)
	whole := []blk.Bytes{victim(t, 1024), victim(t, 2048), victim(t, 4096)}
	for i := range *damagedFlag {
		seed := *damagedSeed + uint64(i)
		r := rand.New(rand.NewPCG(seed, 2))
		kind := r.IntN(3)
		disk, bs := bytes.Clone(whole[kind]), uint32(1024)<<kind
		for range 1 + r.IntN(4) {
			wounds[r.IntN(len(wounds))](r, disk, bs, uint32(len(disk))/bs)
		}
		began := time.Now()
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("-damagedseed=%d", seed)
					panic(p)
				}
			}()
			use(disk)
		}()
		if took := time.Since(began); took > slowest {
			slowest = took
			if took > time.Second {
				t.Logf("-damagedseed=%d took %v", seed, took)
			}
		}
	}
	t.Logf("%d disks, the slowest took %v", *damagedFlag, slowest)
}

// TestDamageIsLogged: what is wrong is said once, and whoever asks gets EUCLEAN.
func TestDamageIsLogged(t *testing.T) {
	disk := victim(t, 1024)
	var said []string
	ram := mem.New(200 * mem.FrameSize)
	v, fs := vfs.New(ram, vfs.NewFrames(ram), &host{}), New(disk)
	fs.Log = func(line string) { said = append(said, line) }
	v.Register(vfs.Ext2, fs)
	at := le.Uint32(disk[descriptorPlace(1024)+gdInodeTable:])*1024 + 256 // the root directory
	block := le.Uint32(disk[at+iBlock:])
	copy(disk[block*1024+4:], []byte{3, 0}) // its first record is too short
	if err := v.MountRoot(vfs.Ext2, "disk", false); err != abi.OK {
		t.Fatal(err.Name())
	}
	c := &vfs.Ctx{FSID: v.NewFS(), Files: v.NewTable(), NoFile: 64, FSize: 1 << 20}
	for range 3 {
		if _, err := v.OpenFile(c, "/nowhere", abi.O_RDONLY, 0); err != abi.EUCLEAN {
			t.Error(err.Name())
		}
	}
	if want := []string{"EXT2-fs error (device disk): directory 2: bad entry at 0"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
}
