// Package process finds and ends the processes of containers. It knows them by
// an entry in their environment, so that one that left its process group, or
// lost its node, is found too. Where there is no /proc only groups are known.
package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// PodsMarker names the environment variable that holds the pods folder of the
// node that started a process.
const PodsMarker = "SLC_PODS_DIR"

// SignalGroup signals a process group; a group that is gone is no error.
func SignalGroup(pgid int, signal syscall.Signal) {
	_ = syscall.Kill(-pgid, signal)
}

// KillMarked kills every process whose environment holds the entry, and returns
// when none is left or after two seconds.
func KillMarked(entry string) {
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		found := marked(entry)
		if len(found) == 0 {
			return
		}
		for _, pid := range found {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func marked(entry string) []int {
	var found []int
	eachProcess(func(pid int, dir string) {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || pid == os.Getpid() {
			return
		}
		for item := range bytes.SplitSeq(environ, []byte{0}) {
			if string(item) == entry {
				found = append(found, pid)
				return
			}
		}
	})
	return found
}

// GroupMemory returns the resident bytes of every process group.
func GroupMemory() map[int]int64 {
	pageSize := int64(os.Getpagesize())
	bytesOf := map[int]int64{}
	eachProcess(func(_ int, dir string) {
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			return
		}
		// After the name in brackets: state ppid pgrp ... with rss as the 22nd field.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 22 {
			return
		}
		pgid, _ := strconv.Atoi(fields[2])
		pages, _ := strconv.ParseInt(fields[21], 10, 64)
		bytesOf[pgid] += pages * pageSize
	})
	return bytesOf
}

func eachProcess(visit func(pid int, dir string)) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			visit(pid, filepath.Join("/proc", entry.Name()))
		}
	}
}
