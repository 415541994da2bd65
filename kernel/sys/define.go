package sys

import (
	"vitrine/kernel"
	"vitrine/kernel/abi"
	"vitrine/kernel/fs"
	"vitrine/kernel/vfs"
)

// table has every definition, in no particular order.
var table []kernel.Syscall

// define registers a system call.
func define(s kernel.Syscall) bool {
	table = append(table, s)
	return true
}

// Table is all system calls there are.
func Table() []kernel.Syscall { return table }

// Install gives the kernel its system calls, the terminal's files and the contents of /proc.
func Install(k *kernel.Kernel) {
	k.RegisterTable(table)
	k.RegisterTable(CompatTable())
	registerTTY(k)
	k.OnLog = func() { k.Wake(fs.KmsgKey, -1) }
	k.VFS.RegisterAnon(vfs.AnonEvent, eventFile{k})
	k.VFS.RegisterAnon(vfs.AnonEpoll, epollFile{eventFile{k}})
	k.VFS.RegisterAnon(vfs.AnonTimer, timerFile{eventFile{k}})
	k.VFS.RegisterAnon(vfs.AnonSignal, signalFile{eventFile{k}})
	k.VFS.RegisterAnon(vfs.AnonInotify, inotifyFile{eventFile{k}})
	k.VFS.RegisterAnon(vfs.AnonPID, pidFile{eventFile{k}})
}

// The kinds of arguments, by their names in the definitions.

func pInt(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgInt, Len: -1} }
func pUint(name string) kernel.Arg  { return kernel.Arg{Name: name, Kind: kernel.ArgUint, Len: -1} }
func pHex(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgHex, Len: -1} }
func pOct(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgOct, Len: -1} }
func pFD(name string) kernel.Arg    { return kernel.Arg{Name: name, Kind: kernel.ArgFD, Len: -1} }
func pDirFD(name string) kernel.Arg { return kernel.Arg{Name: name, Kind: kernel.ArgDirFD, Len: -1} }
func pPath(name string) kernel.Arg  { return kernel.Arg{Name: name, Kind: kernel.ArgPath, Len: -1} }
func pStr(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgStr, Len: -1} }
func pPtr(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgPtr, Len: -1} }
func pSig(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgSig, Len: -1} }
func pPID(name string) kernel.Arg   { return kernel.Arg{Name: name, Kind: kernel.ArgPID, Len: -1} }
func pArgv(name string) kernel.Arg  { return kernel.Arg{Name: name, Kind: kernel.ArgArgv, Len: -1} }

func pIn(name string, length int8) kernel.Arg {
	return kernel.Arg{Name: name, Kind: kernel.ArgBufIn, Len: length}
}

func pOut(name string, length int8) kernel.Arg {
	return kernel.Arg{Name: name, Kind: kernel.ArgBufOut, Len: length}
}

func pFlags(name, set string) kernel.Arg {
	return kernel.Arg{Name: name, Kind: kernel.ArgFlags, Len: -1, Flags: set}
}

// args is the list of a definition's arguments.
func args(a ...kernel.Arg) []kernel.Arg { return a }

// done turns an operation's error into a handler's result.
func done(e abi.Errno) (int64, abi.Errno) { return 0, e }
