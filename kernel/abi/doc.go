// Package abi is the border between programs and the kernel as Linux draws it on x86-64: numbers, flags and the
// layouts of structures, all by Linux's names. It knows nothing of how the kernel works.
package abi
