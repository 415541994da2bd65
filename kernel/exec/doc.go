// Package exec starts programs: Linux's fs/exec.c and its binary formats. It builds a complete new address space
// beside the old one; the caller switches to it when everything is well.
package exec
