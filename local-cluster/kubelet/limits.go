package kubelet

import (
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"slc.test/cluster/process"
)

const limitsInterval = 500 * time.Millisecond

// enforceLimits looks at what running containers use: more memory than their
// limit is OOMKilled, more ephemeral storage than the pod's limit is Evicted.
func (p *provider) enforceLimits() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-time.After(limitsInterval):
		}
		var memory map[int]int64
		for _, each := range p.all() {
			if each.stopping() {
				continue
			}
			if each.hasMemoryLimit() {
				if memory == nil {
					memory = process.GroupMemory()
				}
				each.enforceMemory(memory)
			}
			each.enforceStorage()
		}
	}
}

func (p *pod) hasMemoryLimit() bool {
	for _, c := range p.object.Spec.Containers {
		if !c.Resources.Limits.Memory().IsZero() {
			return true
		}
	}
	return false
}

func (p *pod) enforceMemory(used map[int]int64) {
	for _, c := range p.object.Spec.Containers {
		limit := c.Resources.Limits.Memory().Value()
		p.mu.Lock()
		own := p.containers[c.Name]
		if running := own.status.State.Running; running != nil && limit > 0 && len(own.instances) > 0 {
			newest := own.instances[len(own.instances)-1]
			if pid := newest.command.Process.Pid; used[pid] > limit {
				newest.outOfMemory = true
				process.SignalGroup(pid, syscall.SIGKILL)
			}
		}
		p.mu.Unlock()
	}
}

func (p *pod) enforceStorage() {
	var limit int64
	for _, c := range p.object.Spec.Containers {
		limit += c.Resources.Limits.StorageEphemeral().Value()
	}
	if limit == 0 {
		return
	}
	if used := sizeOf(p.dir); used > limit {
		message := fmt.Sprintf("Pod ephemeral local storage usage exceeds the total limit of containers %d. ", limit)
		p.fail("Evicted", message, 0)
	}
}

func sizeOf(dir string) int64 {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // it went away meanwhile
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// container is the running command of a container, or nil.
func (p *pod) container(name string) *exec.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.containers[name]
	if c == nil || c.status.State.Running == nil {
		return nil
	}
	return c.instances[len(c.instances)-1].command
}
