package kubelet

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	listersv1 "k8s.io/client-go/listers/core/v1"
)

// pod runs one pod: volumes, init containers one after the other, containers
// side by side, then done. Stopping has two steps, as for a container runtime:
// stop sends SIGTERM, kill sends SIGKILL.
type pod struct {
	*provider
	dir     string
	started metav1.Time
	stopCtx context.Context
	killCtx context.Context
	stopNow context.CancelFunc
	killNow context.CancelFunc
	done    chan struct{} // no process is left and the phase is final
	dirty   chan struct{} // the status has changed
	stored  chan struct{} // the final status is in the API, or the pod is not

	object *corev1.Pod // as it was created; never changes

	mu         sync.Mutex
	current    *corev1.Pod // as virtual-kubelet last gave it
	containers map[string]*container
	phase      corev1.PodPhase
	reason     string
	message    string
	changedAt  map[corev1.PodConditionType]metav1.Time
	conditions map[corev1.PodConditionType]corev1.ConditionStatus
}

func newPod(p *provider, object *corev1.Pod) *pod {
	created := &pod{
		provider:   p,
		dir:        filepath.Join(p.options.pods, fmt.Sprintf("%s_%s_%s", object.Namespace, object.Name, object.UID)),
		started:    metav1.Now(),
		done:       make(chan struct{}),
		dirty:      make(chan struct{}, 1),
		stored:     make(chan struct{}),
		object:     object.DeepCopy(),
		current:    object,
		containers: map[string]*container{},
		phase:      corev1.PodPending,
		changedAt:  map[corev1.PodConditionType]metav1.Time{},
		conditions: map[corev1.PodConditionType]corev1.ConditionStatus{},
	}
	if object.Status.StartTime != nil {
		created.started = *object.Status.StartTime
	}
	// Containers outlive p.ctx for a moment: stopAll gives them their grace.
	created.stopCtx, created.stopNow = context.WithCancel(context.Background())
	created.killCtx, created.killNow = context.WithCancel(context.Background())
	created.initStatuses()
	return created
}

func (p *pod) run() {
	defer close(p.done)
	p.changed()
	if lostWithOldNode(p.object) {
		p.finish()
		return
	}
	if seconds := p.object.Spec.ActiveDeadlineSeconds; seconds != nil {
		limit := time.Duration(*seconds) * time.Second
		timer := time.AfterFunc(time.Until(p.started.Add(limit)), func() {
			p.fail("DeadlineExceeded", "Pod was active on the node longer than the specified deadline", p.grace())
		})
		defer timer.Stop()
	}
	if p.mountVolumes() && p.runInitContainers() {
		p.runContainers()
	}
	p.finish()
}

func (p *pod) runInitContainers() bool {
	for i := range p.object.Spec.InitContainers {
		if !p.runContainer(&p.object.Spec.InitContainers[i], true) {
			return false
		}
	}
	return !p.stopping()
}

func (p *pod) runContainers() {
	var all sync.WaitGroup
	for i := range p.object.Spec.Containers {
		all.Go(func() { p.runContainer(&p.object.Spec.Containers[i], false) })
	}
	all.Wait()
}

// finish decides the phase once no container runs or will run again.
func (p *pod) finish() {
	p.mu.Lock()
	p.phase = corev1.PodSucceeded
	if p.reason != "" {
		p.phase = corev1.PodFailed
	}
	for _, c := range p.containers {
		if c.status.State.Terminated == nil {
			c.status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				ExitCode: 137, Reason: "ContainerStatusUnknown", FinishedAt: metav1.Now(),
				Message: "The container could not be located when the pod was terminated",
			}}
		}
		c.status.Ready, c.status.Started = c.init && c.status.State.Terminated.ExitCode == 0, new(bool)
		if c.status.State.Terminated.ExitCode != 0 {
			p.phase = corev1.PodFailed
		}
	}
	p.mu.Unlock()
	p.changed()
}

// lostWithOldNode: a node that is killed takes its containers with it, so a pod
// that had started and may not restart has failed.
func lostWithOldNode(object *corev1.Pod) bool {
	return object.Status.StartTime != nil && object.Spec.RestartPolicy == corev1.RestartPolicyNever
}

// stop asks every container to end; reason, if any, is what the pod failed of.
func (p *pod) stop(reason string) { p.stopBecause(reason, "") }

func (p *pod) stopBecause(reason, message string) {
	p.mu.Lock()
	if p.reason == "" && !p.stopping() {
		p.reason, p.message = reason, message
	}
	p.mu.Unlock()
	p.stopNow()
}

func (p *pod) kill() {
	p.stopNow()
	p.killNow()
}

func (p *pod) fail(reason, message string, grace time.Duration) {
	p.event(corev1.EventTypeWarning, reason, "%s", message)
	p.stopBecause(reason, message)
	time.AfterFunc(grace, p.kill)
}

func (p *pod) stopping() bool { return p.stopCtx.Err() != nil }

// terminate returns when no process of the pod is left. It follows the API
// while it waits: a second, shorter deletion counts, and so does a forced one.
func (p *pod) terminate(lister listersv1.PodLister) {
	p.event(corev1.EventTypeNormal, "Killing", "Stopping the containers of the pod")
	p.stop("")
	deadline := time.Now().Add(p.grace())
	known := int64(-1)
	for {
		current, err := lister.Pods(p.object.Namespace).Get(p.object.Name)
		switch {
		case err != nil || current.UID != p.object.UID:
			p.kill()
		case current.DeletionGracePeriodSeconds != nil && *current.DeletionGracePeriodSeconds != known:
			known = *current.DeletionGracePeriodSeconds
			deadline = time.Now().Add(time.Duration(known) * time.Second)
		}
		if time.Now().After(deadline) {
			p.kill()
		}
		select {
		case <-p.done:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *pod) grace() time.Duration {
	if seconds := p.object.Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return corev1.DefaultTerminationGracePeriodSeconds * time.Second
}

// pause waits unless the pod is stopped first.
func (p *pod) pause(d time.Duration) bool {
	select {
	case <-p.stopCtx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (p *pod) event(kind, reason, format string, args ...any) {
	p.recorder.Eventf(p.object, kind, reason, format, args...)
}
