package main

import (
	"bytes"
	"strconv"
	"strings"

	"vitrine/assets/boot"
	"vitrine/engine/decode"
	"vitrine/engine/mem"
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
	"vitrine/wasm/view"
)

// startup tells how the machine came up, as far as it has come.
func (p *picture) startup(v *view.Startup, f *view.Frame) {
	if p.comp.K == nil {
		return
	}
	s := &p.stages
	v.Known, v.Sectors, v.Loaded = true, kernelSectors(), s.sectors[1]
	v.Steps = s.stepList()
	v.Log = bootLog(s.printed, p.comp.K.State.Log.Text)
	v.Inits = inits(v.Log, s.over())
	v.Panic = panicOf(v.Log)
	v.Memory = p.areas()
	code := p.pagingCode()
	v.Paging, v.PagingAt = code.lines, code.at
	rip := p.comp.M.CPU.S.RIP
	v.PagingIn = rip >= boot.Addr("enable_pae") && rip < boot.Addr("no_long_mode")
}

// stepWords say what the named steps do here.
var stepWords = [numSteps]string{
	"reads the command line and the firmware's map of memory",
	"fills the IDT with a gate for each of 256 vectors",
	"keeps a record of every frame, and maps all memory",
	"makes PID 0 and the run queue",
	"programs the 8259s: lines become vectors from 32 on",
	"programs the 8254: the timer will tick",
	"opens the console and prints what had to wait",
	"sets up the file layer and its file systems",
	"makes PID 1; PID 0 idles from now on",
	"reads the disk's file system, as PID 1",
	"gives back the pages that only booting needed",
	"looks for the first program",
}

func (s *stages) stepList() []view.BootStep {
	out := make([]view.BootStep, numSteps)
	last := -1
	for i := range out {
		out[i] = view.BootStep{Name: boot.Steps[boot.StepSetupArch+uint64(i)], What: stepWords[i], At: s.named[i], Done: s.named[i] != 0}
		if out[i].Done {
			last = i
		}
	}
	if last >= 0 && !s.over() {
		out[last].Now = true
	}
	return out
}

// bootLog joins what was printed before the kernel kept a log with the log, up to where the first program was found.
func bootLog(printed, log []byte) (out []view.LogLine) {
	for line := range strings.Lines(string(printed)) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "[") {
			break
		}
		if line != "" {
			out = append(out, view.LogLine{Text: line})
		}
	}
	tried := false
	for line := range strings.Lines(string(log)) {
		l := logLine(strings.TrimRight(line, "\n"))
		last := isPanic(l.Text)
		if tried && !last && !aboutInit(l.Text) {
			continue
		}
		tried = tried || strings.HasPrefix(l.Text, "Run ")
		out = append(out, l)
	}
	return out
}

// isPanic tells whether a line of the log is of the kernel's last ones.
func isPanic(text string) bool {
	return strings.HasPrefix(text, "Kernel panic") || strings.HasPrefix(text, "---[ end Kernel panic")
}

func aboutInit(text string) bool {
	return strings.HasPrefix(text, "Run ") || strings.HasPrefix(text, "Starting init: ")
}

// logLine reads the time of a line of the kernel's log: "[    0.001234] text".
func logLine(s string) view.LogLine {
	stamp, text, ok := strings.Cut(s, "] ")
	seconds, micros, point := strings.Cut(strings.TrimLeft(stamp, "[ "), ".")
	if !ok || !point || stamp[0] != '[' {
		return view.LogLine{Text: s}
	}
	sec, e1 := strconv.ParseUint(seconds, 10, 32)
	us, e2 := strconv.ParseUint(micros, 10, 32)
	if e1 != nil || e2 != nil {
		return view.LogLine{Text: s}
	}
	return view.LogLine{At: sec*nowPerSecond + us*nowPerSecond/1e6, Timed: true, Text: text}
}

// inits reads the search for the first program from the log. What is not there is passed over in silence; of what else
// failed the log has the error. Linux init/main.c:kernel_init
func inits(log []view.LogLine, runs bool) (out []view.InitTry) {
	fail := func(errno abi.Errno) {
		last := &out[len(out)-1]
		last.Errno, last.Means, last.Trying = errno.Name(), initErrors[errno], false
	}
	for _, l := range log {
		path, tried := strings.CutPrefix(l.Text, "Run ")
		path, tried2 := strings.CutSuffix(path, " as init process")
		errno, failed := initError(l.Text)
		switch {
		case tried && tried2:
			if len(out) > 0 && out[len(out)-1].Trying {
				fail(abi.ENOENT)
			}
			out = append(out, view.InitTry{Path: path, Trying: true})
		case len(out) == 0 || !out[len(out)-1].Trying:
		case failed:
			fail(errno)
		case strings.HasPrefix(l.Text, "Kernel panic - not syncing: No working init"):
			fail(abi.ENOENT)
		}
	}
	if runs && len(out) > 0 {
		out[len(out)-1].Trying = false
	}
	return out
}

// initErrors are the usual reasons not to be taken.
var initErrors = map[abi.Errno]string{
	abi.ENOENT: "it or its interpreter is missing", abi.EACCES: "it may not be executed", abi.ENOEXEC: "no format knows it",
}

// initError reads the error of a line like "Starting init: /x exists but couldn't execute it (error -8)".
func initError(text string) (abi.Errno, bool) {
	if !strings.HasPrefix(text, "Starting init: ") && !strings.Contains(text, "Requested init ") {
		return 0, false
	}
	_, text, _ = strings.Cut(text, "(error -")
	number, _, ok := strings.Cut(text, ")")
	n, err := strconv.ParseUint(number, 10, 12)
	return abi.Errno(n), ok && err == nil
}

