// Prints files of /proc, each after a line "== PATH", for a test that compares their formats.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const paths[] = {
	"self/stat", "self/statm", "self/status", "self/maps", "self/smaps", "self/smaps_rollup", "self/io", "self/limits",
	"self/mounts", "self/mountinfo", "self/fdinfo/0", "self/fdinfo/3", "self/oom_score", "self/oom_score_adj", "self/oom_adj",
	"self/personality", "self/coredump_filter", "self/syscall", "self/wchan", "self/cgroup", "self/comm", "self/schedstat", "self/auxv",
	"self/cmdline", "self/timerslack_ns", "thread-self/comm", "meminfo", "stat", "uptime", "loadavg", "interrupts", "softirqs", "filesystems",
	"swaps", "partitions", "diskstats", "cpuinfo", "version", "devices", "consoles", "locks", "vmstat", "sys/kernel/osrelease",
	"sys/kernel/random/uuid", "sys/kernel/random/boot_id", "sys/kernel/random/entropy_avail", "sys/kernel/printk", "sys/fs/file-nr",
	"sys/fs/inode-nr", "sys/fs/dentry-state", "sys/kernel/pid_max", "sys/kernel/cap_last_cap", "sys/vm/max_map_count",
	"sys/vm/overcommit_memory", "sys/fs/pipe-max-size", "sys/fs/nr_open", "sys/kernel/ngroups_max",
};

int main(int argc, char **argv)
{
	static char buf[1 << 16];
	int lock = open(argv[1], O_RDONLY);
	flock(lock, LOCK_EX);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char path[100];
		ssize_t n;
		snprintf(path, sizeof path, "/proc/%s", paths[i]);
		printf("== %s\n", paths[i]);
		fflush(stdout);
		int fd = open(path, O_RDONLY);
		while (fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0) {
			for (ssize_t j = 0; j < n; j++)
				if (!buf[j])
					buf[j] = '\n';
			write(1, buf, n);
		}
		printf("\n");
		fflush(stdout);
		close(fd);
	}
	return 0;
}
