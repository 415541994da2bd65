// /proc, as far as it can be the same on two machines
#include "t.h"

static int has(const char *path, const char *what)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY); ssize_t n, all = 0;
	if (fd < 0) return -errno;
	while ((n = read(fd, buf + all, sizeof buf - 1 - all)) > 0) all += n;
	close(fd);
	buf[all] = 0;
	for (int i = 0; i < all; i++) if (!buf[i]) buf[i] = '~';
	return strstr(buf, what) != NULL;
}

CASE(proc_self_and_its_links)
{
	char link[300], cwd[4096]; ssize_t n; struct stat st;
	R(stat("/proc/self", &st)); R(S_ISDIR(st.st_mode)); n = readlink("/proc/self", link, 299); link[n] = 0; R(atoi(link) == getpid());
	n = readlink("/proc/self/exe", link, 299); link[n] = 0; printf("%s\n", strrchr(link, '/') ? "absolute" : link);
	n = readlink("/proc/self/cwd", link, 299); link[n] = 0; R(strcmp(link, getcwd(cwd, sizeof cwd)));
	n = readlink("/proc/self/root", link, 299); link[n] = 0; printf("%s\n", link);
}

CASE(proc_self_fd)
{
	char link[300], path[100]; ssize_t n; struct stat st;
	int fd = open("f", O_RDWR | O_CREAT, 0600), p[2]; pipe(p); write(fd, "hello", 5);
	snprintf(path, 100, "/proc/self/fd/%d", fd); n = readlink(path, link, 299); link[n] = 0; printf("%s\n", strrchr(link, '/'));
	R(lstat(path, &st)); printf("%o\n", st.st_mode); R(stat(path, &st)); printf("%o %ld\n", st.st_mode, (long)st.st_size);
	int again = open(path, O_RDONLY); R(again >= 0); char b[6] = { 0 }; R(read(again, b, 5)); printf("%s\n", b);
	unlink("f"); n = readlink(path, link, 299); link[n] = 0; printf("%s\n", strrchr(link, '/'));
	again = open(path, O_RDONLY); R(read(again, b, 5));
	snprintf(path, 100, "/proc/self/fd/%d", p[0]); n = readlink(path, link, 299); link[n > 6 ? 6 : n] = 0; printf("%s\n", link);
}

CASE(what_is_not_in_proc)
{
	char link[300];
	R(open("/proc/self/fd/77", O_RDONLY)); R(readlink("/proc/self/fd/77", link, 10)); R(open("/proc/99999/stat", O_RDONLY)); R(open("/proc/none", O_RDONLY)); R(open("/proc/new", O_CREAT | O_WRONLY, 0600)); R(mkdir("/proc/x", 0700)); R(unlink("/proc/version")); R(open("/proc/version", O_WRONLY) >= 0 ? 0 : 0);
}

CASE(cmdline_environ_comm_status)
{
	char what[200];
	R(has("/proc/self/cmdline", "/proc")); R(has("/proc/self/environ", "HOME=/root~")); snprintf(what, 200, "%d (%s) R %d ", getpid(), "named", getppid());
	int cm = open("/proc/self/comm", O_WRONLY); R(write(cm, "named", 5)); R(has("/proc/self/comm", "named\n")); R(has("/proc/self/stat", what)); R(has("/proc/self/status", "Name:\tnamed\n")); snprintf(what, 200, "Pid:\t%d\n", getpid()); R(has("/proc/self/status", what)); R(has("/proc/self/status", "Uid:\t0\t0\t0\t0\n")); R(has("/proc/self/status", "Threads:\t1\n")); R(has("/proc/self/status", "SigCgt:\t0000000000000000\n")); signal(SIGUSR1, abort); R(has("/proc/self/status", "SigCgt:\t0000000000000200\n"));
}

CASE(maps_and_statm)
{
	R(has("/proc/self/maps", "[stack]\n")); R(has("/proc/self/maps", "rw-p")); R(has("/proc/self/maps", "r-xp")); R(has("/proc/self/statm", " "));
}

