package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// testCase is one case of the programs in kernel/sys/testdata, compared with the host's Linux.
type testCase struct {
	name string // PROGRAM/CASE; PROGRAM alone for what is outside of cases
	text string
}

var (
	caseHead = regexp.MustCompile(`(?m)^CASE\((\w+)\)`)
	called   = regexp.MustCompile(`\b(?:SYS_|__NR_)(\w+)|\b([a-z_][a-z0-9_]*)\(`)
	cComment = regexp.MustCompile(`(?s)//[^\n]*|/\*.*?\*/`)
	cString  = regexp.MustCompile(`"(?:[^"\\\n]|\\.)*"`)
)

// wrappers are the C library's names for calls that bear another, and calls that stand behind them.
var wrappers = map[string][]string{
	"newfstatat": {"stat", "lstat", "fstatat"}, "fstat": {"fstat"}, "openat": {"openat"}, "wait4": {"waitpid", "wait", "wait4"},
	"rt_sigaction": {"sigaction", "signal"}, "rt_sigprocmask": {"sigprocmask", "pthread_sigmask"}, "rt_sigsuspend": {"sigsuspend"},
	"rt_sigpending": {"sigpending"}, "rt_sigtimedwait": {"sigtimedwait", "sigwaitinfo", "sigwait"}, "rt_sigqueueinfo": {"sigqueue"},
	"exit_group": {"exit", "_exit"}, "pread64": {"pread"}, "pwrite64": {"pwrite"}, "getdents64": {"getdents", "readdir"},
	"prlimit64": {"prlimit", "getrlimit", "setrlimit"}, "pselect6": {"pselect"}, "clock_nanosleep": {"clock_nanosleep", "usleep", "sleep"},
	"fadvise64": {"posix_fadvise"}, "signalfd4": {"signalfd"}, "eventfd2": {"eventfd"}, "umount2": {"umount", "umount2"},
	"brk": {"sbrk"}, "reboot": {"reboot"}, "inotify_init1": {"inotify_init1"}, "sendto": {"send", "sendto"}, "recvfrom": {"recv", "recvfrom"},
	"tgkill": {"raise", "pthread_kill"}, "clone": {"clone", "pthread_create"}, "fchmodat": {"fchmodat"}, "syslog": {"klogctl"},
	"arch_prctl": {"arch_prctl"}, "sched_getaffinity": {"sched_getaffinity"}, "getcwd": {"getcwd"}, "faccessat": {"faccessat", "access"},
	"execve": {"execv", "execl", "execlp", "execvp", "execve"}, "execveat": {"fexecve"}, "getpgrp": {"getpgrp"}, "utimensat": {"futimens", "utimensat"},
}

// testCases reads the test programs.
func testCases() ([]testCase, error) {
	files, err := filepath.Glob("kernel/sys/testdata/*.c")
	if err != nil {
		return nil, err
	}
	narrow, err := filepath.Glob("kernel/sys/testdata/ia32/*.c")
	if err != nil {
		return nil, err
	}
	files = append(files, narrow...)
	var all []testCase
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		program := strings.TrimSuffix(strings.TrimPrefix(file, "kernel/sys/testdata/"), ".c")
		text := cComment.ReplaceAllString(string(b), "")
		heads := caseHead.FindAllStringSubmatchIndex(text, -1)
		if len(heads) == 0 {
			all = append(all, testCase{program, text})
		}
		for i, h := range heads {
			end := len(text)
			if i+1 < len(heads) {
				end = heads[i+1][0]
			}
			all = append(all, testCase{program + "/" + text[h[2]:h[3]], text[h[1]:end]})
		}
	}
	return all, nil
}

// uses is the set of names that a case calls.
func (c testCase) uses() map[string]bool {
	names := map[string]bool{}
	for _, m := range called.FindAllStringSubmatch(cString.ReplaceAllString(c.text, ""), -1) {
		names[m[1]+m[2]] = true
	}
	return names
}

// shownTests is how many cases of a call are named.
const shownTests = 3

// testsOf lists the cases that make a call.
func testsOf(call string, all []testCase, uses []map[string]bool) string {
	names := append([]string{call}, wrappers[call]...)
	var found []string
	for i := range all {
		for _, n := range names {
			if uses[i][n] {
				found = append(found, all[i].name)
				break
			}
		}
	}
	if n := len(found); n > shownTests {
		return fmt.Sprintf("%s and %d more", strings.Join(found[:shownTests], ", "), n-shownTests)
	}
	return strings.Join(found, ", ")
}
