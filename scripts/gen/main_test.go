package main

import "testing"

func TestFresh(t *testing.T) {
	t.Chdir("../..")
	for _, target := range targets {
		if err := target.do(true); err != nil {
			t.Errorf("%s: %v", target.name, err)
		}
	}
}
