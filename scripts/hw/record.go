package main

import (
	"errors"
	"fmt"
	"os"

	"vitrine/engine/cpu"
	"vitrine/scripts/hw/cases"
	"vitrine/scripts/hw/pc"
	"vitrine/scripts/hw/sample"
	"vitrine/scripts/hw/silicon"
)

// sampleFile is where the recording lies, from the repository's root.
const sampleFile = "scripts/hw/sample/sample.gz"

// record writes a sample: some cases of every instruction, on which engine and silicon agree.
func record() error {
	host, err := silicon.Start()
	if err != nil {
		return err
	}
	defer host.Close()
	s := cases.NewSource(1, func(d *cpu.Def) bool { return d.Feature.Reported(host.CPUID) })
	tests := s.Sample()
	list := make([]silicon.Case, len(tests))
	for i := range tests {
		list[i] = tests[i].Case
	}
	ends, err := host.Run(list)
	if err != nil {
		return err
	}
	p := pc.New()
	var entries []sample.Entry
	if !host.Alike() {
		return errors.New("a sample is recorded on an Intel processor since Sapphire Rapids only")
	}
	for i, t := range tests {
		t.Alike = true
		if v := ends[i].Vector; v == silicon.Timeout || v == silicon.Escaped || len(ends[i].Words) > 80 {
			continue
		}
		got := p.Run(&list[i])
		if d := t.Compare(&got, &ends[i]); d != "" {
			return fmt.Errorf("%s\n    %s", t.Describe(), d)
		}
		tidyEnd(&ends[i])
		entries = append(entries, sample.Entry{Test: t, End: ends[i]})
	}
	if err := thin(host, entries); err != nil {
		return err
	}
	b := sample.Encode(entries)
	fmt.Printf("%d cases, %d bytes\n", len(entries), len(b))
	return os.WriteFile(sampleFile, b, 0o644)
}
