package sys

import (
	"strconv"
	"strings"
)

// sameInBoth are the calls whose arguments mean the same in both ABIs: i386 number, name, 64-bit number. Those that
// there is no 64-bit definition of stay away.
const sameInBoth = `
1 exit 60; 2 fork 57; 3 read 0; 4 write 1; 5 open 2; 6 close 3; 8 creat 85; 9 link 86; 10 unlink 87
12 chdir 80; 14 mknod 133; 15 chmod 90; 20 getpid 39; 27 alarm 37; 29 pause 34; 33 access 21
36 sync 162; 37 kill 62; 38 rename 82; 39 mkdir 83; 40 rmdir 84; 41 dup 32; 42 pipe 22; 45 brk 12
52 umount2 166; 54 ioctl 16; 57 setpgid 109; 60 umask 95; 61 chroot 161; 63 dup2 33; 64 getppid 110
65 getpgrp 111; 66 setsid 112; 74 sethostname 170; 83 symlink 88; 85 readlink 89
87 swapon 167; 88 reboot 169; 91 munmap 11; 94 fchmod 91; 96 getpriority 140; 97 setpriority 141; 103 syslog 103
111 vhangup 153; 115 swapoff 168; 118 fsync 74; 121 setdomainname 171; 122 uname 63; 125 mprotect 10; 132 getpgid 121
133 fchdir 81; 136 personality 135; 143 flock 73; 144 msync 26; 147 getsid 124; 148 fdatasync 75; 150 mlock 149
151 munlock 150; 152 mlockall 151; 153 munlockall 152; 154 sched_setparam 142; 155 sched_getparam 143
156 sched_setscheduler 144; 157 sched_getscheduler 145; 158 sched_yield 24; 159 sched_get_priority_max 146
160 sched_get_priority_min 147; 163 mremap 25; 168 poll 7; 172 prctl 157; 175 rt_sigprocmask 14
176 rt_sigpending 127; 179 rt_sigsuspend 130; 183 getcwd 79; 184 capget 125; 185 capset 126; 190 vfork 58
198 lchown32 94; 199 getuid32 102; 200 getgid32 104; 201 geteuid32 107; 202 getegid32 108; 203 setreuid32 113
204 setregid32 114; 205 getgroups32 115; 206 setgroups32 116; 207 fchown32 93; 208 setresuid32 117
209 getresuid32 118; 210 setresgid32 119; 211 getresgid32 120; 212 chown32 92; 213 setuid32 105
214 setgid32 106; 215 setfsuid32 122; 216 setfsgid32 123; 217 pivot_root 155; 218 mincore 27; 219 madvise 28
220 getdents64 217; 224 gettid 186; 226 setxattr 188; 227 lsetxattr 189; 228 fsetxattr 190; 229 getxattr 191
230 lgetxattr 192; 231 fgetxattr 193; 232 listxattr 194; 233 llistxattr 195; 234 flistxattr 196
235 removexattr 197; 236 lremovexattr 198; 237 fremovexattr 199; 238 tkill 200; 239 sendfile64 40
252 exit_group 231; 254 epoll_create 213; 255 epoll_ctl 233; 256 epoll_wait 232; 257 remap_file_pages 216
258 set_tid_address 218; 262 timer_getoverrun 225; 263 timer_delete 226; 270 tgkill 234; 289 ioprio_set 251
290 ioprio_get 252; 291 inotify_init 253; 292 inotify_add_watch 254; 293 inotify_rm_watch 255; 295 openat 257
296 mkdirat 258; 297 mknodat 259; 298 fchownat 260; 301 unlinkat 263; 302 renameat 264; 303 linkat 265
304 symlinkat 266; 305 readlinkat 267; 306 fchmodat 268; 307 faccessat 269; 310 unshare 272; 313 splice 275
315 tee 276; 318 getcpu 309; 319 epoll_pwait 281; 321 signalfd 282; 322 timerfd_create 283; 323 eventfd 284
327 signalfd4 289; 328 eventfd2 290; 329 epoll_create1 291; 330 dup3 292; 331 pipe2 293; 332 inotify_init1 294
338 fanotify_init 300; 339 fanotify_mark 301; 340 prlimit64 302; 344 syncfs 306; 346 setns 308; 349 kcmp 312
351 sched_setattr 314; 352 sched_getattr 315; 353 renameat2 316; 354 seccomp 317; 355 getrandom 318
356 memfd_create 319; 359 socket 41; 360 socketpair 53; 361 bind 49; 362 connect 42
363 listen 50; 364 accept4 288; 367 getsockname 51; 368 getpeername 52; 369 sendto 44; 371 recvfrom 45
373 shutdown 48; 375 membarrier 324; 376 mlock2 325; 377 copy_file_range 326; 380 pkey_mprotect 329
381 pkey_alloc 330; 382 pkey_free 331; 383 statx 332; 386 rseq 334; 424 pidfd_send_signal 424; 428 open_tree 428
429 move_mount 429; 430 fsopen 430; 431 fsconfig 431; 432 fsmount 432; 433 fspick 433; 434 pidfd_open 434
436 close_range 436; 437 openat2 437; 438 pidfd_getfd 438; 439 faccessat2 439
442 mount_setattr 442; 443 quotactl_fd 443; 444 landlock_create_ruleset 444; 445 landlock_add_rule 445
446 landlock_restrict_self 446; 447 memfd_secret 447; 448 process_mrelease 448; 449 futex_waitv 449
450 set_mempolicy_home_node 450
`

var _ = func() bool {
	for entry := range strings.FieldsFuncSeq(sameInBoth, func(r rune) bool { return r == ';' || r == '\n' }) {
		f := strings.Fields(entry)
		nr, err := strconv.Atoi(f[0])
		native, err2 := strconv.Atoi(f[2])
		if err != nil || err2 != nil {
			panic("BUG: sameInBoth: " + entry)
		}
		i386(uint16(nr), f[1], native)
	}
	return true
}()