CASE(files_of_the_whole_system)
{
	R(has("/proc/mounts", " /proc proc ")); R(has("/proc/filesystems", "nodev\tproc\n")); R(has("/proc/self/mountinfo", " - proc proc ")); R(has("/proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \n")); R(has("/proc/self/limits", "Max stack size            8388608              unlimited            bytes     \n")); R(has("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")); R(has("/proc/vmstat", "nr_free_pages ")); int av = open("/proc/self/auxv", O_RDONLY); long aux[64]; R(read(av, aux, sizeof aux) > 100); R(has("/proc/meminfo", "MemTotal:  ")); R(has("/proc/meminfo", " kB\n")); R(has("/proc/stat", "cpu0 ")); R(has("/proc/stat", "btime ")); R(has("/proc/cpuinfo", "processor\t: 0\n")); R(has("/proc/cpuinfo", " sse2")); R(has("/proc/uptime", ".")); R(has("/proc/loadavg", "/")); R(has("/proc/version", "Linux version ")); R(has("/proc/interrupts", "CPU0")); R(has("/proc/cmdline", "\n")); R(has("/proc/sys/kernel/ostype", "Linux\n")); R(has("/proc/sys/kernel/pid_max", "\n")); R(has("/proc/devices", "Character devices:\n"));
}

CASE(states_of_another_process)
{
	char link[300], path[100]; struct stat st;
	pid_t pid = fork(); if (pid == 0) { for (;;) pause(); }
	usleep(20000); snprintf(path, 100, "/proc/%d/stat", pid); R(has(path, ") S ")); snprintf(path, 100, "/proc/%d/status", pid); R(has(path, "State:\tS (sleeping)\n")); kill(pid, SIGSTOP); usleep(20000); R(has(path, "State:\tT (stopped)\n")); kill(pid, SIGKILL); usleep(20000); R(has(path, "State:\tZ (zombie)\n")); snprintf(path, 100, "/proc/%d/cmdline", pid); R(has(path, "x")); snprintf(path, 100, "/proc/%d/exe", pid); R(readlink(path, link, 10)); waitpid(pid, NULL, 0); snprintf(path, 100, "/proc/%d", pid); R(stat(path, &st));
}

CASE(reading_in_pieces)
{
	char b[6];
	int fdv = open("/proc/version", O_RDONLY); R(read(fdv, b, 5)); b[5] = 0; printf("%s\n", b); R(lseek(fdv, 6, SEEK_SET)); R(read(fdv, b, 5)); printf("%s\n", b); R(pread(fdv, b, 5, 0)); printf("%s\n", b);
}

CASE(statfs_and_chdir_of_proc)
{
	struct statfs sf; R(statfs("/proc", &sf)); printf("%lx\n", (long)sf.f_type); R(access("/proc/self/fd", R_OK)); R(chdir("/proc/self/fd")); R(chdir("/proc/self")); R(access("stat", R_OK));
}

CASE(memory_devices)
{
	char link[300]; struct stat st;
	// /dev
	char z[4] = "xyz"; int dz = open("/dev/zero", O_RDWR), dn = open("/dev/null", O_RDWR), df = open("/dev/full", O_RDWR), dr = open("/dev/urandom", O_RDONLY);
	R(read(dz, z, 4)); R(z[0] | z[3]); R(write(dz, z, 4)); R(read(dn, z, 4)); R(write(dn, z, 4)); R(read(df, z, 4)); R(write(df, z, 4)); R(read(dr, z, 4)); R(lseek(dn, 5, SEEK_SET)); R(ioctl(dn, TCGETS, link)); R(open("/dev/none", O_RDONLY)); R(ftruncate(dn, 0)); int dt = open("/dev/null", O_WRONLY | O_TRUNC); R(dt >= 0); R(access("/dev/tty", F_OK)); R(stat("/dev/fd/0", &st)); R(read(dn, (void *)8, 1)); R(write(dn, (void *)8, 1)); R(read(dz, (void *)8, 1));
}

CASES
