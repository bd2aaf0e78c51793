package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// cpuTime is the user and system time of a process so far, to the nanosecond: its CPU
// clock has a number that is made of its id (clock_getcpuclockid(3)).
func cpuTime(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	const whole = 2 // CPUCLOCK_SCHED: all threads of the process
	var ts syscall.Timespec
	if _, _, e := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(^pid<<3|whole), uintptr(unsafe.Pointer(&ts)), 0); e != 0 {
		return 0
	}
	return time.Duration(ts.Nano())
}

// busy is the time that all processors have not been idle so far (proc(5), stat), time
// stolen by other machines included.
func busy() time.Duration {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	var sum int
	for i, f := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 { // its name; idle, waiting for disks; guests count as users
			continue
		}
		n, _ := strconv.Atoi(f)
		sum += n
	}
	const ticks = 100 // USER_HZ is 100 on every Linux that Go runs on
	return time.Duration(sum) * time.Second / ticks
}
