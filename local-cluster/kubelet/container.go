package kubelet

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"slc.test/cluster/process"
)

// container is a container of a pod with its status and its starts.
type container struct {
	init      bool
	status    corev1.ContainerStatus
	instances []*instance
}

// instance is one start of a container.
type instance struct {
	command     *exec.Cmd
	log         string
	outOfMemory bool
	done        chan struct{} // ended, and everything it wrote is in the log
}

const (
	containerMarker = "SLC_CONTAINER"
	maxBackoff      = 5 * time.Minute
)

// runContainer runs a container until it is not to be restarted, and says
// whether it succeeded.
func (p *pod) runContainer(c *corev1.Container, init bool) bool {
	for restarts := 0; ; restarts++ {
		img, ok := p.pull(c)
		if !ok {
			return false
		}
		env, ok := p.configure(c, img)
		if !ok {
			return false
		}
		code := p.execute(c, commandLine(img, c, env), env, restarts)
		if p.stopping() || !p.restarts(init, code) {
			return code == 0
		}
		backoff := min(10*time.Second<<max(0, restarts-1), maxBackoff)
		if restarts == 0 {
			backoff = 0
		}
		p.update(c.Name, func(s *corev1.ContainerStatus) {
			s.LastTerminationState, s.RestartCount = s.State, int32(restarts+1)
			s.State = waiting("CrashLoopBackOff", fmt.Sprintf("back-off %s restarting failed container=%s", backoff, c.Name))
		})
		if !p.pause(backoff) {
			return false
		}
	}
}

func (p *pod) restarts(init bool, code int) bool {
	switch p.object.Spec.RestartPolicy {
	case corev1.RestartPolicyNever:
		return false
	case corev1.RestartPolicyOnFailure:
		return code != 0
	}
	return !init || code != 0
}

// pull finds the image; until there is one the container waits as on a kubelet.
func (p *pod) pull(c *corev1.Container) (image, bool) {
	for backoff := 10 * time.Second; ; backoff = min(2*backoff, maxBackoff) {
		found, err := findImage(p.images, c.Image)
		if err == nil {
			return found, true
		}
		first, then := "ErrImagePull", "ImagePullBackOff"
		if c.ImagePullPolicy == corev1.PullNever {
			first, then = "ErrImageNeverPull", "ErrImageNeverPull"
		}
		p.event(corev1.EventTypeWarning, "Failed", "Failed to pull image %q: %v", c.Image, err)
		p.wait(c, first, err.Error())
		if !p.pause(time.Second) {
			return image{}, false
		}
		p.wait(c, then, fmt.Sprintf("Back-off pulling image %q: %s: %v", c.Image, first, err))
		if !p.pause(backoff) {
			return image{}, false
		}
	}
}

// configure resolves the environment; a missing secret or key keeps the container waiting.
func (p *pod) configure(c *corev1.Container, img image) (map[string]string, bool) {
	for {
		env, err := p.environment(c, img)
		if err == nil {
			return env, true
		}
		p.event(corev1.EventTypeWarning, "Failed", "Error: %v", err)
		p.wait(c, "CreateContainerConfigError", err.Error())
		if !p.pause(2 * time.Second) {
			return nil, false
		}
	}
}

// execute runs the container once, in its own process group.
func (p *pod) execute(c *corev1.Container, line []string, env map[string]string, restarts int) int {
	started := metav1.Now()
	i := &instance{done: make(chan struct{}), log: filepath.Join(p.dir, "logs", c.Name, fmt.Sprintf("%d.log", restarts))}
	marker := containerMarker + "=" + string(p.object.UID) + "/" + c.Name
	if err := i.start(p.dir, line, append(environ(env), marker, p.marker())); err != nil {
		p.event(corev1.EventTypeWarning, "Failed", "Error: %v", err)
		p.terminated(c, corev1.ContainerStateTerminated{ExitCode: 128, Reason: "StartError", Message: err.Error(), StartedAt: started, FinishedAt: metav1.Now()})
		close(i.done)
		return 128
	}
	pid := i.command.Process.Pid
	p.running(c, i, started)
	exited := make(chan struct{})
	go func() {
		_ = i.command.Wait()
		close(exited)
	}()
	select {
	case <-exited:
	case <-p.stopCtx.Done():
		process.SignalGroup(pid, syscall.SIGTERM)
		select {
		case <-exited:
		case <-p.killCtx.Done():
			process.SignalGroup(pid, syscall.SIGKILL)
			<-exited
		}
	}
	// A container ends with its first process, whatever else still runs in it.
	process.SignalGroup(pid, syscall.SIGKILL)
	process.KillMarked(marker)
	<-i.done
	state := p.exitState(c, i)
	state.StartedAt = started
	p.terminated(c, state)
	return int(state.ExitCode)
}

func (i *instance) start(dir string, line, env []string) error {
	if len(line) == 0 {
		return fmt.Errorf("no command specified")
	}
	for _, folder := range []string{"work", "tmp", filepath.Dir(i.log)} {
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(dir, folder)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer write.Close()
	i.command = exec.Command(line[0], line[1:]...)
	i.command.Dir, i.command.Env = filepath.Join(dir, "work"), env
	i.command.Stdout, i.command.Stderr = write, write
	i.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := i.command.Start(); err != nil {
		read.Close()
		return err
	}
	go func() {
		defer close(i.done)
		defer read.Close()
		writeLog(i.log, read)
	}()
	return nil
}

func (p *pod) exitState(c *corev1.Container, i *instance) corev1.ContainerStateTerminated {
	state := corev1.ContainerStateTerminated{Reason: "Completed", FinishedAt: metav1.Now()}
	if status, ok := i.command.ProcessState.Sys().(syscall.WaitStatus); ok {
		state.ExitCode = int32(status.ExitStatus())
		if status.Signaled() {
			state.ExitCode = 128 + int32(status.Signal())
		}
	}
	if state.ExitCode == 0 {
		return state
	}
	state.Reason = "Error"
	p.mu.Lock()
	if i.outOfMemory {
		state.Reason = "OOMKilled"
	}
	p.mu.Unlock()
	if c.TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError {
		state.Message = logTail(i.log, 80, 2048)
	}
	return state
}
