package main

import (
	"bytes"

	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/exec"
	"vitrine/kernel/mm"
	"vitrine/kernel/vfs"
	"vitrine/wasm/view"
)

// execRecord is what is kept of an execve when it has happened. It never changes, so all moments share it.
type execRecord struct {
	view         view.Exec
	pid          int32
	space        mm.ASID
	object       uint32 // of the program's file
	interpObject uint32
}

// Bounds of what is kept: a program may be given 128 KiB of arguments.
const (
	maxArgsShown = 16
	maxArgShown  = 80
	triesKept    = 4
)

// executed takes in an execve at the moment when the kernel has made the new program, or has failed to.
func (p *picture) executed(t *kernel.Task, r *exec.Result) {
	rec := &execRecord{pid: t.PID, space: r.Space, interpObject: r.InterpObject}
	v := &rec.view
	*v = view.Exec{Valid: true, At: p.comp.M.Now(), PID: int(t.PID), Call: "execve", Filename: shorten([]byte(r.Binprm.Filename)),
		Envc: r.Binprm.Envc, Argc: r.Binprm.Argc, Fatal: r.PointOfNoReturn && r.Space == 0}
	if t.Sys.Active && p.callName(uint64(t.Sys.Nr)) == "execveat" {
		v.Call = "execveat"
	}
	if old := p.derived.exec; old != nil {
		v.Before = append(append([]view.ExecTry(nil), old.view.Before...), view.ExecTry{At: old.view.At, PID: old.view.PID, Filename: old.view.Filename, Errno: old.view.Errno})
		v.Before = v.Before[max(0, len(v.Before)-triesKept):]
	}
	levels(v, r)
	if r.Space != 0 {
		rec.object = p.comp.K.MM.AS(r.Space).ExeObject
		p.loaded(rec, r)
	} else {
		v.Errno = abi.ENOEXEC.Name()
		if n := len(r.Steps); n > 0 && r.Steps[n-1].Errno != abi.OK {
			v.Errno = r.Steps[n-1].Errno.Name()
		} else if n > 0 {
			v.Errno = abi.ELOOP.Name()
		}
	}
	p.derived.exec = rec
}

// levels tells who looked at what.
func levels(v *view.Exec, r *exec.Result) {
	for depth := range r.Levels {
		l := &r.Levels[depth]
		out := view.ExecLevel{Path: shorten([]byte(l.Path)), Buf: bytes.Clone(l.Buf[:]), Read: l.Read, Argv: arguments(l.Argv)}
		for i := range r.Steps {
			s := &r.Steps[i]
			if s.Depth != depth {
				continue
			}
			step := view.ExecStep{Format: s.Format, Looked: s.Looked, Mine: s.Errno == abi.OK, Note: s.Note}
			if s.Errno != abi.OK {
				step.Errno = s.Errno.Name()
			}
			for _, m := range s.Tried {
				step.Tried = append(step.Tried, view.ExecMisc{Name: m.Name, Extension: m.Extension, Offset: m.Offset, Magic: m.Magic, Fits: m.Fits})
			}
			out.Steps = append(out.Steps, step)
			out.After = arguments(s.Argv)
		}
		if bytes.HasPrefix(out.Buf, []byte("#!")) {
			shebang(&out)
		}
		v.Levels = append(v.Levels, out)
	}
	if n := len(v.Levels); n > 0 {
		v.Argv, v.Argv1 = v.Levels[0].Argv, v.Levels[n-1].After
	}
}

// shebang finds the parts of a script's first line, as fs/binfmt_script.c divides it.
func shebang(l *view.ExecLevel) {
	l.Line = len(l.Buf)
	end := len(l.Buf) - 1 // the last byte never counts: Linux keeps it for a NUL
	if i := bytes.IndexByte(l.Buf, '\n'); i >= 0 {
		l.Line, end = i, i
	}
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	at := 2
	skip := func(want bool) int {
		for at < end && blank(l.Buf[at]) == want && l.Buf[at] != 0 {
			at++
		}
		return at
	}
	l.Name[0] = skip(true)
	l.Name[1] = skip(false)
	l.Arg[0] = skip(true)
	for end > l.Arg[0] && (blank(l.Buf[end-1]) || l.Buf[end-1] == 0) {
		end--
	}
	l.Arg[1] = end
	if l.Name[0] == l.Name[1] {
		l.Name = [2]int{}
	}
	if l.Arg[0] >= l.Arg[1] {
		l.Arg = [2]int{}
	}
}

// loaded tells of the program that now has an address space.
func (p *picture) loaded(rec *execRecord, r *exec.Result) {
	v, k := &rec.view, p.comp.K
	as := k.MM.AS(rec.space)
	v.Entry, v.Stack.SP = r.Entry, r.SP
	for i := 0; i+1 < len(as.Auxv); i += 2 {
		switch as.Auxv[i] {
		case abi.AT_ENTRY:
			v.AtEntry = as.Auxv[i+1]
		case abi.AT_BASE:
			v.Base = as.Auxv[i+1]
		}
	}
	for _, l := range r.Landed {
		v.Landed = append(v.Landed, view.ExecLanded(l))
	}
	v.Program = p.headers(rec.object, v.Levels[len(v.Levels)-1].Path)
	if r.InterpPath != "" {
		v.Interp = p.headers(rec.interpObject, r.InterpPath)
	}
	p.firstStack(&v.Stack, as)
	v.Areas, v.More = p.execAreas(rec, as)
}

// headers reads what the kernel has read of an ELF file.
func (p *picture) headers(object uint32, path string) view.ELF {
	e := view.ELF{Path: path}
	in := p.comp.K.VFS.Inode(vfs.InodeID(object))
	if in == nil {
		return e
	}
	e.Size = in.Size
	e.Head = p.cachedBytes(in, 0, 64)
	h, ok := view.ParseELF(e.Head)
	if !ok {
		return e
	}
	e.Head = e.Head[:h.HeadSize()]
	raw := make([]byte, uint64(h.Phnum)*h.PhdrSize())
	if p.fileBytes(object, h.Phoff, raw) {
		e.Headers = h.ParseProgs(raw)
	}
	return e
}

func arguments(list []string) []string {
	out := make([]string, 0, min(len(list), maxArgsShown))
	for _, s := range list[:cap(out)] {
		out = append(out, shorten([]byte(s)))
	}
	return out
}

// shorten keeps the beginning of a string, its control characters and what is no UTF-8 as dots.
func shorten(s []byte) string {
	cut := len(s) > maxArgShown
	text := bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return '.'
		}
		return r
	}, s[:min(len(s), maxArgShown)])
	if cut {
		return string(text) + "…"
	}
	return string(text)
}