func panicOf(log []view.LogLine) string {
	for _, l := range log {
		if text, ok := strings.CutPrefix(l.Text, "Kernel panic - not syncing: "); ok {
			return text
		}
	}
	return ""
}

// areas tells what lies where in memory: what is there is looked for, not assumed.
func (p *picture) areas() (out []view.Area) {
	ram := p.comp.M.RAM
	holds := func(at uint64, b string) bool {
		return ram.Has(at, uint64(len(b))) && string(ram.Bytes[at:at+uint64(len(b))]) == b
	}
	add := func(start, end uint64, use view.Use, name, means string) {
		out = append(out, view.Area{Start: start, End: end, Name: name, Use: use, Means: means})
	}
	image, sector := kernelImage, boot.BootSector()
	if !bytes.Equal(ram.Bytes[:4*256], make([]byte, 4*256)) {
		add(0, 0x500, view.UseBoot, "vectors and BIOS data", "The ROM's table of real-mode interrupt vectors, and what it notes about the machine.")
	}
	if holds(boot.BootBase, string(sector)) {
		add(boot.BootBase, boot.BootBase+512, view.UseBoot, "boot sector", "The disk's first sector, where the ROM put it.")
	}
	if n := p.stages.sectors[1] * 512; n > 0 && holds(boot.LoadBase, string(image[:min(512, n)])) {
		add(boot.LoadBase, boot.LoadBase+n, view.UseBoot, "kernel, as read", "Real mode reaches only the first MiB: the boot sector reads the kernel to here, and moves it up later.")
	}
	if ram.Bytes[boot.CommandLine] != 0 {
		add(boot.CommandLine, boot.CommandLine+boot.CommandLineSize, view.UseBoot, "command line", "The words that the kernel was started with.")
	}
	add(boot.ROMBase, boot.KernelPhys, view.UseROM, "ROM", "The last 64 KiB of the ROM chip, which is also seen just below 4 GiB. Nothing can be written here.")
	initEnd, end := boot.Phys("__init_end"), boot.Phys("_end")
	if text := image[initEnd-boot.KernelPhys:]; holds(initEnd, string(text[:64])) {
		use, name, means := p.initArea()
		add(boot.KernelPhys, initEnd, use, name, means)
		out = append(out, p.kernelAreas(initEnd, end)...)
	} else {
		end = boot.KernelPhys
	}
	add(end, ram.Size(), view.UseFree, "free memory", "What the firmware calls usable and nobody has taken yet.")
	if p.comp.K.State.Booted {
		out[len(out)-1] = view.Area{Start: end, End: ram.Size(), Use: view.UseAnon, Name: "memory of the kernel's making", Means: "Given out frame by frame: page tables, kernel stacks, page cache, memory of programs. The memory diagram shows each."}
	}
	return out
}

// initArea is what has become of the pages that only booting needed.
func (p *picture) initArea() (view.Use, string, string) {
	uses := p.comp.K.MM.State.Frames.Use
	if f := boot.KernelPhys >> mem.FrameShift; len(uses) > f && uses[f] != mm.KernelInit {
		return view.UseFree, "initmem, freed", "start_kernel and the code before it: done with, so free_initmem has given the pages back."
	}
	return view.UseKernelInit, "initmem", "The kernel's first code, from startup_32 to start_kernel: it is needed once, and its pages will be given back."
}

// kernelAreas divides the kernel's own memory: its page tables lie between its code and what was zero at first.
func (p *picture) kernelAreas(start, end uint64) []view.Area {
	first, last := boot.Phys("init_top_pgt"), boot.Phys("level5_pgt")+mem.FrameSize
	tables := view.Area{Start: first, End: last, Name: "page tables", Use: view.UsePageTable, Means: "init_top_pgt and the tables below it, built by build_page_tables before paging is on."}
	if p.comp.M.RAM.Read8(first) == 0 && p.comp.M.RAM.Read8(first+511*8) == 0 {
		tables.Name, tables.Use, tables.Means = "room for page tables", view.UseKernel, "Four frames in which build_page_tables will make the first page tables."
	}
	list := []view.Area{{Start: start, End: first, Name: "kernel", Use: view.UseKernel, Means: "The doors into the kernel and its data: what stays."}, tables}
	if last < end {
		list = append(list, view.Area{Start: last, End: end, Name: "kernel data", Use: view.UseKernel, Means: "Stacks and tables that began as zeros."})
	}
	return list
}

// turnsOn is the code that turns paging on.
type turnsOn struct {
	lines []view.Line
	at    int // the one that sets CR0.PG
}

// pagingCode lists the instructions that turn paging on, from the kernel's image, and says which sets CR0.PG.
func (p *picture) pagingCode() *turnsOn {
	c := &p.paging
	if c.lines != nil {
		return c
	}
	for pc := boot.Addr("enable_pae"); pc < boot.Addr("no_long_mode"); {
		code := kernelImage[pc-boot.KernelPhys:]
		line := p.line(code[:min(len(code), decode.MaxLen)], pc, 32)
		if name, off, ok := boot.Lookup(pc); ok && off == 0 {
			line.Symbol = name
		}
		if line.Symbol == "jump_to_64" {
			c.at = len(c.lines) - 1
		}
		c.lines = append(c.lines, line)
		pc += uint64(max(len(line.Bytes), 1))
	}
	return c
}
