package fs

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
	"vitrine/kernel/wait"
)

// minorKmsg is /dev/kmsg: the kernel's log, a record for each read. Linux Documentation/ABI/testing/dev-kmsg
const minorKmsg = 11

// KmsgKey is what readers of /dev/kmsg sleep on.
var KmsgKey = wait.Key{Kind: wait.EventFile, ID: 1 << 40}

// Log is the kernel's log: its text, line by line, of which bytes and lines fell off the front.
type Log struct {
	Text        []byte
	Lost, Lines uint64
}

// readKmsg gives the next record: "priority,number,microseconds,-;text". EPIPE tells once that some fell off before they were
// read. Linux kernel/printk/printk.c:devkmsg_read
func (d memDevice) readKmsg(f *vfs.File, p []byte) (int, abi.Errno) {
	l := d.world.KernelLog()
	if f.Seq < l.Lost {
		old := f.Seq
		f.Seq = l.Lost + uint64(bytes.IndexByte(l.Text, '\n')+1) // the first may be a part of a line
		if old > 0 {
			return 0, abi.EPIPE
		}
	}
	at := f.Seq - l.Lost
	end := bytes.IndexByte(l.Text[at:], '\n')
	if end < 0 {
		return 0, abi.EAGAIN
	}
	record := kmsgRecord(string(l.Text[at:at+uint64(end)]), l.Lines+uint64(bytes.Count(l.Text[:at], []byte("\n"))))
	if len(record) > len(p) {
		return 0, abi.EINVAL
	}
	f.Seq += uint64(end) + 1
	return copy(p, record), abi.OK
}

// kmsgRecord makes a record of a line, which begins with the time in brackets.
func kmsgRecord(line string, number uint64) string {
	stamp, text, _ := strings.Cut(strings.TrimPrefix(line, "["), "] ")
	seconds, micros, _ := strings.Cut(strings.TrimSpace(stamp), ".")
	s, _ := strconv.ParseUint(seconds, 10, 64)
	us, _ := strconv.ParseUint(micros, 10, 64)
	return fmt.Sprintf("6,%d,%d,-;%s\n", number, s*1e6+us, text)
}

// writeKmsg logs a line, without the priority that it may begin with. Linux kernel/printk/printk.c:devkmsg_write
func (d memDevice) writeKmsg(p []byte) (int, abi.Errno) {
	const longest = 1024 - 48
	if len(p) > longest {
		return 0, abi.EINVAL
	}
	text := strings.TrimSuffix(string(p), "\n")
	if rest, ok := strings.CutPrefix(text, "<"); ok {
		if level, after, ok := strings.Cut(rest, ">"); ok {
			if _, err := strconv.ParseUint(level, 10, 16); err == nil {
				text = after
			}
		}
	}
	d.world.Log(strings.ReplaceAll(text, "\n", " "))
	return len(p), abi.OK
}

// pollKmsg tells whether there is a record.
func (d memDevice) pollKmsg(f *vfs.File) uint32 {
	mask := uint32(abi.POLLOUT | abi.POLLWRNORM)
	if l := d.world.KernelLog(); f.Seq < l.Lost+uint64(len(l.Text)) {
		mask |= abi.POLLIN | abi.POLLRDNORM
	}
	return mask
}

// SeekKmsg moves a reader to the first record or behind the last. Linux kernel/printk/printk.c:devkmsg_llseek
func SeekKmsg(f *vfs.File, l Log, off int64, whence int) abi.Errno {
	switch {
	case off != 0:
		return abi.ESPIPE
	case whence == abi.SEEK_SET, whence == abi.SEEK_DATA:
		f.Seq = 0
	case whence == abi.SEEK_END:
		f.Seq = l.Lost + uint64(len(l.Text))
	default:
		return abi.EINVAL
	}
	return abi.OK
}
