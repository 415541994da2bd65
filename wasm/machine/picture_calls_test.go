//go:build !js

package main

import (
	"slices"
	"testing"

	"vitrine/engine/state"
	"vitrine/wasm/view"
)

// TestCalls: who called whom, as wrapper's source and musl's write(2) say it: the last step of the way in is a jump.
func TestCalls(t *testing.T) {
	disk := builtDisk(t)
	programs := builtPrograms(t)
	for at, want := range map[string][]string{
		"wrapper:main":          {"main"},
		"wrapper:write":         {"main", "say", "write"},
		"wrapper:__syscall_ret": {"main", "say", "write", "__syscall_ret"},
	} {
		r, err := reach(disk, programs, 16<<20, view.Run{Goals: []view.Goal{{Run: "wrapper", At: at, In: "wrapper"}}})
		if err != nil {
			t.Fatal(at, err)
		}
		var last view.Batch
		if err := state.Decode(r.Moments[0].Batches[len(r.Moments[0].Batches)-1], &last); err != nil {
			t.Fatal(err)
		}
		if got := last.Frame.Code.Calls; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}
