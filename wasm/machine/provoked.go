//go:build provoke

package main

import "strings"

// provoked ends a machine that is built for a test of crashes, once its console shows these words: so the crash lies on the
// tape's way.
func (s *Session) provoked() {
	if strings.Contains(s.ConsoleText(), "a crash of our own") {
		panic("BUG: provoked")
	}
}
