// Programs collects what the page shows of the guest's own programs: symbols, and which source line each address
// came from. Read from the unstripped ELF files at build time, so that no DWARF reader is in the download.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"vitrine/engine/state"
	"vitrine/wasm/view"
)

func main() {
	out := flag.String("o", "build/programs.bin", "file to write")
	dir := flag.String("guest", "build/guest", "folder with the unstripped programs")
	sources := flag.String("src", "assets/guest", "folder with their sources")
	flag.Parse()
	if err := run(*out, *dir, *sources); err != nil {
		fmt.Fprintln(os.Stderr, "programs:", err)
		os.Exit(1)
	}
}

func run(out, dir, sources string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	sort.Strings(paths)
	var list []view.Program
	for _, path := range paths {
		p, err := read(path, sources)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, p)
	}
	return os.WriteFile(out, state.Encode(&list), 0o644)
}

func read(path, sources string) (view.Program, error) {
	name := filepath.Base(path)
	p := view.Program{Path: "/bin/" + name}
	if name == "init" {
		p.Path = "/sbin/init"
	}
	f, err := elf.Open(path)
	if err != nil {
		return p, err
	}
	defer f.Close()
	p.Symbols = symbols(f)
	source, err := filepath.Glob(filepath.Join(sources, name+".[cS]"))
	if err != nil || len(source) != 1 {
		return p, errors.New("its source is not there")
	}
	text, err := os.ReadFile(source[0])
	if err != nil {
		return p, err
	}
	p.File = filepath.Base(source[0])
	p.Source = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	p.Lines, err = lines(f, p.File)
	return p, err
}

// symbols are the functions, and in assembly the labels, by address.
func symbols(f *elf.File) []view.Symbol {
	all, err := f.Symbols()
	if err != nil {
		return nil
	}
	var list []view.Symbol
	for _, s := range all {
		kind := elf.ST_TYPE(s.Info)
		code := kind == elf.STT_FUNC || kind == elf.STT_NOTYPE && s.Name != ""
		if !code || int(s.Section) >= len(f.Sections) || f.Sections[s.Section].Flags&elf.SHF_EXECINSTR == 0 {
			continue
		}
		end := f.Sections[s.Section].Addr + f.Sections[s.Section].Size
		if s.Value >= end { // the linker's _end and its like
			continue
		}
		size := s.Size
		if size == 0 {
			size = end - s.Value
		}
		list = append(list, view.Symbol{Addr: s.Value, Size: size, Name: s.Name})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Addr < list[j].Addr })
	return list
}

// lines reads the line table of the compilation units that came from file.
func lines(f *elf.File, file string) ([]view.LineAt, error) {
	data, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	var list []view.LineAt
	units := data.Reader()
	for {
		unit, err := units.Next()
		if err != nil || unit == nil {
			sort.SliceStable(list, func(i, j int) bool { return list[i].Addr < list[j].Addr })
			return list, err
		}
		units.SkipChildren()
		if unit.Tag != dwarf.TagCompileUnit {
			continue
		}
		rows, err := data.LineReader(unit)
		if err != nil || rows == nil {
			continue
		}
		if list, err = unitLines(rows, file, list); err != nil {
			return nil, err
		}
	}
}

func unitLines(rows *dwarf.LineReader, file string, list []view.LineAt) ([]view.LineAt, error) {
	for {
		var row dwarf.LineEntry
		err := rows.Next(&row)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		line := 0
		if !row.EndSequence && filepath.Base(row.File.Name) == file {
			line = row.Line
		}
		if n := len(list); n > 0 && list[n-1].Addr == row.Address {
			list[n-1].Line = int32(line)
			continue
		}
		list = append(list, view.LineAt{Addr: row.Address, Line: int32(line)})
	}
}
