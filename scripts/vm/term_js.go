//go:build js

package main

import "os"

// Under Node the console is always a file or a pipe.

func isTerminal(*os.File) bool { return false }

func makeRaw(*os.File) (undo func()) { return func() {} }

func terminalSize(*os.File) (rows, cols uint16) { return 24, 80 }

func resizes() <-chan os.Signal { return nil }
