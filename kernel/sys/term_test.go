//go:build linux

package sys_test

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
)

func stdTermios() abi.Termios { return tty.StdTermios }
